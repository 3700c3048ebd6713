// What is being written is kept on the server while it is written, and found again by the ticket, which stands in the
// fragment of the page's address: no server sees it there, and nothing is kept in the browser.
import { element } from './element.js';

const pause = 1500; // ms without a key
const again = 15_000; // ms until the next try

export class Draft {
  #timer = 0;
  #saving = null;
  #quiet = false;
  #minted = null;
  #kept = '';
  #listeners = [];

  // keeps: whether the fields are kept, or only the ticket looked after; told(sentence) is for what went wrong
  constructor(form, { keeps, told }) {
    Object.assign(this, { form, keeps, told });
    this.field = form.elements.ticket;
    this.begin();
    if (!keeps) return;
    form.addEventListener('input', () => this.changed());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && this.dirty && this.keep());
    addEventListener('online', () => this.dirty && this.keep());
  }

  get ticket() {
    return this.field?.value ?? '';
  }

  set ticket(ticket) {
    if (!ticket || ticket === this.ticket) return;
    if (!this.field) {
      this.field = element('input', { type: 'hidden', name: 'ticket' });
      this.form.prepend(this.field);
    }
    this.field.value = ticket;
    this.#kept = ''; // what was kept lies under the other one
    if (ticketOf(location.hash)) this.#remember();
  }

  // dirty tells whether something was written that the server does not have.
  get dirty() {
    return this.keeps && this.#fields().toString() !== this.#kept;
  }

  // begin takes the form as it stands for what needs no keeping: script has changed its fields.
  begin() {
    this.#kept = this.#fields().toString();
  }

  // ready sees to a ticket where the form came without one: an article's page is the same for everybody.
  async ready() {
    if (this.ticket) return;
    this.#minted ??= askDraft('', new URLSearchParams()).finally(() => (this.#minted = null));
    this.ticket = (await this.#minted).answer.ticket;
  }

  onKept(listener) {
    this.#listeners.push(listener);
  }

  changed() {
    clearTimeout(this.#timer);
    if (!this.keeps || this.#quiet) return;
    this.#timer = setTimeout(() => this.keep(), pause);
  }

  // keep sends the fields. One at a time, or an earlier text could come to lie over a later one.
  async keep() {
    clearTimeout(this.#timer);
    await this.#saving;
    if (!this.dirty || this.#quiet) return;
    this.#saving = this.#send(this.#fields()).finally(() => (this.#saving = null));
    await this.#saving;
  }

  async #send(fields) {
    const text = fields.toString();
    try {
      const { status, answer } = await askDraft(this.ticket, fields);
      if (status === 409 && answer.receipt) {
        this.stop();
        return;
      }
      this.ticket = answer.ticket;
      if (status === 200 || status === 422) this.#kept = text;
      if (status === 200) this.#remember();
      else this.told(answer.error);
      if (status >= 500) this.#timer = setTimeout(() => this.keep(), again);
      for (const listener of this.#listeners) listener(status === 200);
    } catch {
      for (const listener of this.#listeners) listener(false);
      this.#timer = setTimeout(() => this.keep(), again);
    }
  }

  // quiet keeps nothing while the form itself is sent: the two would meet on the server.
  async quiet() {
    this.#quiet = true;
    clearTimeout(this.#timer);
    await this.#saving;
  }

  // goOn is for a form that came back.
  goOn() {
    this.#quiet = false;
    if (this.dirty) this.changed();
  }

  // stop is for a form that has been sent: nothing is kept behind it.
  stop() {
    clearTimeout(this.#timer);
    this.keeps = false;
  }

  // renew asks for another ticket in the place of one that is too old. What was uploaded goes along.
  async renew() {
    try {
      const { answer } = await askDraft(this.ticket, new URLSearchParams());
      const fresh = answer.ticket && answer.ticket !== this.ticket;
      this.ticket = answer.ticket;
      return Boolean(fresh);
    } catch {
      return false;
    }
  }

  #remember() {
    if (ticketOf(location.hash) !== this.ticket) history.replaceState(history.state, '', `#ticket=${this.ticket}`);
  }

  // remember puts the ticket where a reload finds it.
  remember() {
    this.#remember();
  }

  #fields() {
    const fields = new URLSearchParams();
    new FormData(this.form).forEach((value, name) => {
      if (typeof value === 'string' && !['ticket', 'action', 'version'].includes(name)) fields.append(name, value);
    });
    return fields;
  }

  // fill puts what was kept into the form.
  fill(fields) {
    for (const [name, value] of Object.entries(fields)) {
      if (name === 'alt' || name === 'upload') continue;
      for (const field of this.form.querySelectorAll(`[name="${name}"]`)) {
        if (field.type === 'radio' || field.type === 'checkbox') field.checked = [value].flat().includes(field.value);
        else if (field.tagName !== 'SELECT' || [...field.options].some((option) => option.value === value)) field.value = value;
      }
    }
    // boxes that were not ticked are not among the fields
    if (!('topic' in fields) && Object.keys(fields).length > 0) for (const box of this.form.querySelectorAll('[name=topic]')) box.checked = false;
    for (const field of this.form.querySelectorAll('[data-max]')) field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

export const ticketOf = (fragment) => new URLSearchParams(fragment.slice(1)).get('ticket') ?? '';

// askDraft is one question to the server; it fails where there is no network, or the answer is none.
export async function askDraft(ticket, fields) {
  const body = new URLSearchParams(fields);
  body.set('ticket', ticket);
  const response = await fetch('/publish/draft', { method: 'POST', body });
  return { status: response.status, answer: await response.json() };
}
