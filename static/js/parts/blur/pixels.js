// What the tool does to pixels, and whether the browser tells the truth about them.

const most = 16e6; // pixels of a canvas that every browser has room for

// canRead tells whether what is drawn on a canvas is what is read back, by either way. Browsers that hide their users
// among each other give white or noise instead, and a photo made of that would be nobody's.
export async function canRead() {
  try {
    const pattern = paint(48, 48, (x, y) => [(x * 53) % 256, (y * 97) % 256, (x * y) % 256]);
    if (!equal(pattern.drawn, read(pattern.canvas))) return false;
    const kept = await toBlob(pattern.canvas, 'image/png');
    return equal(pattern.drawn, read(await decode(kept)));
  } catch {
    return false;
  }
}

function paint(width, height, colour) {
  const canvas = canvasOf(width, height);
  const drawn = new Uint8ClampedArray(4 * width * height);
  const context = contextOf(canvas);
  for (let i = 0; i < width * height; i++) {
    const [red, green, blue] = colour(i % width, Math.floor(i / width));
    drawn.set([red, green, blue, 255], 4 * i);
    context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
    context.fillRect(i % width, Math.floor(i / width), 1, 1);
  }
  return { canvas, drawn };
}

const contextOf = (canvas) => canvas.getContext('2d', { willReadFrequently: true });
const read = (canvas) => contextOf(canvas).getImageData(0, 0, canvas.width, canvas.height).data;
const equal = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

export function canvasOf(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

export function toBlob(canvas, type) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), type, 0.92);
  });
}

// decode gives a photo upright, as its metadata asks for, and no larger than a canvas may be; or within so many pixels.
export async function decode(blob, within = most) {
  const bitmap = await createImageBitmap(blob);
  const scale = Math.min(1, Math.sqrt(within / (bitmap.width * bitmap.height)));
  const canvas = canvasOf(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  contextOf(canvas).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

// cells along the longer side of a box: so few that nobody is found in them again.
const cells = 4;

// destroy overwrites what is in the boxes, whose numbers are parts of the picture, by a few flat colours. Nothing of it
// can be got back, as it could from a blur.
export function destroy(canvas, boxes) {
  const context = contextOf(canvas);
  for (const box of boxes) {
    const left = Math.floor(box.x * canvas.width);
    const top = Math.floor(box.y * canvas.height);
    const right = Math.min(canvas.width, Math.ceil((box.x + box.width) * canvas.width));
    const bottom = Math.min(canvas.height, Math.ceil((box.y + box.height) * canvas.height));
    if (right <= left || bottom <= top) continue;
    const cell = Math.ceil(Math.max(right - left, bottom - top) / cells);
    for (let y = top; y < bottom; y += cell) {
      for (let x = left; x < right; x += cell) flatten(context, x, y, Math.min(cell, right - x), Math.min(cell, bottom - y));
    }
  }
}

function flatten(context, x, y, width, height) {
  const { data } = context.getImageData(x, y, width, height);
  const sum = [0, 0, 0];
  for (let i = 0; i < data.length; i++) if (i % 4 < 3) sum[i % 4] += data[i];
  const mean = sum.map((total) => Math.round((4 * total) / data.length / 16) * 16); // and no finer shade than this
  context.fillStyle = `rgb(${mean.join(', ')})`;
  context.fillRect(x, y, width, height);
}

// alike tells whether a picture that was packed is the one that was drawn, as far as packing allows.
export async function alike(canvas, blob) {
  const small = (from) => {
    const to = canvasOf(16, 16);
    contextOf(to).drawImage(from, 0, 0, 16, 16);
    return read(to);
  };
  const wanted = small(canvas);
  const got = small(await decode(blob));
  return wanted.every((value, i) => Math.abs(value - got[i]) < 24);
}
