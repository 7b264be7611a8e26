/**
 * One instance of the core with its model: addresses and bytes in, numbers out. Private to this
 * module; callers see Oneglyph and SupportSet.
 */
import { OneglyphError, statusError } from './errors.js';
import { RASTER_SIDE } from './png.js';

/** sizeof og_match and og_answer; see core/oneglyph.h. */
const MATCH_BYTES = 24;
const ANSWER_BYTES = 12;
/** og_drawing; see core/ink/ink.h. */
const DRAWING = { lengths: 4096, strokes: 4128 };

export class Engine {
  /** @param {Record<string, any>} exports of the wasm instance */
  constructor(exports) {
    this.core = exports;
    /** Scratch that grows when a larger drawing comes, and is kept. */
    this.scratch = { at: 0, size: 0 };
    this.dim = 0;
  }

  /** @param {number} size */
  room(size) {
    if (size > this.scratch.size) {
      this.core.oneglyph_free(this.scratch.at);
      this.scratch = { at: 0, size: 0 };
      const at = this.core.oneglyph_alloc(size);
      if (!at) throw new OneglyphError('memory', 'out of memory');
      this.scratch = { at, size };
    }
    return this.scratch.at;
  }

  /** @param {number} at */
  text(at) {
    if (!at) return null;
    const bytes = new Uint8Array(this.core.memory.buffer, at);
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  }

  /** @param {number} status */
  check(status) {
    if (status) throw statusError(status, this.text(this.core.oneglyph_error()) ?? '');
  }

  /**
   * @param {Uint8Array} bytes a model file
   * @param {number} precision an og_precision
   */
  load(bytes, precision) {
    const at = this.core.oneglyph_alloc(bytes.length + 1);
    if (!at) throw new OneglyphError('memory', 'out of memory');
    try {
      new Uint8Array(this.core.memory.buffer).set(bytes, at);
      this.check(this.core.oneglyph_load(at, bytes.length, precision));
    } finally {
      this.core.oneglyph_free(at);
    }
    this.dim = this.numbers()[1];
  }

  /** Side, dim, parameters, multiply-adds, temperature, threshold, same_scale, same_bias. */
  numbers() {
    const at = this.room(64);
    this.check(this.core.oneglyph_info(at));
    return [...new Float64Array(this.core.memory.buffer, at, 8)];
  }

  /** @param {string} key of the model's metadata */
  metadata(key) {
    const bytes = new TextEncoder().encode(key + '\0');
    const at = this.room(bytes.length);
    new Uint8Array(this.core.memory.buffer).set(bytes, at);
    return this.text(this.core.oneglyph_metadata(at));
  }

  /** @param {number} at */
  takeEmbedding(at) {
    return new Float32Array(this.core.memory.buffer, at, this.dim).slice();
  }

  /**
   * @param {number[][][]} strokes checked
   * @param {number} points in all of them
   */
  embedStrokes(strokes, points) {
    this.drawStrokes(strokes, points);
    return this.embed();
  }

  /** Makes them the last drawing. @param {number[][][]} strokes checked @param {number} points in all */
  drawStrokes(strokes, points) {
    const [xy, lengths] = this.putStrokes(strokes, points);
    this.check(this.core.oneglyph_draw_strokes(xy, lengths, strokes.length));
  }

  /** The embedding of the last drawing. */
  embed() {
    const at = this.room(4 * this.dim);
    this.check(this.core.oneglyph_embed(at));
    return this.takeEmbedding(at);
  }

  /**
   * Where their points and lengths lie.
   * @param {number[][][]} strokes checked
   * @param {number} points in all of them
   */
  putStrokes(strokes, points) {
    const at = this.room(8 * points + 4 * strokes.length);
    const xy = new Float32Array(this.core.memory.buffer, at, 2 * points);
    const lengths = new Uint32Array(this.core.memory.buffer, at + 8 * points, strokes.length);
    let i = 0;
    strokes.forEach((stroke, s) => {
      lengths[s] = stroke.length;
      for (const point of stroke) {
        xy[i++] = point[0];
        xy[i++] = point[1];
      }
    });
    return [xy.byteOffset, lengths.byteOffset];
  }

  /** @param {number} lengths @param {number} count of strokes @param {number} xy */
  takeStrokes(lengths, count, xy) {
    const { buffer } = this.core.memory;
    return [...new Uint32Array(buffer, lengths, count)].map((length) => {
      const points = new Float32Array(buffer, xy, 2 * length);
      xy += 8 * length;
      return Array.from({ length }, (_, i) => [points[2 * i], points[2 * i + 1]]);
    });
  }

  /**
   * @param {number[][][]} strokes checked
   * @param {number} points in all of them
   * @param {number} seed
   * @param {number} strength
   */
  imagine(strokes, points, seed, strength) {
    const [xy, lengths] = this.putStrokes(strokes, points);
    const at = this.core.oneglyph_imagine(xy, lengths, strokes.length, strength, seed);
    if (!at) throw new OneglyphError('argument', this.text(this.core.oneglyph_error()) ?? '');
    const made = this.takeStrokes(at, strokes.length, at + 4 * strokes.length);
    this.core.oneglyph_free(at);
    return made;
  }

