/**
 * The document of the page and its history. Strokes are the document; pixels, embeddings and
 * answers are derived. A document is never changed, only replaced, so undo is a step back.
 *
 * @typedef {{strokes: number[][][]} | {image: string}} Ink
 * @typedef {{key: string, ink: Ink}} Example
 * @typedef {{key: string, label: string, examples: Example[], word?: string}} Symbol `word`: what the
 *   page itself calls it in English, until somebody gives it another name
 * @typedef {{ink: Ink, said: string, was: string}} Query what was said of a drawing and what it was;
 *   '' is none of the symbols
 * @typedef {object} Doc
 * @property {string} name of the set
 * @property {string} [word] the same for that name
 * @property {Ink} drawing what is on the pad
 * @property {boolean} filed it was a greeting or belongs to a symbol now; the next stroke begins anew
 * @property {Symbol[]} symbols
 * @property {Query[]} queries the last ones, oldest first
 * @property {{right: number, all: number}} tally of all queries
 */

/** Steps that can be undone. */
const DEPTH = 200;
/** Queries that are remembered. */
const QUERIES = 12;

let lastKey = 0;
export function freshKey() {
  return `k${++lastKey}`;
}

/** @type {Ink} */
export const NOTHING = { strokes: [] };

/** @param {Ink} ink */
export function isEmpty(ink) {
  return 'strokes' in ink && ink.strokes.every((stroke) => stroke.length === 0);
}

/** @param {string} name @param {Symbol[]} symbols @param {string} [word] @returns {Doc} */
export function freshDoc(name, symbols, word) {
  return { name, word, symbols, drawing: NOTHING, filed: false, queries: [], tally: { right: 0, all: 0 } };
}

export class Store {
  /** @type {Doc[]} */
  #past = [];
  /** @type {Doc[]} */
  #future = [];
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** What the page says of the drawing: a label, '' for none of these, null for nothing. */
  verdict = /** @type {string | null} */ (null);

  /** @param {Doc} doc */
  constructor(doc) {
    this.doc = doc;
  }

  /** @param {() => void} listener called after every change */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  /** @param {Partial<Doc>} change */
  change(change) {
    this.#past.push(this.doc);
    if (this.#past.length > DEPTH) this.#past.shift();
    this.#future = [];
    this.doc = { ...this.doc, ...change };
    this.#tell();
  }

  get canUndo() {
    return this.#past.length > 0;
  }
  get canRedo() {
    return this.#future.length > 0;
  }

  undo() {
    const doc = this.#past.pop();
    if (!doc) return;
    this.#future.push(this.doc);
    this.doc = doc;
    this.#tell();
  }

  redo() {
    const doc = this.#future.pop();
    if (!doc) return;
    this.#past.push(this.doc);
    this.doc = doc;
    this.#tell();
  }

  /** @param {string} key */
  symbol(key) {
    return this.doc.symbols.find((s) => s.key === key);
  }

  /** @param {number[][]} stroke finished */
  addStroke(stroke) {
    const { drawing, filed } = this.doc;
    const before = filed || 'image' in drawing ? [] : drawing.strokes;
    this.change({ drawing: { strokes: [...before, stroke] }, filed: false });
  }

  /** Wipes the pad. What was said of the drawing stands, unless it was corrected before. */
  clear() {
    const { drawing, filed } = this.doc;
    if (isEmpty(drawing)) return;
    const stood = filed || this.verdict === null ? {} : this.#judged(this.verdict);
    this.change({ drawing: NOTHING, filed: false, ...stood });
  }

  /** The drawing's line in the history. @param {string} was */
  #judged(was) {
    const { drawing, filed, queries, tally } = this.doc;
    const said = this.verdict;
    if (said === null || filed) return {};
    return {
      queries: [...queries, { ink: drawing, said, was }].slice(-QUERIES),
      tally: { right: tally.right + Number(said === was), all: tally.all + 1 },
    };
  }

  /** A new symbol with the drawing as its example, if there is one. @param {string} label */
  addSymbol(label) {
    const { drawing, filed, symbols } = this.doc;
    const examples = isEmpty(drawing) ? [] : [{ key: freshKey(), ink: drawing }];
    // A new symbol is none of those there were.
    const judged = examples.length && symbols.length ? this.#judged('') : {};
    this.change({
      ...judged,
      symbols: [...symbols, { key: freshKey(), label, examples }],
      filed: filed || examples.length > 0,
    });
  }

  /** "That was X": the drawing becomes an example. @param {string} key of the symbol */
  teach(key) {
    const { drawing } = this.doc;
    const symbol = this.symbol(key);
    if (!symbol || isEmpty(drawing)) return false;
    this.change({
      ...this.#judged(symbol.label),
      filed: true,
      symbols: this.#mapped(key, (s) => ({
        ...s,
        examples: [...s.examples, { key: freshKey(), ink: drawing }],
      })),
    });
    return true;
  }

  /** @param {string} key @param {string} label */
  rename(key, label) {
    this.change({ symbols: this.#mapped(key, (s) => ({ ...s, label, word: undefined })) });
  }

  /** Gives the examples of one symbol to another. @param {string} key @param {string} into */
  merge(key, into) {
    const from = this.symbol(key);
    if (!from || key === into) return;
    this.change({
      symbols: this.#mapped(into, (s) => ({ ...s, examples: [...s.examples, ...from.examples] }))
        .filter((s) => s !== from),
    });
  }

  /** Puts a symbol at another place in the order. @param {string} key @param {number} index */
  move(key, index) {
    const { symbols } = this.doc;
    const symbol = this.symbol(key);
    const to = Math.max(0, Math.min(symbols.length - 1, index));
    if (!symbol || symbols[to] === symbol) return;
    const others = symbols.filter((s) => s !== symbol);
    this.change({ symbols: [...others.slice(0, to), symbol, ...others.slice(to)] });
  }

  /**
   * Gives one example to another symbol.
   * @param {string} key of the symbol that has it @param {string} example its key @param {string} into
   */
  moveExample(key, example, into) {
    const found = this.symbol(key)?.examples.find((e) => e.key === example);
    if (!found || key === into || !this.symbol(into)) return false;
    this.change({
      symbols: this.doc.symbols.map((s) => {
        if (s.key === into) return { ...s, examples: [...s.examples, found] };
        return s.key === key ? { ...s, examples: s.examples.filter((e) => e !== found) } : s;
      }),
    });
    return true;
  }

  /** @param {string} key */
  removeSymbol(key) {
    this.change({ symbols: this.doc.symbols.filter((s) => s.key !== key) });
  }

  /** @param {string} key of the symbol @param {string} example its key */
  removeExample(key, example) {
    this.change({
      symbols: this.#mapped(key, (s) => ({
        ...s,
        examples: s.examples.filter((e) => e.key !== example),
      })),
    });
  }

  /** @param {string} key @param {(symbol: Symbol) => Symbol} change */
  #mapped(key, change) {
    return this.doc.symbols.map((s) => (s.key === key ? change(s) : s));
  }
}
