/**
 * The board's symbols as a support set. The set follows the document by comparing keys, so an undo
 * costs one embedding at most. Inside the set a class is named by its symbol's key; names that
 * people give are no business of the classifier.
 */
import { Oneglyph } from '../lib/oneglyph.js';
import { each } from './progress.js';

/** @typedef {import('./state.js').Ink} Ink */
/** @typedef {import('./state.js').Example} Example */

/** @param {Ink} ink */
export function toDrawing(ink) {
  if ('strokes' in ink) return ink;
  const picture = Oneglyph.openImage(ink.image);
  if (picture instanceof Blob) throw new Error('only rasters are kept in the document');
  return picture;
}

export class Recogniser {
  /** @type {Map<string, {id: number, symbol: string}>} what the set has, by keys of examples */
  #known = new Map();
  /** @type {Map<number, Example>} */
  #examples = new Map();
  #symbols = /** @type {import('./state.js').Symbol[]} */ ([]);
  /** Keys of examples that were embedded quickly, so that the page might say something. @type {Set<string>} */
  #rough = new Set();
  /** Of the drawing that was looked at last. */
  embedding = /** @type {Float32Array} */ (new Float32Array());

  /** @param {Oneglyph} og */
  constructor(og) {
    this.og = og;
    this.set = og.createSupportSet();
  }

  /**
   * Makes the set that of these symbols; many new examples take a while, and a newer call takes over.
   * @param {import('./state.js').Symbol[]} symbols
   * @returns {Promise<boolean>} whether it is
   */
  async follow(symbols) {
    if (symbols === this.#symbols) return true;
    this.#symbols = symbols;
    const wanted = new Map(symbols.flatMap((s) =>
      s.examples.map((example) => [example.key, { example, symbol: s.key }])));
    for (const [key, { id, symbol }] of this.#known) {
      if (wanted.get(key)?.symbol === symbol) continue;
      this.set.remove(id);
      this.#known.delete(key);
      this.#examples.delete(id);
    }
    const fresh = [...wanted.values()].filter(({ example }) => !this.#known.has(example.key));
    const quick = !this.#known.size;
    return each(fresh, ({ example, symbol }) => this.#add(symbol, example, quick), () => symbols !== this.#symbols);
  }

  /** @param {string} symbol @param {Example} example @param {boolean} quick */
  #add(symbol, example, quick) {
    const id = this.set.add(symbol, toDrawing(example.ink), { quick });
    this.#known.set(example.key, { id, symbol });
    this.#examples.set(id, example);
    if (quick) this.#rough.add(example.key);
  }

  /** Embeds as it should be what was embedded quickly. @returns {Promise<boolean>} whether anything is new */
  async refine() {
    const [symbols, rough] = [this.#symbols, [...this.#rough]];
    return rough.length > 0 && each(rough, (key) => {
      const known = this.#known.get(key);
      const example = known && this.#examples.get(known.id);
      if (!this.#rough.delete(key) || !known || !example) return;
      this.#add(known.symbol, example, false);
      this.set.remove(known.id);
      this.#examples.delete(known.id);
    }, () => symbols !== this.#symbols, true);
  }

  /** The id in the set of an example. @param {string} key */
  idOf(key) {
    return this.#known.get(key)?.id ?? 0;
  }

  /** The example with an id of the set. @param {number} id */
  example(id) {
    return this.#examples.get(id);
  }

  /** @param {Ink} ink @param {number} threshold NaN: as calibrated */
  classify(ink, threshold) {
    const answer = this.set.classify(toDrawing(ink), { threshold });
    this.embedding = answer.embedding;
    return answer;
  }
}
