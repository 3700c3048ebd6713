// What is known before a file leaves the device. The server has the last word, in the same sentences.
export function faultOf(file, count, accept, config, words) {
  if (count >= config.files) return words('too_many');
  if (file.size === 0) return words('empty');
  if (!taken(file, accept)) return words('unknown');
  const most = config.bytes[kindOf(file)] ?? config.bytes.other;
  return file.size > most.bytes ? words('too_large', { size: most.text }) : '';
}

export function kindOf(file) {
  const [kind] = file.type.split('/');
  if (file.type === 'application/pdf') return 'document';
  if (/\.vtt$/i.test(file.name)) return 'captions';
  return kind;
}

export const isPhoto = (file) => kindOf(file) === 'image' || (file.type === '' && /\.hei[cf]$/i.test(file.name));

// A file whose type the device does not know is left to the server.
function taken(file, accept) {
  const tokens = accept.split(',').map((token) => token.trim().toLowerCase()).filter(Boolean);
  if (tokens.length === 0) return true;
  const name = file.name.toLowerCase();
  const type = file.type.toLowerCase();
  const fits = (token) => (token.startsWith('.') ? name.endsWith(token) : token.endsWith('/*') ? type.startsWith(token.slice(0, -1)) : type === token);
  return tokens.some(fits) || type === '';
}
