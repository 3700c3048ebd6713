// Faces and other details are boxed and destroyed before a photo leaves the device, by pointer or by keyboard alone.
import { element } from '../upload/element.js';
import { number } from '../upload/words.js';
import { alike, canvasOf, decode, destroy, toBlob } from './pixels.js';

const shown = 2e6; // pixels of the picture in the dialog; the photo itself is worked on once, at the end
const step = 0.02; // of the picture, for a key
const smallest = 0.015;

// blurrable tells whether browsers can open and make that kind of picture.
export const blurrable = (type) => ['image/jpeg', 'image/png', 'image/webp', 'image/avif'].includes(type);

export const hasDialog = 'HTMLDialogElement' in globalThis && 'createImageBitmap' in globalThis;

// openBlur shows the photo and answers the file that goes in its place; null where it stays as it is.
export async function openBlur(file, words) {
  const picture = await decode(file, shown);
  return new Promise((resolve, reject) => new Blur(file, picture, words).open(resolve, reject));
}

class Blur {
  boxes = [];
  #past = [];

  constructor(file, picture, words) {
    Object.assign(this, { file, picture, words });
    this.canvas = canvasOf(picture.width, picture.height);
    this.canvas.setAttribute('aria-hidden', 'true');
    this.layer = element('div', { class: 'boxes' });
    this.stage = element('div', { class: 'stage' }, this.canvas, this.layer);
    this.#build();
    this.#draw();
  }

  #build() {
    const { words } = this;
    const button = (name, act, looks = 'button quiet slim') => {
      const made = element('button', { type: 'button', class: looks }, words(`blur_${name}`));
      made.addEventListener('click', act);
      return made;
    };
    this.add = button('add', () => this.#addBox({ x: 0.35, y: 0.3, width: 0.3, height: 0.3 }));
    this.undo = button('undo', () => this.#undo());
    this.apply = button('apply', () => this.#apply(), 'button slim');
    this.cancel = button('cancel', () => this.dialog.close());
    this.said = element('p', { class: 'small', role: 'status' });
    this.dialog = element('dialog', { class: 'blur', 'aria-labelledby': 'blur-title', 'aria-describedby': 'blur-hint' },
      element('h2', { id: 'blur-title' }, words('blur_title')), element('p', { class: 'small', id: 'blur-hint' }, words('blur_hint')),
      this.stage, this.said, element('p', { class: 'acts' }, this.apply, this.add, this.undo, this.cancel));
    this.stage.addEventListener('pointerdown', (event) => this.#press(event));
    this.dialog.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
        event.preventDefault();
        this.#undo();
      }
    });
  }

  open(resolve, reject) {
    document.body.append(this.dialog);
    this.dialog.addEventListener('close', () => {
      this.dialog.remove();
      if (this.fault) reject(this.fault);
      else resolve(this.made ?? null);
    });
    this.dialog.showModal();
    this.add.focus();
  }

