// A colour shows on the page itself while it is being chosen. The server says how well it is read and what it looks
// like in the dark, by the measure that saving goes by.
const pause = 150; // ms without a change

export function showWhileChoosing(form) {
  form.dataset.live = '';
  const field = form.querySelector('input[type=color]');
  let timer, asked;
  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      replace(await ask(form, asked.signal));
    } catch {
      // no network, or a newer request took over: the page stays as it was, and the button still works
    }
  };
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(show, pause);
  });
}

async function ask(form, signal) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set('action', 'preview');
  // form.action would be the buttons of that name
  const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: fields, signal });
  if (!answer.ok) throw new Error('no preview');
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

// replace takes what was said over, and not the field that is in somebody's hand.
function replace(page) {
  const verdict = page.querySelector('#verdict');
  document.querySelector('#verdict').replaceChildren(...document.adoptNode(verdict).childNodes);
  const sheet = (from) => from.querySelector('link[rel=stylesheet][href^="/look/"]');
  if (sheet(document).getAttribute('href') !== sheet(page).getAttribute('href')) sheet(document).href = sheet(page).getAttribute('href');
}
