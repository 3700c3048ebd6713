// Near the limit of a field it is said how much room is left. The words come with the page, in its language:
// data-left for what is left, data-over for what is too much, "#" standing for the number.

// One tenth of the limit, but never from the first letter on.
const nearby = (max) => Math.max(20, Math.floor(max / 10));

// The server counts code points and one line end for each, as Array.from over the value does.
const length = (text) => Array.from(text).length;

export function countCharacters(field) {
  const max = Number(field.dataset.max);
  const words = document.querySelector('[data-left]')?.dataset;
  if (!max || !words) return;
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const count = document.createElement('span');
  count.className = 'count';
  count.setAttribute('role', 'status');
  field.after(count);
  const show = () => {
    const left = max - length(field.value);
    count.classList.toggle('over', left < 0);
    const text = left < 0 ? words.over : words.left;
    count.textContent = left <= nearby(max) ? text.replace('#', numbers.format(Math.abs(left))) : '';
  };
  field.addEventListener('input', show);
  show();
}
