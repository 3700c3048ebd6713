// Two files at a time: one alone would wait for its round trips, more would only make each of them later.
const most = 2;

export class Queue {
  #waiting = [];
  #going = new Set();

  ask(transfer) {
    this.leave(transfer);
    this.#waiting.push(transfer);
    this.#next();
  }

  leave(transfer) {
    transfer.granted = false;
    this.#going.delete(transfer);
    this.#waiting = this.#waiting.filter((other) => other !== transfer);
    this.#next();
  }

  #next() {
    while (this.#going.size < most && this.#waiting.length > 0) {
      const transfer = this.#waiting.shift();
      this.#going.add(transfer);
      transfer.granted = true;
      transfer.go();
    }
  }
}
