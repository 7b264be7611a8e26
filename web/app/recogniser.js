/**
 * The board's symbols as a support set. The set follows the document by comparing keys, so an undo
 * costs one embedding at most. Inside the set a class is named by its symbol's key; names that
 * people give are no business of the classifier.
 */
import { Oneglyph } from '../lib/oneglyph.js';

/** @typedef {import('./state.js').Ink} Ink */

/** @param {Ink} ink */
export function toDrawing(ink) {
  if ('strokes' in ink) return ink;
  const picture = Oneglyph.openImage(ink.image);
  if (picture instanceof Blob) throw new Error('only rasters are kept in the document');
  return picture;
}

export class Recogniser {
  /** @type {Map<string, number>} ids in the set by keys of examples */
  #ids = new Map();
  /** @type {Map<number, import('./state.js').Example>} */
  #examples = new Map();
  #symbols = /** @type {import('./state.js').Symbol[]} */ ([]);
  /** Of the drawing that was looked at last. */
  embedding = /** @type {Float32Array} */ (new Float32Array());

  /** @param {Oneglyph} og */
  constructor(og) {
    this.og = og;
    this.set = og.createSupportSet();
  }

  /** @param {import('./state.js').Symbol[]} symbols */
  follow(symbols) {
    if (symbols === this.#symbols) return;
    const before = new Map(this.#symbols.map((s) => [s.key, s]));
    for (const symbol of symbols) {
      const old = before.get(symbol.key);
      before.delete(symbol.key);
      if (old?.examples !== symbol.examples) this.#followSymbol(symbol, old?.examples ?? []);
    }
    for (const gone of before.values()) this.#followSymbol({ ...gone, examples: [] }, gone.examples);
    this.#symbols = symbols;
  }

  /**
   * @param {import('./state.js').Symbol} symbol
   * @param {import('./state.js').Example[]} before
   */
  #followSymbol(symbol, before) {
    const keep = new Set(symbol.examples.map((e) => e.key));
    for (const { key } of before) {
      const id = this.#ids.get(key);
      if (keep.has(key) || id === undefined) continue;
      this.set.remove(id);
      this.#ids.delete(key);
      this.#examples.delete(id);
    }
    for (const example of symbol.examples) {
      if (this.#ids.has(example.key)) continue;
      const id = this.set.add(symbol.key, toDrawing(example.ink));
      this.#ids.set(example.key, id);
      this.#examples.set(id, example);
    }
  }

  /** The id in the set of an example. @param {string} key */
  idOf(key) {
    return this.#ids.get(key) ?? 0;
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