  /** @param {{data: ArrayLike<number>, width: number, height: number}} picture checked */
  embedPixels(picture) {
    this.drawPixels(picture);
    return this.embed();
  }

  /** @param {{data: ArrayLike<number>, width: number, height: number}} picture checked */
  drawPixels({ data, width, height }) {
    const at = this.room(data.length);
    new Uint8Array(this.core.memory.buffer).set(data, at);
    this.check(this.core.oneglyph_draw_rgba(at, width, height));
  }

  /** @param {Uint8Array} raster of RASTER_SIDE x RASTER_SIDE */
  embedRaster(raster) {
    const at = this.room(raster.length);
    new Uint8Array(this.core.memory.buffer).set(raster, at);
    this.check(this.core.oneglyph_draw_raster(at));
    return this.embed();
  }

  /** @param {number} seed @param {number} symbol @param {number} drawer */
  invent(seed, symbol, drawer) {
    const at = this.core.oneglyph_invent(seed, symbol, drawer);
    const [count] = new Uint32Array(this.core.memory.buffer, at + DRAWING.strokes, 1);
    return this.takeStrokes(at + DRAWING.lengths, count, at);
  }

  /**
   * The map of a set: see og_support_map.
   * @param {number} set
   * @param {Float32Array} frame kept between maps, [4][dim]; changed
   * @param {number} examples in the set
   * @returns {Map<number, [number, number]>} places by example id
   */
  map(set, frame, examples) {
    const at = this.room(frame.byteLength + 12 * examples);
    const ids = at + frame.byteLength;
    new Float32Array(this.core.memory.buffer, at, frame.length).set(frame);
    this.core.oneglyph_support_map(set, at);
    this.core.oneglyph_support_places(set, at, ids, ids + 4 * examples);
    const { buffer } = this.core.memory;
    frame.set(new Float32Array(buffer, at, frame.length));
    const xy = new Float32Array(buffer, ids + 4 * examples, 2 * examples);
    return new Map([...new Uint32Array(buffer, ids, examples)]
      .map((id, i) => [id, [xy[2 * i], xy[2 * i + 1]]]));
  }

  /** @param {Float32Array} frame @param {Float32Array} embedding @returns {[number, number]} */
  place(frame, embedding) {
    const at = this.room(frame.byteLength + embedding.byteLength + 8);
    const floats = new Float32Array(this.core.memory.buffer, at, frame.length + embedding.length + 2);
    floats.set(frame);
    floats.set(embedding, frame.length);
    const out = at + frame.byteLength + embedding.byteLength;
    this.core.oneglyph_map_place(at, at + frame.byteLength, out);
    const [x, y] = new Float32Array(this.core.memory.buffer, out, 2);
    return [x, y];
  }

  /** The raster that the last drawing was turned into. */
  lastRaster() {
    const at = this.core.oneglyph_raster();
    return new Uint8Array(this.core.memory.buffer, at, RASTER_SIDE * RASTER_SIDE).slice();
  }

  /** @param {Float32Array} embedding @param {number} extra bytes wanted behind it */
  putEmbedding(embedding, extra = 0) {
    const at = this.room(4 * this.dim + extra);
    new Float32Array(this.core.memory.buffer, at, this.dim).set(embedding);
    return at;
  }

  /**
   * @param {number} set address of an og_support
   * @param {number} classId of which the last drawing is an example
   * @param {boolean} quick
   * @returns {number} the example's id
   */
  add(set, classId, quick) {
    const id = this.core.oneglyph_support_add_drawing(set, classId, Number(quick), this.room(4 * this.dim));
    if (!id) throw new OneglyphError('memory', 'the set is full or memory is short');
    return id >>> 0;
  }

  /**
   * @param {number} set
   * @param {Float32Array} query
   * @param {number} threshold NaN: the model's
   * @param {number} capacity
   * @param {boolean} drawn the query is of the last drawing, which is looked at again
   */
  classify(set, query, threshold, capacity, drawn) {
    const at = this.putEmbedding(query, ANSWER_BYTES + capacity * MATCH_BYTES);
    const answerAt = at + 4 * this.dim;
    const matchesAt = answerAt + ANSWER_BYTES;
    this.check(
      this.core.oneglyph_support_classify(set, at, threshold, matchesAt, capacity, answerAt),
    );
    if (drawn) this.check(this.core.oneglyph_support_look_again(set, matchesAt, answerAt));
    const view = new DataView(this.core.memory.buffer);
    const matches = [];
    for (let i = 0, m = matchesAt; i < view.getUint32(answerAt, true); i++, m += MATCH_BYTES)
      matches.push({
        classId: view.getUint32(m, true),
        nearest: view.getUint32(m + 4, true),
        similarity: view.getFloat32(m + 8, true),
        probability: view.getFloat32(m + 16, true),
        same: view.getFloat32(m + 20, true),
      });
    return {
      matches,
      none: view.getFloat32(answerAt + 4, true),
      known: view.getInt32(answerAt + 8, true) !== 0,
    };
  }
}
