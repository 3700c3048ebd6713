// What is seen of one file: its name, how far it is, what can be done with it, and what it shows.
import { blurrable } from '../blur/dialog.js';
import { element } from './element.js';
import { isPhoto, kindOf } from './limits.js';
import { duration, isolated, percent, size, speed } from './words.js';

let last = 0;

export class Row {
  // list has words, act(name, row), and whether the post stands already (taken)
  constructor(list, transfer, alt = '') {
    Object.assign(this, { list, transfer, words: list.words });
    this.number = ++last;
    this.photo = isPhoto({ type: transfer.type, name: transfer.name });
    this.#build(alt);
    this.show();
  }

  get name() {
    return isolated(this.transfer.name);
  }

  #build(alt) {
    const { transfer, number, words, list } = this;
    this.progress = element('progress', { id: `progress-${number}`, max: '100', value: '0' });
    this.size = element('span', { class: 'small' });
    this.status = element('p', { class: 'small status' });
    this.error = element('p', { class: 'error', id: `error-${number}` });
    this.acts = element('div', { class: 'do-it' });
    this.label = element('label', { for: this.progress.id, dir: 'auto' }, transfer.name);
    const head = element('p', { class: 'head' }, this.label, ' ', this.size);
    this.item = element('li', { class: 'transfer' }, head, this.progress, this.status, this.error);
    if (!list.taken) this.item.append(this.#description(alt, words));
    this.item.append(this.#again(), this.acts);
    this.buttons = {};
    for (const name of ['start', 'pause', 'resume', 'blur', 'up', 'down', 'remove']) this.#button(name);
  }

  #description(alt, words) {
    const { number } = this;
    this.alt = element('input', { id: `alt-${number}`, type: 'text', dir: 'auto', autocomplete: 'off', 'data-max': this.list.config.alt });
    this.alt.value = alt;
    this.upload = element('input', { type: 'hidden' });
    return element('div', { class: 'field' }, element('label', { for: this.alt.id }, words(kindOf(this.transfer) === 'captions' ? 'captions' : 'alt')), this.alt, this.upload);
  }

  // again is where the same file is chosen once more.
  #again() {
    const id = `again-${this.number}`;
    this.file = element('input', { id, type: 'file', 'aria-describedby': this.error.id });
    this.file.addEventListener('change', () => {
      if (this.file.files[0]) this.list.giveTo(this, this.file.files[0]);
      this.file.value = '';
    });
    this.lost = element('div', { class: 'field' }, element('label', { for: id }, this.words('again', { name: this.name })), this.file);
    return this.lost;
  }

  #button(name) {
    const button = element('button', { type: 'button', class: 'do', 'aria-label': this.words(`${name}_name`, { name: this.name }) }, this.words(name));
    button.addEventListener('click', () => this.list.act(name, this));
    this.buttons[name] = button;
    this.acts.append(button);
  }

  // rename is for another file in the place of the first.
  rename() {
    this.label.textContent = this.transfer.name;
    for (const [name, button] of Object.entries(this.buttons)) button.setAttribute('aria-label', this.words(`${name}_name`, { name: this.name }));
  }

  // place tells where in the list the row stands.
  place(index, count) {
    this.buttons.up.disabled = index === 0;
    this.buttons.down.disabled = index === count - 1;
  }

  show() {
    const { transfer, buttons, list } = this;
    const { state } = transfer;
    this.item.dataset.state = state;
    const part = transfer.size > 0 ? Math.min(1, transfer.offset / transfer.size) : 0;
    this.progress.value = state === 'done' ? 100 : Math.floor(part * 100);
    this.progress.hidden = ['held', 'failed'].includes(state);
    this.size.textContent = this.kept || size(transfer.size);
    this.status.textContent = this.#status(part);
    this.error.textContent = this.#fault();
    this.lost.hidden = state !== 'lost';
    const wants = {
      start: state === 'held',
      pause: transfer.active,
      resume: ['paused', 'elsewhere'].includes(state),
      blur: state === 'held' && list.canBlur && blurrable(transfer.type),
      up: !list.taken && list.rows.length > 1,
      down: !list.taken && list.rows.length > 1,
      remove: !(list.taken && transfer.over),
    };
    this.#lead(wants);
    for (const [name, wanted] of Object.entries(wants)) buttons[name].hidden = !wanted;
    if (this.upload) this.#nameFields();
  }

  // lead takes the focus from a button that goes to the one that comes in its place.
  #lead(wants) {
    const focused = Object.entries(this.buttons).find(([, button]) => button === document.activeElement)?.[0];
    if (!focused || wants[focused]) return;
    const next = ['pause', 'resume', 'start', 'remove'].find((name) => wants[name]);
    if (!next) return;
    this.buttons[next].hidden = false;
    this.buttons[next].focus();
  }

  // A description goes with the form only beside its upload: the nth belongs to the nth.
  #nameFields() {
    const sent = this.transfer.id && this.transfer.state !== 'failed';
    for (const [field, name] of [[this.alt, 'alt'], [this.upload, 'upload']]) {
      if (sent) field.name = name;
      else field.removeAttribute('name');
    }
    this.upload.value = this.transfer.id;
  }

  #status(part) {
    const { transfer, words } = this;
    switch (transfer.state) {
      case 'held':
        return words(this.#held());
      case 'queued':
        return words('queued');
      case 'running':
        return this.#running(part);
      case 'paused':
        return words('paused', { percent: percent(part) });
      case 'waiting':
        return words(transfer.reason);
      case 'elsewhere':
        return words('elsewhere');
      case 'lost':
        return transfer.offset > 0 ? words('lost', { percent: percent(part) }) : words('lost_none');
      case 'done':
        return words('done');
    }
    return '';
  }

  // held says of a photo also why nothing can be blurred in it.
  #held() {
    if (this.blurred) return 'held_blurred';
    if (!this.photo) return 'held';
    if (!this.list.canBlur) return 'held_no_blur';
    return blurrable(this.transfer.type) ? 'held' : 'held_kind';
  }

  #running(part) {
    const { transfer, words } = this;
    const rate = transfer.speed.now;
    const told = [words('running', { done: size(transfer.offset), percent: percent(part) })];
    if (rate > 0) told.push(speed(rate), words('left', { time: duration((transfer.size - transfer.offset) / rate) }));
    return told.join(' · ');
  }

  #fault() {
    if (this.wrong) return this.wrong;
    return ['failed', 'waiting'].includes(this.transfer.state) ? this.transfer.sentence : '';
  }
}
