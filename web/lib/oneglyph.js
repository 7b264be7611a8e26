/**
 * Oneglyph: draw a symbol once, and it is known.
 *
 *     const og = await Oneglyph.load();
 *     const set = og.createSupportSet();
 *     set.add('alpha', { strokes: [[[0, 0], [10, 12], [20, 3]]] });
 *     set.classify({ strokes: [[[1, 1], [9, 13], [22, 2]]] }).label; // 'alpha'
 *
 * Works in browsers, module workers and Node 18 or later. Nothing is sent anywhere: the only
 * requests are for the module's own files. Types are in oneglyph.d.ts.
 */
import { Engine } from './engine.js';
import { OneglyphError } from './errors.js';
import { checkPixels, checkStrokes, decodeBlob, isPixels, openDataUrl } from './drawing.js';
import { source } from './files.js';
import { RASTER_SIDE } from './png.js';
import { parseSaved, placed } from './saved.js';
import { fill, SupportSet } from './support-set.js';
import { chooseBuild, fetchBytes, instantiate } from './wasm.js';

export { OneglyphError, parseSaved, SupportSet };

/** @typedef {{strokes: number[][][]}} Strokes */
/** @typedef {{data: Uint8ClampedArray | Uint8Array, width: number, height: number}} Pixels */
/** @typedef {Strokes | Pixels} Drawing */

/** In the order of og_precision in core/oneglyph.h. */
const PRECISIONS = /** @type {const} */ (['f32', 'int16']);

/** @typedef {typeof PRECISIONS[number]} Precision */
/** @typedef {import('./files.js').Bytes} Bytes */

/**
 * @param {unknown} wanted
 * @returns {Precision}
 */
function choosePrecision(wanted = 'f32') {
  const precision = PRECISIONS.find((each) => each === wanted);
  if (!precision)
    throw new OneglyphError('argument', `precision: '${wanted}' is not f32 or int16`);
  return precision;
}

export class Oneglyph {
  #engine;

  /**
   * Use Oneglyph.load.
   * @param {Engine} engine
   * @param {import('./wasm.js').Build} build
   * @param {Precision} precision
   */
  constructor(engine, build, precision) {
    this.#engine = engine;
    const [side, dim, parameters, multiplyAdds, temperature, threshold] = engine.numbers();
    this.info = Object.freeze({
      build,
      precision,
      isa: engine.text(engine.core.oneglyph_isa()) ?? '',
      model: engine.metadata('name') ?? 'unnamed',
      dim,
      inputSize: side,
      parameters,
      multiplyAdds,
      temperature,
      threshold,
    });
  }

  /**
   * Loads a build of the core and a model. `base` is the folder of the .wasm files (default: the
   * one above this module); `wasm` and `model` may be URLs, or the bytes themselves. `precision`
   * 'int16' computes the net's products with 16-bit integers: faster, and nearly the same.
   * @param {{build?: string, precision?: string, base?: URL | string, model?: URL | string | Bytes, wasm?: URL | string | Bytes}} [options]
   */
  static async load({ build, precision, base, model, wasm } = {}) {
    const chosen = chooseBuild(build);
    const exact = choosePrecision(precision);
    const from = source('model', model, base);
    const [exports, bytes] = await Promise.all([
      instantiate(source(chosen, wasm, base)),
      from instanceof URL ? fetchBytes(from) : from,
    ]);
    const engine = new Engine(exports);
    placed('model', () => engine.load(bytes, PRECISIONS.indexOf(exact)));
    return new Oneglyph(engine, chosen, exact);
  }

  /**
   * The embedding of a drawing: a vector of unit length.
   * @param {Drawing} drawing
   * @returns {Float32Array}
   */
  embed(drawing) {
    this.#draw(drawing);
    return this.#engine.embed();
  }

