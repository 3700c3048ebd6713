// Other tabs of this browser are asked whether they have a file in hand. Nothing of it is kept.
const patience = 150; // ms

export class Tabs {
  #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('uploads') : null;
  #me = crypto.getRandomValues(new Uint32Array(2)).join('-');
  #asked = new Map();

  // held tells which of the keys are in hand here
  constructor(held) {
    this.#channel?.addEventListener('message', ({ data }) => {
      if (data.ask && data.from !== this.#me && held(data.ask)) this.#channel.postMessage({ to: data.from, number: data.number });
      if (data.to === this.#me) this.#asked.get(data.number)?.(true);
    });
  }

  // have tells whether another tab has one of the keys in hand.
  have(keys) {
    if (!this.#channel) return Promise.resolve(false);
    const number = Math.random();
    return new Promise((resolve) => {
      this.#asked.set(number, resolve);
      setTimeout(() => resolve(false), patience);
      this.#channel.postMessage({ ask: keys, from: this.#me, number });
    }).finally(() => this.#asked.delete(number));
  }
}

export const keysOf = ({ id, file, name, size }) => [id, file && `${name}|${size}|${file.lastModified}`].filter(Boolean);
