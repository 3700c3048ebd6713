// What script adds to forms that take files. It is loaded only beside such a form, and all it adds the form can do
// without it, save going on where an upload was broken off.
import { Again } from './parts/again.js';
import { Draft, askDraft, ticketOf } from './parts/upload/draft.js';
import { List } from './parts/upload/list.js';
import { findUploads, showReceipt } from './parts/upload/receipt.js';
import { element } from './parts/upload/element.js';
import { Voice } from './parts/upload/say.js';
import { Sender } from './parts/upload/send.js';
import { wordsFrom } from './parts/upload/words.js';

export function open(form) {
  const config = JSON.parse(form.dataset.uploader);
  const words = wordsFrom(config.words);
  const voice = new Voice(form);
  const publishes = form.getAttribute('action') === '/publish';
  const note = element('p', { class: 'small draft-note' });
  const draft = new Draft(form, { keeps: publishes, told: (sentence) => tell(note, voice, sentence) });
  const session = sessionOf(draft);
  const list = takeFiles(form, { config, words, voice, session });
  const page = { config, words, voice, draft, session, list };
  draft.begin();
  askBeforeLeaving(page);
  if (form.id === 'reply') {
    sendWhenHere(form, page);
    sendAgain(form, page);
    return;
  }
  if (publishes) {
    form.querySelector('.acts').after(note);
    draft.onKept((kept) => (note.textContent = words(kept ? 'draft_kept' : 'draft_not_kept')));
  }
  page.arrived = (response, html) => arrive(response, html, page);
  new Sender(form, page);
  const ticket = ticketOf(location.hash);
  if (ticket) findAgain(ticket, form, page, publishes, note);
}

function tell(note, voice, sentence) {
  note.textContent = sentence;
  voice.say(sentence);
}

// sessionOf is what transfers ask: the ticket, another one, and where to say that the form is another now.
function sessionOf(draft) {
  return {
    get ticket() {
      return draft.ticket;
    },
    ready: () => draft.ready(),
    renew: () => draft.renew(),
    changed() {
      if (draft.keeps) draft.remember();
      draft.changed();
    },
  };
}

// takeFiles makes one field for any number of files of the form's several, and rows of what is here already.
function takeFiles(form, parts) {
  const fieldset = form.querySelector('.files');
  const field = fieldset?.querySelector('input[type=file]');
  const list = fieldset && new List({ ...parts, place: fieldset, input: field });
  if (!list) return null;
  for (const kept of fieldset.querySelectorAll('.upload.kept')) takeKept(kept, list);
  const rows = [...fieldset.querySelectorAll('.upload')];
  // chosen before this script was there
  const chosen = rows.flatMap((row) => [...(row.querySelector('input[type=file]')?.files ?? [])]);
  for (const row of rows.slice(1)) row.remove();
  if (!field) return list;
  rows[0].querySelector('[name=alt]').closest('.field').remove();
  rows[0].classList.add('choose');
  field.removeAttribute('name');
  field.multiple = true;
  list.allowBlur();
  fieldset.querySelector(`label[for="${field.id}"]`).textContent = parts.words('choose');
  field.addEventListener('change', () => {
    list.choose([...field.files]);
    field.value = '';
  });
  field.value = '';
  if (chosen.length > 0) list.choose(chosen);
  receiveDropped(fieldset, list);
  return list;
}

function takeKept(kept, list) {
  const id = kept.querySelector('[name=upload]').value;
  const name = kept.querySelector('b').textContent;
  const alt = kept.querySelector('[name=alt]').value;
  const size = kept.querySelector('.small').textContent;
  list.add({ id, name, size: 0, type: kept.dataset.type ?? '', state: 'done' }, { alt, kept: size });
  kept.remove();
}

// Files may be dropped anywhere on the part of the form that is about them.
function receiveDropped(fieldset, list) {
  const over = (on) => fieldset.classList.toggle('over', on);
  fieldset.addEventListener('dragover', (event) => {
    if (![...event.dataTransfer.types].includes('Files')) return;
    event.preventDefault();
    over(true);
  });
  fieldset.addEventListener('dragleave', (event) => fieldset.contains(event.relatedTarget) || over(false));
  fieldset.addEventListener('drop', (event) => {
    event.preventDefault();
    over(false);
    list.choose([...event.dataTransfer.files]);
  });
}

