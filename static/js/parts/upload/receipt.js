// A post that stands while its files are still on their way: its receipt is shown in place, and below its head how far
// they are. The ticket stays in the address's fragment, so that a reload finds them.
import { List } from './list.js';
import { element } from './element.js';

// showReceipt puts the receipt in the place of the form. The rows of list go on.
export function showReceipt(html, address, { list, words, voice, draft }) {
  const answer = new DOMParser().parseFromString(html, 'text/html');
  const main = document.querySelector('main');
  const fresh = answer.querySelector('main');
  main.className = fresh.className;
  const panel = coming(words, list.element);
  main.replaceChildren(...document.adoptNode(fresh).childNodes);
  place(main, panel, voice);
  document.title = answer.title;
  history.replaceState(null, '', `${address}#ticket=${draft.ticket}`);
  const heading = main.querySelector('h1');
  heading.tabIndex = -1;
  heading.focus();
  scrollTo(0, 0);
  list.taken = true;
  list.input = null;
  for (const row of list.rows) {
    row.item.querySelector('.field')?.remove();
    row.show();
  }
  follow(list, panel, { words, voice }, address);
}

// findUploads is for a receipt that was opened anew while files were on their way.
export function findUploads(uploads, { config, words, voice, session }) {
  const receiving = uploads.filter((upload) => upload.state === 'receiving');
  if (receiving.length === 0) return null;
  const holder = element('div');
  const list = new List({ config, words, voice, session, place: holder, taken: true });
  const panel = coming(words, holder);
  place(document.querySelector('main'), panel, voice);
  list.restore(receiving);
  follow(list, panel, { words, voice }, location.pathname);
  return list;
}

function coming(words, rows) {
  return element('section', { class: 'part coming', 'aria-labelledby': 'coming-title' },
    element('h2', { id: 'coming-title' }, words('coming')), element('p', {}, words('coming_hint')), rows);
}

function place(main, panel, voice) {
  (main.querySelector('.receipt') ?? main.querySelector('h1')).after(panel);
  main.append(voice.region);
}

// follow brings the part of the receipt about its files up to date as they arrive.
function follow(list, panel, { words, voice }, address) {
  list.session.moved = async (row) => {
    if (!row.transfer.over) return;
    await renew(address).catch(() => {});
    if (!list.settled) return;
    panel.querySelector('p').textContent = words('all_here');
    voice.say(words('all_here'));
    history.replaceState(null, '', location.pathname);
  };
}

async function renew(address) {
  const response = await fetch(address);
  if (!response.ok) return;
  const answer = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const labelled of ['files-title', 'state']) {
    const fresh = answer.querySelector(`[aria-labelledby="${labelled}"]`);
    const old = document.querySelector(`[aria-labelledby="${labelled}"]`);
    if (fresh && old) old.replaceWith(document.adoptNode(fresh));
  }
}
