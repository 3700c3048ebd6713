// Who has written something and leaves without sending it is asked once, by the browser's own words.
export function warnBeforeLeaving(form) {
  let written = false;
  const ask = (event) => {
    if (written) event.preventDefault();
  };
  form.addEventListener('input', () => {
    if (written) return;
    written = true;
    addEventListener('beforeunload', ask);
  });
  form.addEventListener('submit', () => {
    written = false;
    removeEventListener('beforeunload', ask);
  });
}