  #remember() {
    this.#past.push(this.boxes.map((box) => ({ ...box })));
  }

  #undo() {
    const before = this.#past.pop();
    if (!before) return;
    this.boxes = before;
    this.#draw();
    if (!this.dialog.contains(document.activeElement) || document.activeElement === document.body || this.undo.disabled) this.add.focus();
    this.#say('blur_said_count');
  }

  #addBox(box) {
    this.#remember();
    this.boxes.push(box);
    this.#draw();
    this.layer.lastElementChild.focus();
    this.#say('blur_said_count');
  }

  #removeBox(index) {
    this.#remember();
    this.boxes.splice(index, 1);
    this.#draw();
    (this.layer.children[Math.min(index, this.boxes.length - 1)] ?? this.add).focus();
    this.#say('blur_said_count');
  }

  #say(key) {
    this.said.textContent = this.words(key, { count: number(this.boxes.length) });
  }

  // draw shows what the photo will be: what is in the boxes is gone here too.
  #draw() {
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(this.picture, 0, 0);
    destroy(this.canvas, this.boxes);
    while (this.layer.children.length > this.boxes.length) this.layer.lastElementChild.remove();
    while (this.layer.children.length < this.boxes.length) this.layer.append(this.#handle());
    [...this.layer.children].forEach((handle, index) => this.#place(handle, index));
    this.apply.disabled = this.boxes.length === 0;
    this.undo.disabled = this.#past.length === 0;
  }

  #handle() {
    const handle = element('button', { type: 'button', class: 'box' });
    handle.addEventListener('keydown', (event) => this.#key(event, [...this.layer.children].indexOf(handle)));
    return handle;
  }

  #place(handle, index) {
    const box = this.boxes[index];
    handle.setAttribute('aria-label', this.words('blur_box', { number: number(index + 1) }));
    // physical sides: a picture does not turn round with the language
    for (const [side, part] of [['left', box.x], ['top', box.y], ['width', box.width], ['height', box.height]]) handle.style[side] = `${100 * part}%`;
  }

  #key(event, index) {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.#removeBox(index);
      return;
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const by = way.map((part) => part * (event.altKey ? step / 5 : step));
    const box = { ...this.boxes[index] };
    if (event.shiftKey) {
      box.width += by[0];
      box.height += by[1];
    } else {
      box.x += by[0];
      box.y += by[1];
    }
    this.#remember();
    this.boxes[index] = within(box);
    this.#draw();
  }

  // press begins a new box, or takes hold of one that is there.
  #press(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const from = this.#at(event);
    const held = [...this.layer.children].indexOf(event.target.closest('.box'));
    const before = held < 0 ? null : { ...this.boxes[held] };
    this.#remember();
    if (held < 0) this.boxes.push({ ...from, width: 0, height: 0 });
    const index = held < 0 ? this.boxes.length - 1 : held;
    const move = (moved) => {
      const to = this.#at(moved);
      this.boxes[index] = before ? within({ ...before, x: before.x + to.x - from.x, y: before.y + to.y - from.y }) : between(from, to);
      this.#draw();
    };
    const end = () => {
      this.stage.removeEventListener('pointermove', move);
      const { width, height } = this.boxes[index];
      if (width < smallest || height < smallest) { // a slip, and no box
        this.boxes = this.#past.pop();
        this.#draw();
        return;
      }
      this.layer.children[index].focus();
      this.#say('blur_said_count');
    };
    this.stage.setPointerCapture(event.pointerId);
    this.stage.addEventListener('pointermove', move);
    this.stage.addEventListener('pointerup', end, { once: true });
    this.stage.addEventListener('pointercancel', end, { once: true });
  }

  #at(event) {
    const frame = this.canvas.getBoundingClientRect();
    const part = (value) => Math.min(1, Math.max(0, value));
    return { x: part((event.clientX - frame.left) / frame.width), y: part((event.clientY - frame.top) / frame.height) };
  }

  async #apply() {
    this.dialog.setAttribute('aria-busy', 'true');
    try {
      this.made = await this.#make();
    } catch (fault) {
      this.fault = fault;
    }
    this.dialog.close();
  }

  // make works on the photo itself, and looks at what came of it.
  async #make() {
    const whole = await decode(this.file);
    destroy(whole, this.boxes);
    const type = this.file.type === 'image/png' ? 'image/png' : 'image/jpeg';
    const blob = await toBlob(whole, type);
    if (blob.type !== type || !(await alike(whole, blob))) throw new Error('the browser made another picture');
    const name = `${this.file.name.replace(/\.[^.]*$/, '')}.${type === 'image/png' ? 'png' : 'jpg'}`;
    return new File([blob], name, { type });
  }
}

function within(box) {
  const width = Math.min(1, Math.max(smallest, box.width));
  const height = Math.min(1, Math.max(smallest, box.height));
  return { width, height, x: Math.min(1 - width, Math.max(0, box.x)), y: Math.min(1 - height, Math.max(0, box.y)) };
}

const between = (a, b) => ({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) });
