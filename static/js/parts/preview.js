// The preview beside the form while one types, where there is room for both. The server makes it, with the renderer
// that publishing uses; only text is sent, no file.
const pause = 700; // ms without a key

export function previewWhileTyping(form) {
  const wide = matchMedia('(min-width: 80rem)');
  const pair = form.parentElement;
  let timer, asked;
  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      replacePreview(await askPreview(form, asked.signal));
      pair.classList.add('live');
    } catch {
      // no network, or a newer request took over: the preview stays as it was, and the button still works
    }
  };
  form.addEventListener('input', () => {
    clearTimeout(timer);
    if (wide.matches) timer = setTimeout(show, pause);
  });
  const sayWhere = () => pair.classList.toggle('live', wide.matches && document.querySelector('#preview').childElementCount > 0);
  wide.addEventListener('change', sayWhere);
  sayWhere();
}

async function askPreview(form, signal) {
  const fields = new URLSearchParams();
  new FormData(form).forEach((value, name) => {
    if (typeof value === 'string' && name !== 'alt' && name !== 'upload') fields.append(name, value);
  });
  fields.set('action', 'preview');
  // form.action would be the buttons of that name
  const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: fields, signal });
  if (!answer.ok) throw new Error('no preview');
  return new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#preview');
}

function replacePreview(fresh) {
  if (!fresh) return;
  document.querySelector('#preview').replaceChildren(...document.adoptNode(fresh).childNodes);
}
