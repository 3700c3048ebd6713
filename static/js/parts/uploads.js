// What a form does with files is much, and only who writes needs it: it is loaded beside such a form. The form under an
// article, which most people only pass by, loads it once somebody turns to it.
import { warnBeforeLeaving } from './leave.js';

export function addUploads(form) {
  const load = () =>
    import(form.dataset.script).then(
      ({ open }) => open(form),
      () => form.id === 'post' && warnBeforeLeaving(form), // the form works without
    );
  if (form.id === 'post' || form.dataset.again) load();
  else form.addEventListener('focusin', load, { once: true });
}
