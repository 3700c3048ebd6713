// One file on its way, by tus (https://tus.io/protocols/resumable-upload). The client's own memory of uploads, which
// lies in the browser's storage, is left out: what is on its way is known by the ticket, on the server.
import Upload from 'tus-js-client/lib/upload.js';
import HttpStack from 'tus-js-client/lib/browser/httpStack.js';
import { Speed } from './speed.js';

const base = '/uploads/';
const chunk = 16 << 20; // bytes of a request: proxies may hold back a whole one, and what they hold is lost with the link
const stalled = 90_000; // ms without a byte: a link can be gone without anybody saying so
const pauses = [1, 2, 4, 8, 15, 30, 60]; // seconds before the next try

const absolute = (path) => new URL(path, location.href).href;

// The states of a transfer:
//   held       chosen, and nothing of it has left the device
//   queued     waits for its turn
//   running    on its way
//   paused     by whoever sends it
//   waiting    for the network or the server; goes on by itself
//   elsewhere  another tab has it
//   lost       the page was opened anew: the same file has to be chosen again
//   done       here
//   failed     for good; sentence says why
export class Transfer {
  state = 'held';
  reason = ''; // of waiting: offline, server, busy, unreadable
  sentence = ''; // in the server's words
  granted = false;
  speed = new Speed();
  #upload = null;
  #tries = 0;
  #begunAnew = 0;
  #timer = 0;
  #watch = 0;

  // hub: queue, ticket(), renew(), changed(transfer), taken (by a post already)
  constructor(hub, { file = null, name, size, type = '', id = '', offset = 0, state = 'held', sentence = '' }) {
    Object.assign(this, { hub, file, name, size, type, id, offset, state, sentence });
  }

  get over() {
    return this.state === 'done' || this.state === 'failed';
  }

  get active() {
    return ['queued', 'running', 'waiting'].includes(this.state);
  }

  begin() {
    if (!this.file || this.over) return;
    this.#stop();
    this.set('queued');
    this.hub.queue.ask(this);
    if (!this.granted && !this.id) this.go(); // only as far as having an address
  }

  pause() {
    this.#stop();
    this.set('paused');
  }

  // give takes the same file once more.
  give(file) {
    this.file = file;
    this.#upload = null;
  }

  // remove also takes away what is on the server.
  remove() {
    this.#stop();
    if (this.id) fetch(base + this.id, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' }, keepalive: true }).catch(() => {});
  }

  // again is for what waits: there is reason to believe that it will go now.
  again() {
    if (this.state !== 'waiting') return;
    this.#tries = 0;
    this.begin();
  }

  // go is called by the queue, when it is this one's turn.
  go() {
    if (navigator.onLine === false) {
      this.#wait('offline', 0);
      return;
    }
    if (this.granted) this.set('running');
    this.#upload ??= this.#make();
    this.#upload.start();
    this.#lookAfter();
  }

  set(state, reason = '', sentence = '') {
    Object.assign(this, { state, reason, sentence });
    if (state !== 'running') this.speed.forget();
    this.hub.changed(this);
  }

  #stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#upload?.abort();
    this.hub.queue.leave(this);
  }

  #make() {
    const { file } = this;
    return new Upload(file, {
      ...Upload.defaultOptions,
      // with both, anything but 200 to HEAD would begin a second upload
      endpoint: this.id ? null : absolute(base),
      uploadUrl: this.id ? absolute(base + this.id) : null,
      metadata: { ticket: this.hub.ticket(), filename: this.name, filetype: this.type },
      chunkSize: chunk,
      retryDelays: null, // the tries are ours: they know Retry-After, and that nobody is online
      storeFingerprintForResuming: false,
      fingerprint: () => Promise.resolve(null),
      httpStack: new HttpStack(),
      fileReader: { openFile: () => Promise.resolve(source(file)) },
      onUploadUrlAvailable: () => this.#placed(),
      onProgress: (sent) => this.#moved(sent),
      onSuccess: () => this.#arrived(),
      onError: (error) => this.#failed(error),
    });
  }

  // placed: the upload has an address, whose last part is its id.
  #placed() {
    const upload = this.#upload;
    this.id = new URL(upload.url).pathname.split('/').pop();
    upload.url = absolute(base + this.id);
    upload.options.endpoint = null;
    if (!this.granted) {
      clearTimeout(this.#watch);
      upload.abort();
    }
    this.hub.changed(this);
  }

  #moved(sent) {
    if (this.state !== 'running') return;
    if (sent > this.offset) this.#tries = 0;
    this.offset = sent;
    this.speed.note(sent);
    this.#lookAfter();
    this.hub.changed(this);
  }

  #lookAfter() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#upload?.abort();
      this.#wait('server', this.#pause());
    }, stalled);
  }

  #arrived() {
    this.offset = this.size;
    this.#stop();
    this.set('done');
  }

  async #failed(error) {
    clearTimeout(this.#watch);
    const answer = error.originalResponse;
    const status = answer?.getStatus() ?? 0;
    const sentence = said(answer);
    if (status === 0 && !(await readable(this.file))) {
      this.#stop();
      this.file = null;
      this.set('lost', 'unreadable');
    } else if ((status === 404 || status === 410) && !this.hub.taken && this.#begunAnew++ < 2) {
      this.#anew();
    } else if (status === 403 && !this.id && this.#begunAnew++ < 2 && (await this.hub.renew())) {
      this.#anew();
    } else if (status === 423 || status === 409) {
      this.#wait('busy', Math.max(2, this.#pause()));
    } else if (status === 0 || status === 429 || status >= 500) {
      this.#wait(navigator.onLine === false ? 'offline' : 'server', Number(answer?.getHeader('Retry-After')) || this.#pause(), sentence);
    } else {
      this.#stop();
      this.set('failed', '', sentence || this.hub.refused);
    }
  }

  // anew: what the server knew of it is gone, or the ticket was too old.
  #anew() {
    this.id = '';
    this.offset = 0;
    this.#upload = null;
    this.begin();
  }

  #pause() {
    const seconds = pauses[Math.min(this.#tries++, pauses.length - 1)];
    return seconds * (0.8 + 0.4 * Math.random()); // not all at once, after a server was away
  }

  // wait tries again after so many seconds, or, offline, when there is a network again.
  #wait(reason, seconds, sentence = '') {
    this.#stop();
    this.set('waiting', reason, sentence);
    if (reason !== 'offline') this.#timer = setTimeout(() => this.state === 'waiting' && this.begin(), seconds * 1000);
  }
}

function source(file) {
  return {
    size: file.size,
    slice: (start, end) => Promise.resolve({ value: file.slice(start, end), done: end >= file.size }),
    close() {},
  };
}

// said is the sentence that the server answered with, if it was one for people.
function said(answer) {
  if (!answer?.getHeader('Content-Type')?.startsWith('text/plain')) return '';
  const text = answer.getBody().trim();
  return text.startsWith('ERR_') || text.length > 300 ? '' : text;
}

// readable tells whether the device still gives the file: it may have been moved, or be of a card that was taken out.
async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
