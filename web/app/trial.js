/**
 * Trials of one-shot recognition: a symbol in one hand, and it among others in another hand; and how
 * the net and plain pixels answer.
 *
 * @typedef {import('./state.js').Ink} Ink
 * @typedef {{query: Ink, choices: Ink[], truth: number}} Trial
 * @typedef {import('../lib/oneglyph.js').Oneglyph} Oneglyph
 */
import { toDrawing } from './recogniser.js';

/** Symbols to choose from. */
export const WAY = 20;

/** A whole number below `n`. @param {number} n */
export const below = (n) => Math.floor(Math.random() * n);

/** A trial from a made-up alphabet that nobody has seen. @param {Oneglyph} og @returns {Trial} */
export function invent(og) {
  const seed = below(2 ** 31);
  const truth = below(WAY);
  return {
    query: og.invent(seed, truth, 1),
    choices: Array.from({ length: WAY }, (_, symbol) => og.invent(seed, symbol, 2)),
    truth,
  };
}

/** @param {ArrayLike<number>} scores */
const largest = (scores) => Array.from(scores).reduce((best, s, i, all) => (s > all[best] ? i : best), 0);

/** Cosine of unit vectors. @param {Float32Array} a @param {Float32Array} b */
export const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** Pixels in which two rasters differ. @param {Uint8Array} a @param {Uint8Array} b */
export const difference = (a, b) => a.reduce((sum, x, i) => sum + Number(x !== b[i]), 0);

/** What the net and the nearest neighbour in pixels choose. @param {Oneglyph} og @param {Trial} trial */
export function answers(og, { query, choices }) {
  const seen = [query, ...choices].map((ink) => {
    const raster = og.rasterize(toDrawing(ink));
    return { raster, embedding: og.embedRaster(raster) };
  });
  const [first, ...others] = seen;
  return {
    net: largest(others.map(({ embedding }) => cosine(first.embedding, embedding))),
    pixels: largest(others.map(({ raster }) => -difference(first.raster, raster))),
  };
}
