// The files of a form, in their order: the native field takes them in, each becomes a row.
import { hasDialog, openBlur } from '../blur/dialog.js';
import { canRead } from '../blur/pixels.js';
import { countCharacters } from '../count.js';
import { faultOf, isPhoto } from './limits.js';
import { Queue } from './queue.js';
import { element } from './element.js';
import { Row } from './row.js';
import { Tabs, keysOf } from './tabs.js';
import { Transfer } from './transfer.js';
import { isolated, number, percent, size } from './words.js';

const calm = 250; // ms between two pictures of the same progress

export class List {
  rows = [];
  canBlur = false;
  #shown = new Map();

  // session: ticket(), renew(), changed(); taken: the post that the files belong to stands already
  constructor({ config, words, voice, session, place, input = null, taken = false }) {
    Object.assign(this, { config, words, voice, session, input, taken });
    this.queue = new Queue();
    this.element = element('ol', { class: 'transfers' });
    this.faults = element('div', { class: 'file-faults' });
    place.append(this.faults, this.element);
    this.tabs = new Tabs((keys) => this.rows.some(({ transfer }) => transfer.active && keysOf(transfer).some((key) => keys.includes(key))));
    addEventListener('online', () => this.#goOn());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#goOn());
    addEventListener('offline', () => this.voice.say(words('offline')));
  }

  get transfers() {
    return this.rows.map((row) => row.transfer);
  }

  // unfinished tells whether anything would be lost if the page went now.
  get unfinished() {
    return this.transfers.some((transfer) => transfer.active || ['held', 'paused', 'elsewhere'].includes(transfer.state));
  }

  get settled() {
    return this.transfers.every((transfer) => transfer.over);
  }

  hub() {
    return {
      queue: this.queue,
      taken: this.taken,
      refused: this.words('refused'),
      ticket: () => this.session.ticket,
      renew: () => this.session.renew(),
      changed: (transfer) => this.#changed(transfer),
    };
  }

  #rowOf(transfer) {
    return this.rows.find((row) => row.transfer === transfer);
  }

  // choose takes what was chosen in the field.
  choose(files) {
    this.faults.replaceChildren();
    for (const file of files) {
      const lost = this.rows.find((row) => row.transfer.state === 'lost' && same(row.transfer, file));
      if (lost) this.giveTo(lost, file);
      else this.#take(file);
    }
    this.session.changed();
  }

