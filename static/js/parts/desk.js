// Keys for the newsroom's table. They work only while one of its rows, or something in it, has the focus
// (WCAG 2.1.4), and never in a field; all they do is press what the row has for everyone.
export function workByKeys(table) {
  const rows = [...table.tBodies[0].rows];
  const list = document.querySelector('#keys');
  const of = (element) => rows.find((row) => row.contains(element));
  // the mark tells on which row the keys act, and that they do: it goes when the focus leaves the table
  const mark = (row) => {
    for (const other of rows) {
      if (row) other.tabIndex = other === row ? 0 : -1;
      if (other === row) other.setAttribute('aria-current', 'true');
      else other.removeAttribute('aria-current');
    }
  };
  const go = (row, by) => {
    const next = rows[rows.indexOf(row) + by];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  };
  const press = (row, name) => row.querySelector(`[data-key="${name}"]`)?.click();
  const keys = {
    j: (row) => go(row, 1),
    ArrowDown: (row) => go(row, 1),
    k: (row) => go(row, -1),
    ArrowUp: (row) => go(row, -1),
    h: (row) => openReason(row),
    s: (row) => press(row, 's'),
    f: (row) => press(row, 'f'),
    d: (row) => press(row, 'd'),
    u: (row) => press(row, 'u'),
    l: (row) => press(row, 'local'),
    g: (row) => press(row, 'global'),
    o: (row) => press(row, 'other'),
    '?': () => {
      list.open = true;
      list.querySelector('summary').focus();
    },
  };
  for (const row of rows) row.tabIndex = row === rows[0] ? 0 : -1;
  table.addEventListener('focusin', (event) => mark(of(event.target)));
  table.addEventListener('focusout', (event) => {
    if (!table.contains(event.relatedTarget)) mark();
  });
  table.addEventListener('keydown', (event) => {
    const row = of(event.target);
    if (!row || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.matches('textarea, input, select')) {
      if (event.key === 'Escape') closeReason(row);
      return;
    }
    if (event.target === row && event.key === 'Enter') {
      row.querySelector('.what a').click();
      return;
    }
    const act = keys[named(event)];
    if (!act) return;
    event.preventDefault();
    act(row);
  });
  list.hidden = false;
  // whoever comes back from an act goes on where they were
  rows.find((row) => `#${row.id}` === location.hash)?.focus();
}

// A keyboard of another script has the same places, but other letters on them.
function named(event) {
  if (event.key.length > 1 || event.key.charCodeAt(0) < 128) return event.key;
  return event.code.replace(/^Key/, '').toLowerCase();
}

function openReason(row) {
  const form = row.querySelector('details.hide');
  if (!form) return;
  form.open = true;
  form.querySelector('textarea').focus();
}

function closeReason(row) {
  row.querySelector('details.hide').open = false;
  row.focus();
}