  /** Makes it the engine's last drawing. @param {Drawing} drawing */
  #draw(drawing) {
    if (typeof Blob === 'function' && drawing instanceof Blob)
      throw new OneglyphError('argument', 'a Blob needs embedAsync, addAsync or classifyAsync');
    if (isPixels(drawing)) {
      checkPixels(drawing);
      return this.#engine.drawPixels(drawing);
    }
    if (typeof drawing !== 'object' || drawing === null || !('strokes' in drawing))
      throw new OneglyphError('argument', 'a drawing is {strokes}, ImageData or a Blob');
    this.#engine.drawStrokes(drawing.strokes, checkStrokes(drawing.strokes));
  }

  /**
   * The same for drawings that include Blobs of PNG or JPEG files.
   * @param {Drawing | Blob} drawing
   */
  async embedAsync(drawing) {
    return this.embed(await this.decode(drawing));
  }

  /**
   * The 105 x 105 raster that the net sees of a drawing; 1 is ink.
   * @param {Drawing} drawing
   */
  rasterize(drawing) {
    this.#draw(drawing);
    return this.#engine.lastRaster();
  }

  /**
   * The embedding of such a raster, changed or not.
   * @param {Uint8Array} raster
   */
  embedRaster(raster) {
    if (!(raster instanceof Uint8Array) || raster.length !== RASTER_SIDE * RASTER_SIDE)
      throw new OneglyphError('argument', `a raster has ${RASTER_SIDE} x ${RASTER_SIDE} bytes`);
    return this.#engine.embedRaster(raster);
  }

  /**
   * A made-up symbol: number `symbol` of the endless alphabet `seed`, in the hand of `drawer`. The
   * same numbers always give the same drawing.
   * @param {number} seed
   * @param {number} symbol
   * @param {number} drawer
   * @returns {Strokes}
   */
  invent(seed, symbol, drawer) {
    if (![seed, symbol, drawer].every((n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32))
      throw new OneglyphError('argument', 'seed, symbol and drawer must be whole numbers below 2^32');
    return { strokes: this.#engine.invent(seed, symbol, drawer) };
  }

  /**
   * A new example of a symbol from one drawing of it, bent, slanted and placed a little otherwise, as
   * people differ (at strength 1 as much as two of them). The same numbers give the same drawing.
   * @param {Strokes} drawing
   * @param {number} [seed]
   * @param {number} [strength] 0 .. 4
   * @returns {Strokes}
   */
  imagine({ strokes }, seed = 1, strength = 0.7) {
    if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32 && strength >= 0 && strength <= 4))
      throw new OneglyphError('argument', 'seed must be a whole number below 2^32, strength 0 to 4');
    return { strokes: this.#engine.imagine(strokes, checkStrokes(strokes), seed, strength) };
  }

  /**
   * Makes pixels of a Blob, and leaves other drawings as they are.
   * @param {Drawing | Blob} drawing
   * @returns {Promise<Drawing>}
   */
  async decode(drawing) {
    return drawing instanceof Blob ? decodeBlob(drawing) : drawing;
  }

  /** @returns {SupportSet} */
  createSupportSet() {
    return new SupportSet(this, this.#engine);
  }

  /**
   * The set that was saved, as text or as an object. Pictures that this module did not save itself
   * need loadSupportSetAsync.
   * @param {unknown} saved
   * @returns {SupportSet}
   */
  loadSupportSet(saved) {
    const set = this.createSupportSet();
    for (const { label, drawing } of fill(set, parseSaved(saved)))
      set.add(label, /** @type {Drawing} */ (drawing));
    return set;
  }

  /** @param {unknown} saved @returns {Promise<SupportSet>} */
  async loadSupportSetAsync(saved) {
    const set = this.createSupportSet();
    for (const { label, drawing } of fill(set, parseSaved(saved)))
      await set.addAsync(label, /** @type {Drawing | Blob} */ (drawing));
    return set;
  }

  /**
   * The drawing in a data URL, as examples are saved.
   * @param {string} url
   */
  static openImage(url) {
    return openDataUrl(url);
  }
}