  #take(file) {
    const fault = faultOf(file, this.rows.filter((row) => row.transfer.state !== 'failed').length, this.input.accept, this.config, this.words);
    if (fault) {
      this.faults.append(element('p', { class: 'error' }, element('b', { dir: 'auto' }, file.name), `: ${fault}`));
      this.voice.say(`${isolated(file.name)}: ${fault}`);
      return;
    }
    const row = this.add({ file, name: file.name, size: file.size, type: file.type });
    if (!row.photo) this.begin(row);
  }

  // add makes a row; alt is what it shows, kept what its size is called already.
  add(transfer, { alt = '', kept = '' } = {}) {
    const row = new Row(this, new Transfer(this.hub(), transfer), alt);
    row.kept = kept;
    this.rows.push(row);
    this.element.append(row.item);
    if (row.alt) countCharacters(row.alt);
    this.#renumber();
    return row;
  }

  async begin(row) {
    const { transfer } = row;
    row.wrong = '';
    try {
      await this.session.ready();
    } catch {
      row.wrong = this.words('no_answer');
      row.show();
      this.voice.say(`${row.name}: ${row.wrong}`);
      return;
    }
    if (await this.tabs.have(keysOf(transfer))) {
      transfer.set('elsewhere');
      this.voice.say(`${row.name}: ${this.words('elsewhere')}`);
      return;
    }
    if (this.rows.includes(row) && !transfer.active && !transfer.over) transfer.begin();
  }

  beginAll() {
    return Promise.all(this.rows.filter((row) => row.transfer.state === 'held').map((row) => this.begin(row)));
  }

  giveTo(row, file) {
    row.wrong = '';
    if (!same(row.transfer, file)) {
      row.wrong = this.words('wrong', { name: row.name, size: size(row.transfer.size) });
      row.show();
      this.voice.say(row.wrong);
      return;
    }
    const refocus = row.item.contains(document.activeElement);
    row.transfer.give(file);
    this.begin(row).then(() => refocus && row.buttons[row.transfer.active ? 'pause' : 'resume'].focus());
  }

  act(name, row) {
    const { transfer } = row;
    switch (name) {
      case 'start':
        return this.begin(row);
      case 'pause':
        transfer.pause();
        return this.voice.say(this.words('said_paused', { name: row.name }));
      case 'resume':
        return transfer.begin();
      case 'blur':
        return this.#blur(row);
      case 'up':
        return this.#move(row, -1);
      case 'down':
        return this.#move(row, 1);
      case 'remove':
        return this.#remove(row);
    }
  }

  // blur puts a photo without what was boxed in the place of one that has not left the device.
  async #blur(row) {
    row.wrong = '';
    const file = await openBlur(row.transfer.file, this.words).catch(() => {
      row.wrong = this.words('blur_failed');
      this.voice.say(row.wrong);
    });
    if (file && row.transfer.state === 'held') {
      Object.assign(row.transfer, { name: file.name, size: file.size, type: file.type });
      row.transfer.give(file);
      row.blurred = true;
      row.rename();
      this.voice.say(this.words('said_blurred', { name: row.name }));
    }
    row.show();
    row.buttons.blur.focus();
  }

  // allowBlur finds out whether this browser can.
  async allowBlur() {
    this.canBlur = hasDialog && (await canRead());
    this.element.dataset.blur = this.canBlur ? 'on' : 'off';
    for (const row of this.rows) row.show();
  }

  #move(row, by) {
    const from = this.rows.indexOf(row);
    const to = from + by;
    if (to < 0 || to >= this.rows.length) return;
    this.rows.splice(to, 0, ...this.rows.splice(from, 1));
    if (by < 0) row.item.after(row.item.previousElementSibling);
    else row.item.before(row.item.nextElementSibling);
    this.#renumber();
    const button = row.buttons[by < 0 ? 'up' : 'down'];
    (button.disabled ? row.buttons[by < 0 ? 'down' : 'up'] : button).focus();
    this.voice.say(this.words('said_moved', { name: row.name, number: number(to + 1), count: number(this.rows.length) }));
    this.session.changed();
  }

  #remove(row) {
    const index = this.rows.indexOf(row);
    row.transfer.remove();
    this.rows.splice(index, 1);
    row.item.remove();
    this.#renumber();
    const next = this.rows[Math.min(index, this.rows.length - 1)];
    (next?.buttons.remove ?? this.input)?.focus();
    this.voice.say(this.words('said_removed', { name: row.name }));
    this.session.changed();
  }

  #renumber() {
    this.rows.forEach((row, index) => {
      row.place(index, this.rows.length);
      row.show();
    });
    if (this.input) this.input.required = false;
  }

  #changed(transfer) {
    const row = this.#rowOf(transfer);
    if (!row) return;
    const before = this.#shown.get(transfer) ?? { state: '', id: '', quarter: 0, at: 0 };
    const quarter = transfer.size > 0 ? Math.floor((4 * transfer.offset) / transfer.size) : 0;
    const fresh = before.state !== transfer.state || before.id !== transfer.id;
    if (fresh || performance.now() - before.at > calm) {
      row.show();
      before.at = performance.now();
    }
    if (before.state !== transfer.state) this.#tell(row, before.state);
    else if (quarter > before.quarter && quarter < 4 && transfer.state === 'running') this.voice.say(this.words('said_percent', { name: row.name, percent: percent(quarter / 4) }));
    this.#shown.set(transfer, { ...before, state: transfer.state, id: transfer.id, quarter });
    if (before.id !== transfer.id) this.session.changed();
    if (before.state !== transfer.state) this.session.moved?.(row);
  }

  #tell(row, before) {
    const { transfer } = row;
    const values = { name: row.name };
    if (transfer.state === 'running' && before !== 'waiting') this.voice.say(this.words('said_begins', values));
    if (transfer.state === 'done') this.voice.say(this.words('said_done', values));
    if (transfer.state === 'failed') this.voice.say(`${row.name}: ${transfer.sentence}`);
    if (transfer.state === 'lost') this.voice.say(`${row.name}: ${this.words('lost_none')}`);
    if (transfer.state === 'waiting' && before !== 'waiting' && transfer.reason !== 'offline') this.voice.say(`${row.name}: ${transfer.sentence || this.words(transfer.reason)}`);
  }

  #goOn() {
    for (const transfer of this.transfers) transfer.again();
  }

  // restore makes rows of what the server says is on its way: {id, name, type, size, offset, state, error}.
  restore(uploads, alts = new Map(), order = []) {
    const place = (upload) => (order.includes(upload.id) ? order.indexOf(upload.id) : order.length);
    const known = new Set(this.transfers.map((transfer) => transfer.id));
    const sorted = uploads.filter((upload) => !known.has(upload.id)).sort((a, b) => place(a) - place(b));
    for (const { id, name, type, size: whole, offset, state, error } of sorted) {
      const at = { receiving: 'lost', complete: 'done', refused: 'failed' }[state] ?? 'failed';
      this.add({ id, name, type, size: whole, offset, state: at, sentence: error ?? '' }, { alt: alts.get(id) ?? '' });
    }
  }

  // catchUp takes in what has come since of files that are not sent from here: as a page is reloaded the server may still
  // have their last bytes in hand. Those that a post took whole are no longer among its uploads.
  catchUp({ uploads, receipt }) {
    for (const row of uploads ? this.rows.filter(({ transfer }) => transfer.state === 'lost') : []) {
      const { transfer } = row;
      const now = uploads.find(({ id }) => id === transfer.id) ?? { offset: transfer.offset, state: receipt ? 'complete' : '' };
      transfer.offset = now.state === 'complete' ? transfer.size : now.offset;
      if (now.state === 'complete') transfer.set('done');
      else row.show();
    }
  }

  // placed waits until each file has an address, so that a post can name it: those that have none by then.
  async placed(patience = 20_000) {
    await this.beginAll();
    const missing = () => this.rows.filter(({ transfer }) => !transfer.id && transfer.state !== 'failed');
    for (const end = Date.now() + patience; Date.now() < end && missing().some(({ transfer }) => transfer.active && transfer.reason !== 'offline');) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return missing();
  }

  // over waits until all files are here or refused, at most so long.
  async over(patience) {
    for (const end = Date.now() + patience; Date.now() < end && !this.settled;) await new Promise((resolve) => setTimeout(resolve, 50));
    return this.settled;
  }
}

// The server keeps a name without what controls a line, and no more of it than this.
const plain = (name) => Array.from(name.replace(/[\s\p{Cc}]+/gu, ' ').trim()).slice(0, 120).join('');
const same = (transfer, file) => plain(transfer.name) === plain(file.name) && transfer.size === file.size;
