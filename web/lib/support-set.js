/** The classifier: examples a person drew, under labels. Nothing is ever retrained. */
import { OneglyphError } from './errors.js';
import { copyStrokes, openDataUrl } from './drawing.js';
import { encodeRaster } from './png.js';
import { checkLabel, MAX_CLASSES } from './saved.js';

/** @typedef {import('./oneglyph.js').Drawing} Drawing */
/** @typedef {{strokes: number[][][]} | {image: string}} SavedDrawing */
/** @typedef {{id: number, examples: Map<number, SavedDrawing>}} ClassEntry */

export class SupportSet {
  /** @type {Map<string, ClassEntry>} classes by label, in the order they came */
  #classes = new Map();
  /** @type {Map<number, string>} labels by class id */
  #labels = new Map();
  /** @type {Map<number, ClassEntry>} classes by example id */
  #owners = new Map();
  #nextClass = 1;
  #og;
  #engine;
  #handle;
  /** @type {Float32Array | null} of the last map */
  #frame = null;

  /**
   * Use Oneglyph.createSupportSet.
   * @param {import('./oneglyph.js').Oneglyph} og
   * @param {import('./engine.js').Engine} engine
   */
  constructor(og, engine) {
    this.#og = og;
    this.#engine = engine;
    this.#handle = engine.core.oneglyph_support_create();
    if (!this.#handle) throw new OneglyphError('memory', 'out of memory');
    leftovers.register(this, { engine, handle: this.#handle }, this);
  }

  /** Gives the memory back at once; the set must not be used afterwards. */
  free() {
    leftovers.unregister(this);
    this.#engine.core.oneglyph_support_free(this.#handle);
    this.#handle = 0;
    this.#classes.clear();
  }

  /** @param {string} label */
  #find(label) {
    const entry = this.#classes.get(label);
    if (!entry) throw new OneglyphError('argument', `there is no class '${label}'`);
    return entry;
  }

  /**
   * Adds a class without examples, unless it is there.
   * @param {string} label
   */
  addClass(label) {
    checkLabel(label);
    let entry = this.#classes.get(label);
    if (!entry) {
      if (this.#classes.size >= MAX_CLASSES)
        throw new OneglyphError('too-large', `a set has at most ${MAX_CLASSES} classes`);
      entry = { id: this.#nextClass++, examples: new Map() };
      this.#classes.set(label, entry);
      this.#labels.set(entry.id, label);
    }
    return entry;
  }

  /**
   * Adds an example; its class appears with it. The id is a number never used again in this set.
   * @param {string} label
   * @param {Drawing} drawing
   * @param {{quick?: boolean}} [options] quick: embedded once, not in several views, which takes a
   *   fifth of the time and is a little less sure
   * @returns {number}
   */
  add(label, drawing, { quick = false } = {}) {
    checkLabel(label);
    const raster = this.#og.rasterize(drawing);
    const saved = 'strokes' in drawing
      ? { strokes: copyStrokes(drawing.strokes) } : { image: encodeRaster(raster) };
    const entry = this.addClass(label);
    const id = this.#engine.add(this.#handle, entry.id, quick);
    entry.examples.set(id, saved);
    this.#owners.set(id, entry);
    return id;
  }

  /**
   * The same for drawings that include Blobs.
   * @param {string} label
   * @param {Drawing | Blob} drawing
   * @param {{quick?: boolean}} [options]
   */
  async addAsync(label, drawing, options) {
    return this.add(label, await this.#og.decode(drawing), options);
  }

  /**
   * Removes an example. Its class stays, even if empty.
   * @param {number} id
   */
  remove(id) {
    const entry = this.#owners.get(id);
    if (!entry) throw new OneglyphError('argument', `there is no example ${id}`);
    this.#engine.check(this.#engine.core.oneglyph_support_remove(this.#handle, id));
    entry.examples.delete(id);
    this.#owners.delete(id);
  }

  /**
   * Gives a class another label, which no other class may have. Its place in the order stays.
   * @param {string} old
   * @param {string} label
   */
  rename(old, label) {
    const entry = this.#find(old);
    checkLabel(label);
    if (label === old) return;
    if (this.#classes.has(label))
      throw new OneglyphError('label', `there is already a class '${label}'`);
    this.#labels.set(entry.id, label);
    this.#classes = new Map(
      [...this.#classes].map(([key, value]) => [value === entry ? label : key, value]),
    );
  }

  /**
   * Removes a class and its examples.
   * @param {string} label
   */
  removeClass(label) {
    const entry = this.#find(label);
    // The core does not know a class that never had an example.
    this.#engine.core.oneglyph_support_remove_class(this.#handle, entry.id);
    for (const id of entry.examples.keys()) this.#owners.delete(id);
    this.#labels.delete(entry.id);
    this.#classes.delete(label);
  }

  /** All labels, in the order their classes came. */
  labels() {
    return [...this.#classes.keys()];
  }

  /**
   * Examples of a class, or of all classes.
   * @param {string} [label]
   */
  count(label) {
    return label === undefined ? this.#owners.size : (this.#classes.get(label)?.examples.size ?? 0);
  }

  /**
   * Ids of a class's examples, oldest first.
   * @param {string} label
   */
  examples(label) {
    return [...this.#find(label).examples.keys()];
  }

  /**
   * A flat map of the set: its first two principal components. It turns as little as it can when
   * examples come and go.
   * @returns {{places: Map<number, [number, number]>, place: (embedding: Float32Array) => [number, number]}}
   *   places of the examples by id, and where an embedding lies
   */
  map() {
    const frame = (this.#frame ??= new Float32Array(4 * this.#engine.dim));
    const places = this.#engine.map(this.#handle, frame, this.count());
    return { places, place: (embedding) => this.#engine.place(frame, this.#checked(embedding)) };
  }

  /** @param {Float32Array} embedding */
  #checked(embedding) {
    if (!(embedding instanceof Float32Array) || embedding.length !== this.#engine.dim)
      throw new OneglyphError('argument', `an embedding has ${this.#engine.dim} numbers`);
    return embedding;
  }

  /** The set as an object for JSON.stringify; see Oneglyph.loadSupportSet. */
  toJSON() {
    const classes = [...this.#classes].map(([label, { examples }]) => ({
      label,
      examples: [...examples.values()].map((e) =>
        'strokes' in e ? { strokes: copyStrokes(e.strokes) } : { image: e.image },
      ),
    }));
    return { format: 'oneglyph-support', version: 1, classes };
  }

  /**
   * Ranks the classes for a drawing, best first. The best two are looked at again, drawing by
   * drawing, if the model asks for it, which an embedding alone does not allow.
   * @param {Drawing | Float32Array} drawing or its embedding
   * @param {{threshold?: number}} [options] the similarity below which it is "none of these"
   */
  classify(drawing, { threshold = NaN } = {}) {
    if (typeof threshold !== 'number')
      throw new OneglyphError('argument', 'threshold must be a number');
    const start = performance.now();
    const drawn = !(drawing instanceof Float32Array);
    const query = this.#checked(drawn ? this.#og.embed(drawing) : drawing);
    const capacity = this.#classes.size;
    const answer = this.#engine.classify(this.#handle, query, threshold, capacity, drawn);
    const ranking = answer.matches.map(({ classId, ...match }) => ({
      label: /** @type {string} */ (this.#labels.get(classId)),
      ...match,
    }));
    const label = answer.known && ranking.length ? ranking[0].label : null;
    return {
      label, ranking, none: answer.none, embedding: query, ms: performance.now() - start,
    };
  }

  /**
   * The same for drawings that include Blobs.
   * @param {Drawing | Blob | Float32Array} drawing
   * @param {{threshold?: number}} [options]
   */
  async classifyAsync(drawing, options) {
    return this.classify(
      drawing instanceof Float32Array ? drawing : await this.#og.decode(drawing), options,
    );
  }
}

/** Frees the sets that nobody freed. */
const leftovers = new FinalizationRegistry(
  /** @param {{engine: import('./engine.js').Engine, handle: number}} set */
  ({ engine, handle }) => engine.core.oneglyph_support_free(handle),
);

/**
 * Fills a fresh set with what parseSaved returned.
 * @param {SupportSet} set
 * @param {{label: string, examples: SavedDrawing[]}[]} classes
 */
export function* fill(set, classes) {
  for (const { label, examples } of classes) {
    set.addClass(label);
    for (const example of examples)
      yield { label, drawing: 'strokes' in example ? example : openDataUrl(example.image) };
  }
}
