/**
 * The document of the page and its history. Strokes are the document; pixels, embeddings and
 * answers are derived. A document is never changed, only replaced, so undo is a step back.
 *
 * @typedef {{strokes: number[][][]} | {image: string}} Ink
 * @typedef {{key: string, ink: Ink}} Example
 * @typedef {{key: string, label: string, examples: Example[]}} Symbol
 * @typedef {object} Doc
 * @property {Ink} drawing what is on the pad
 * @property {boolean} filed it was a greeting or belongs to a symbol now; the next stroke begins anew
 * @property {Symbol[]} symbols
 */

/** Steps that can be undone. */
const DEPTH = 200;

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

export class Store {
  /** @type {Doc[]} */
  #past = [];
  /** @type {Doc[]} */
  #future = [];
  /** @type {Set<() => void>} */
  #listeners = new Set();

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

  /** @param {number[][]} stroke finished */
  addStroke(stroke) {
    const { drawing, filed } = this.doc;
    const before = filed || 'image' in drawing ? [] : drawing.strokes;
    this.change({ drawing: { strokes: [...before, stroke] }, filed: false });
  }

  clear() {
    if (!isEmpty(this.doc.drawing)) this.change({ drawing: NOTHING, filed: false });
  }

  /** @param {string} label @returns {string | null} why it cannot be used */
  labelFault(label) {
    if (!label) return 'A symbol needs a name.';
    if (this.doc.symbols.some((s) => s.label === label))
      return `There is already a symbol called “${label}”.`;
    return null;
  }

  /** A new symbol with the drawing as its example, if there is one. @param {string} label */
  addSymbol(label) {
    const { drawing, filed, symbols } = this.doc;
    const examples = isEmpty(drawing) ? [] : [{ key: freshKey(), ink: drawing }];
    this.change({
      symbols: [...symbols, { key: freshKey(), label, examples }],
      filed: filed || examples.length > 0,
    });
  }

  /** "That was X": the drawing becomes an example. @param {string} key of the symbol */
  teach(key) {
    const { drawing } = this.doc;
    if (isEmpty(drawing)) return false;
    this.change({
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
    this.change({ symbols: this.#mapped(key, (s) => ({ ...s, label })) });
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
