/**
 * The board judged by plain pixels instead of the net, so that the difference is seen: two drawings
 * are as alike as their ink overlaps (Dice 1945).
 */
import { toDrawing } from './recogniser.js';

/** Rasters by keys of examples. @type {Map<string, Uint8Array>} */
const seen = new Map();
/** Pixels embed nothing. */
const NONE = new Float32Array();
/** How sharply likeness becomes a share. */
const SHARPNESS = 30;

/** @param {Uint8Array} a @param {Uint8Array} b */
function overlap(a, b) {
  let [both, all] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i] & b[i];
    all += a[i] + b[i];
  }
  return all ? (2 * both) / all : 0;
}

/**
 * An answer as SupportSet.classify gives it; pixels know no "none of these".
 * @param {import('../lib/oneglyph.js').Oneglyph} og
 * @param {import('./state.js').Ink} ink
 * @param {import('./state.js').Symbol[]} symbols
 * @param {(key: string) => number} idOf an example
 * @returns {import('../lib/oneglyph.js').Answer}
 */
export function judgeByPixels(og, ink, symbols, idOf) {
  const start = performance.now();
  const query = og.rasterize(toDrawing(ink));
  const ranking = symbols.filter((s) => s.examples.length).map(({ key, examples }) => {
    const scored = examples.map((example) => {
      const raster = seen.get(example.key) ?? og.rasterize(toDrawing(example.ink));
      seen.set(example.key, raster);
      return { similarity: overlap(query, raster), nearest: idOf(example.key) };
    });
    const best = scored.reduce((a, b) => (b.similarity > a.similarity ? b : a));
    return { label: key, ...best, probability: 0, same: 0 };
  }).sort((a, b) => b.similarity - a.similarity);
  const weights = ranking.map((m) => Math.exp(SHARPNESS * (m.similarity - ranking[0].similarity)));
  const sum = weights.reduce((a, b) => a + b, 0);
  ranking.forEach((m, i) => { m.probability = weights[i] / sum; });
  const label = ranking[0]?.label ?? null;
  return { label, ranking, none: 0, embedding: NONE, ms: performance.now() - start };
}
