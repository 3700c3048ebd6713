// How fast bytes go, over the last few seconds: long enough to be calm, short enough to tell a bad link.
const span = 6000; // ms

export class Speed {
  #samples = [];

  note(offset) {
    const now = performance.now();
    const last = this.#samples.at(-1);
    if (last && offset < last.offset) this.#samples = []; // it went on from an earlier place
    this.#samples.push({ now, offset });
    while (this.#samples.length > 2 && this.#samples[0].now < now - span) this.#samples.shift();
  }

  forget() {
    this.#samples = [];
  }

  // bytes a second, 0 while that is not known
  get now() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || last.now - first.now < 500) return 0;
    return ((last.offset - first.offset) * 1000) / (last.now - first.now);
  }
}
