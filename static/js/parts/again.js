// What no server could take is sent again by itself, more and more seldom, until it gets through or somebody stops it.
import { element } from './upload/element.js';
import { duration } from './upload/words.js';

const longest = 60; // s

export class Again {
  #tries = 0;
  #timer;

  // words has again_in and again_stop; send sends once more
  constructor(words, send) {
    Object.assign(this, { words, send });
  }

  // plan has it sent in some seconds, or as soon as there is a network again, and says so at the end of a notice.
  plan(notice, seconds, ...what) {
    this.stop();
    const wait = Math.min(longest, (Number(seconds) || 10) * 2 ** this.#tries++);
    const stop = element('button', { type: 'button', class: 'button quiet slim' }, this.words('again_stop'));
    const told = element('p', { class: 'again' }, this.words('again_in', { time: duration(wait) }), ' ', stop);
    const go = () => {
      this.stop();
      told.remove();
      this.send(...what);
    };
    stop.addEventListener('click', () => {
      this.over();
      told.remove();
      notice.focus();
    });
    notice.append(told);
    const timer = setTimeout(go, wait * 1000);
    addEventListener('online', go, { once: true });
    this.#timer = () => {
      clearTimeout(timer);
      removeEventListener('online', go);
    };
  }

  stop() {
    this.#timer?.();
    this.#timer = undefined;
  }

  // over is for what got through, or is sent by hand.
  over() {
    this.stop();
    this.#tries = 0;
  }
}
