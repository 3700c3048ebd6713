// The form is sent from where it stands, so that files that are still on their way go on; and so that a text is never
// lost to a page that says there is no network.
import { Again } from '../again.js';
import { element } from './element.js';

export class Sender {
  #busy = false;

  // page: words, voice, list (or none), draft; arrived(response, html) is for a post that stands
  constructor(form, page) {
    Object.assign(this, { form, page });
    this.again = new Again(page.words, (button) => this.#send(button));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.again.over();
      this.#send(event.submitter);
    });
  }

  async #send(button) {
    if (this.#busy) return;
    this.#busy = true;
    this.form.setAttribute('aria-busy', 'true');
    const preview = button?.value === 'preview';
    try {
      if (!preview) this.page.voice.say(this.page.words('sending'));
      await this.page.draft.quiet();
      if (preview || (await this.#placed())) await this.#ask(button, preview);
    } finally {
      this.page.draft.goOn();
      this.#busy = false;
      this.form.removeAttribute('aria-busy');
    }
  }

  // placed sees to it that the post can name each of its files.
  async #placed() {
    const missing = (await this.page.list?.placed()) ?? [];
    if (missing.length === 0) return true;
    this.#notice(this.page.words('not_begun', { name: missing.map((row) => row.name).join(', ') }));
    return false;
  }

  async #ask(button, preview) {
    const body = new FormData(this.form);
    if (button?.name) body.set(button.name, button.value);
    let response;
    let html;
    try {
      response = await fetch(this.form.getAttribute('action'), { method: 'POST', body });
      html = await response.text();
    } catch {
      this.#notice(this.page.words('no_connection'));
      if (!preview) this.#later(button, 2); // the next server may take it at once
      return;
    }
    if (!preview && response.redirected) {
      this.page.draft.stop();
      await this.page.arrived(response, html);
      return;
    }
    this.#bringBack(new DOMParser().parseFromString(html, 'text/html'), preview);
    if (response.status === 503 && !preview) this.#later(button, response.headers.get('Retry-After'));
    else this.again.over();
  }

  // later has the form sent once more by itself: the same post is the same post, however often it is sent.
  #later(button, seconds) {
    const notice = document.querySelector('main .notice[role=alert]');
    if (notice) this.again.plan(notice, seconds, button);
  }

  // bringBack says what the answer says of the form, without taking the form out of anybody's hands.
  #bringBack(answer, preview) {
    const form = answer.querySelector(`form#${this.form.id}`);
    if (!form) {
      this.#notice(this.page.words('not_answered'));
      return;
    }
    this.#clear();
    this.page.draft.ticket = form.elements.ticket?.value;
    if (form.elements.version && this.form.elements.version) this.form.elements.version.value = form.elements.version.value;
    const notices = [...answer.querySelectorAll('main .notice')].filter((notice) => notice.matches('[role=alert]'));
    this.#faults(form);
    const fresh = answer.querySelector('#preview');
    const old = document.querySelector('#preview');
    if (preview && fresh && old) {
      old.replaceChildren(...document.adoptNode(fresh).childNodes);
      if (notices.length === 0) lookAt(old);
    }
    document.title = answer.title || document.title;
    this.#show(notices.map((notice) => document.adoptNode(notice)));
  }

  #faults(answered) {
    for (const field of answered.querySelectorAll('.field.wrong')) {
      const id = field.querySelector('[id][name]')?.id;
      const own = id && this.form.querySelector(`#${CSS.escape(id)}`);
      const error = field.querySelector('.error');
      if (!own || !error) continue;
      const place = own.closest('.field');
      place.classList.add('wrong');
      place.append(document.adoptNode(error));
      own.setAttribute('aria-invalid', 'true');
      own.dataset.described = own.getAttribute('aria-describedby') ?? '';
      own.setAttribute('aria-describedby', `${own.dataset.described} ${error.id}`.trim());
    }
  }

  #clear() {
    for (const old of document.querySelectorAll('main .notice[role=alert]')) old.remove();
    for (const field of this.form.querySelectorAll('.field.wrong')) {
      field.classList.remove('wrong');
      field.querySelector('.error')?.remove();
    }
    for (const own of this.form.querySelectorAll('[aria-invalid]')) {
      own.removeAttribute('aria-invalid');
      if (own.dataset.described) own.setAttribute('aria-describedby', own.dataset.described);
    }
  }

  #notice(text) {
    this.#clear();
    this.#show([element('div', { class: 'notice', role: 'alert', tabindex: '-1' }, element('p', {}, text))]);
  }

  #show(notices) {
    if (notices.length === 0) return;
    const before = this.form.closest('.desk-pair') ?? this.form;
    before.before(...notices);
    notices[0].focus();
  }
}

function lookAt(place) {
  const heading = place.querySelector('h2') ?? place;
  heading.tabIndex = -1;
  heading.focus();
}
