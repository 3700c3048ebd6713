// What happens is said to those who listen, politely and one thing after the other.
const pause = 900; // ms: a screen reader drops what is replaced before it was read

export class Voice {
  #queue = [];
  #busy = false;

  constructor(place) {
    this.region = document.createElement('p');
    this.region.className = 'unseen';
    this.region.setAttribute('role', 'status');
    this.region.setAttribute('aria-live', 'polite');
    place.append(this.region);
  }

  say(text) {
    this.#queue.push(text);
    if (!this.#busy) this.#next();
  }

  #next() {
    const text = this.#queue.shift();
    this.#busy = text !== undefined;
    if (!this.#busy) return;
    this.region.textContent = text;
    setTimeout(() => this.#next(), pause);
  }
}
