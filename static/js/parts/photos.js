// One more pair of file and description at a time, up to the limit. A description belongs to the file before it,
// and those of files that were sent before come after all of them, so new rows stand above what is kept.
export function addPhotoRows(form) {
  const files = form.querySelector('#files');
  const rows = () => [...files.querySelectorAll('.upload.row')];
  if (!files || rows().length === 0) return;
  const room = () => Number(files.dataset.most) - rows().length - files.querySelectorAll('.upload.kept').length;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button quiet slim more';
  button.textContent = files.dataset.more;
  button.hidden = room() <= 0;
  button.addEventListener('click', () => {
    const row = nextRow(rows().at(-1), files.dataset.photo);
    rows().at(-1).after(row);
    row.querySelector('input').focus();
    button.hidden = room() <= 0;
  });
  files.append(button);
}

// nextRow is like the last one, but empty and with ids of its own.
function nextRow(last, name) {
  const row = last.cloneNode(true);
  const number = Number(last.querySelector('input[type=file]').id.split('-').pop()) + 1;
  for (const input of row.querySelectorAll('input')) {
    const label = row.querySelector(`label[for="${input.id}"]`);
    input.value = '';
    input.id = input.id.replace(/\d+$/, String(number));
    label.htmlFor = input.id;
    if (input.type === 'file') label.textContent = name.replace('#', new Intl.NumberFormat(document.documentElement.lang).format(number));
  }
  for (const count of row.querySelectorAll('.count')) count.remove();
  return row;
}
