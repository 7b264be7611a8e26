/** The line between "alike" and "none of these": a slider, and what its place costs. */
import { click, get } from './page.js';
import { tr } from './words.js';

/** @typedef {[threshold: number, falseAccept: number, falseReject: number]} Rate parts of 1 */

export class Threshold {
  /** NaN: as calibrated. */
  value = NaN;
  #slider = get('threshold', HTMLInputElement);
  /** @type {Rate[]} */
  #rates = [];

  /** @param {() => void} changed */
  constructor(changed) {
    const set = (/** @type {number} */ value) => {
      this.value = value;
      this.show();
      changed();
    };
    this.#slider.addEventListener('input', () => set(Number(this.#slider.value)));
    click('threshold-reset', () => set(NaN));
  }

  /** @param {number} calibrated @param {import('../build/facts.mjs').Facts} facts */
  know(calibrated, facts) {
    this.calibrated = calibrated;
    this.#rates = facts.rates.length || !facts.calibrated
      ? facts.rates : [[calibrated, ...facts.calibrated]];
    this.show();
  }

  show() {
    const value = Number.isNaN(this.value) ? (this.calibrated ?? 0.5) : this.value;
    this.#slider.value = String(value);
    get('threshold-value', HTMLOutputElement).textContent = value.toFixed(2);
    const rate = this.#rate(value);
    const words = get('threshold-cost', HTMLParagraphElement);
    words.hidden = !rate;
    if (rate)
      words.textContent = tr('Of 100 strange symbols, {0} pass for one of twenty; of 100 known ones, {1} are turned away. Measured on Omniglot, one example each.',
        Math.round(100 * rate[0]), Math.round(100 * rate[1]));
  }

  /** Between the measured ones in a straight line. @param {number} value */
  #rate(value) {
    const after = this.#rates.findIndex(([at]) => at >= value - 1e-9);
    if (after < 0) return null;
    const [high, low] = [this.#rates[after], this.#rates[Math.max(0, after - 1)]];
    if (after === 0) return Math.abs(high[0] - value) < 0.005 ? [high[1], high[2]] : null;
    const part = (value - low[0]) / (high[0] - low[0]);
    return [1, 2].map((i) => low[i] + part * (high[i] - low[i]));
  }
}