function askBeforeLeaving({ draft, list }) {
  addEventListener('beforeunload', (event) => {
    if (draft.leaving) return;
    if (draft.dirty || list?.unfinished) event.preventDefault();
  });
}

// arrive is for a post that stands: its receipt comes, in the place of the form where files are still on their way.
async function arrive(response, html, page) {
  const address = new URL(response.url).pathname;
  if (!page.list || (await page.list.over(2000))) {
    page.draft.leaving = true;
    location.assign(address);
    return;
  }
  showReceipt(html, address, page);
}

// findAgain is for a page that was opened anew.
async function findAgain(ticket, form, page, publishes, note) {
  const { draft, list, words } = page;
  const { status, answer } = await untilAnswered(ticket, () => tell(note, page.voice, words('not_found_yet')));
  if (answer.receipt) {
    lead(answer, ticket, page, publishes);
    return;
  }
  if (!publishes) return;
  draft.ticket = answer.ticket;
  draft.remember();
  draft.fill(answer.fields);
  const { upload = [], alt = [] } = answer.fields;
  list?.restore(answer.uploads, new Map(upload.map((id, i) => [id, alt[i]])), upload);
  catchUp(list, draft);
  draft.begin();
  if (status !== 200) tell(note, page.voice, answer.error ?? '');
  else if (Object.keys(answer.fields).length > 0) note.textContent = words('draft_restored');
}

// catchUp looks again, a few times, at files of which nothing is sent from here.
async function catchUp(list, known) {
  for (const pause of [2000, 5000, 15_000, 60_000]) {
    if (!list?.transfers.some((transfer) => transfer.state === 'lost')) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
    const { answer } = await askDraft(known.ticket, new URLSearchParams()).catch(() => ({ answer: {} }));
    list.catchUp(answer);
  }
}

// untilAnswered asks what is kept until there is an answer; told once that there was none.
async function untilAnswered(ticket, none) {
  for (let tries = 0; ; tries++) {
    try {
      const found = await askDraft(ticket, new URLSearchParams());
      if (found.status < 500) return found;
    } catch {
      // no network, or a server that is away: it is asked again
    }
    if (tries === 0) none();
    await new Promise((resolve) => {
      setTimeout(resolve, 5000);
      addEventListener('online', resolve, { once: true });
    });
  }
}

// lead goes from a form whose ticket was published to the receipt, and there shows what is still on its way.
function lead(answer, ticket, page, publishes) {
  if (publishes) {
    page.draft.leaving = true;
    location.replace(`${answer.receipt}#ticket=${ticket}`);
    return;
  }
  if (answer.receipt !== location.pathname) return;
  const list = findUploads(answer.uploads, page);
  if (list) {
    catchUp(list, { ticket });
    askBeforeLeaving({ draft: page.draft, list });
  }
  else history.replaceState(null, '', location.pathname);
}

// sendWhenHere has a comment wait for its files: its page goes on from there.
function sendWhenHere(form, { list, draft, words, voice }) {
  form.addEventListener('submit', async (event) => {
    draft.leaving = true;
    if (!list || list.rows.every((row) => row.transfer.over)) return;
    event.preventDefault();
    draft.leaving = false;
    if (form.getAttribute('aria-busy')) return;
    form.setAttribute('aria-busy', 'true');
    voice.say(words('sent_when_here'));
    await list.beginAll();
    await list.over(Infinity);
    form.removeAttribute('aria-busy');
    const failed = list.rows.find((row) => row.transfer.state === 'failed');
    if (failed) failed.buttons.remove.focus(); // who sends decides whether it goes without
    else form.requestSubmit(event.submitter);
  });
}

// sendAgain is for a comment that came back because no server could take it.
function sendAgain(form, { words }) {
  const notice = form.dataset.again && document.querySelector('main .notice[role=alert]');
  if (!notice) return;
  const again = new Again(words, () => form.requestSubmit());
  form.addEventListener('submit', () => again.over());
  form.addEventListener('input', () => again.over(), { once: true }); // somebody goes on writing
  again.plan(notice, form.dataset.again);
}
