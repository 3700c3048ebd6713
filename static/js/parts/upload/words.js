// The words come with the page, in its language; "{name}" and the like stand for what is put in. Numbers and units are
// the browser's, in the same language.
const { lang } = document.documentElement;
export const language = lang === 'ar' ? 'ar-u-nu-arab' : lang; // the digits that the server writes

// A name that runs the other way must not pull the words around it along.
export const isolated = (name) => `\u2068${name}\u2069`;

export function wordsFrom(list) {
  return (key, values = {}) => (list[key] ?? '').replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

// Where the short name is not what the server writes ("m.b", "2 byte"), the long one is.
const display = (name) => (name === 'byte' || (lang === 'ar' && !name.endsWith('-per-second')) ? 'long' : 'short');

function unit(value, name, rest = {}) {
  try {
    return new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: display(name), ...rest }).format(value);
  } catch {
    return `${value} ${name}`; // a browser that knows no units
  }
}

export const number = (value) => new Intl.NumberFormat(language).format(value);
export const percent = (part) => new Intl.NumberFormat(language, { style: 'percent' }).format(Math.floor(part * 100) / 100);

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

function scaled(bytes, suffix) {
  let step = 0;
  for (; bytes >= 1000 && step < units.length - 1; step++) bytes /= 1000;
  return unit(bytes, units[step] + suffix, { maximumFractionDigits: step > 1 && bytes < 100 ? 1 : 0 });
}

export const size = (bytes) => scaled(bytes, '');
export const speed = (bytes) => scaled(bytes, '-per-second');

export function duration(seconds) {
  if (seconds < 60) return unit(Math.max(5, Math.ceil(seconds / 5) * 5), 'second', { unitDisplay: 'long' });
  if (seconds < 3600) return unit(Math.ceil(seconds / 60), 'minute', { unitDisplay: 'long' });
  return unit(Math.ceil(seconds / 3600), 'hour', { unitDisplay: 'long' });
}
