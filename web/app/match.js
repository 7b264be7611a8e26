/** Which strokes of two drawings belong together, so that one can see what was recognised. */

/** Places at which strokes are compared. */
const PLACES = 12;
/** Strokes farther apart than this part of the drawing's size are strangers. */
const FAR = 0.3;

/** @typedef {number[][]} Stroke */

/** Evenly spaced points along a stroke. @param {Stroke} stroke */
function spread(stroke) {
  const way = [0];
  for (let i = 1; i < stroke.length; i++)
    way.push(way[i - 1] + Math.hypot(stroke[i][0] - stroke[i - 1][0], stroke[i][1] - stroke[i - 1][1]));
  let i = 0;
  return Array.from({ length: PLACES }, (_, k) => {
    const at = (way[way.length - 1] * k) / (PLACES - 1);
    while (i + 2 < way.length && way[i + 1] < at) i++;
    const [a, b] = [stroke[i], stroke[i + 1] ?? stroke[i]];
    const part = (at - way[i]) / (way[i + 1] - way[i] || 1);
    return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
  });
}

/** Strokes as if the drawing were of one size and in one place. @param {Stroke[]} strokes */
function levelled(strokes) {
  const all = strokes.map(spread);
  const points = all.flat();
  const middle = [0, 1].map((k) => points.reduce((sum, p) => sum + p[k], 0) / points.length);
  const size = Math.sqrt(points.reduce((sum, p) =>
    sum + (p[0] - middle[0]) ** 2 + (p[1] - middle[1]) ** 2, 0) / points.length) * 3 || 1;
  return all.map((stroke) => stroke.map((p) => p.map((v, k) => (v - middle[k]) / size)));
}

/** Mean distance of two strokes, whichever end they were begun at. @param {Stroke} a @param {Stroke} b */
function apart(a, b) {
  const mean = (/** @type {Stroke} */ other) =>
    a.reduce((sum, p, i) => sum + Math.hypot(p[0] - other[i][0], p[1] - other[i][1]), 0) / PLACES;
  return Math.min(mean(b), mean([...b].reverse()));
}

/**
 * The number, from 0, of the pair that each stroke belongs to; undefined: to none. The nearest find
 * each other first.
 * @param {Stroke[]} first
 * @param {Stroke[]} second
 * @returns {[first: number[], second: number[]]}
 */
export function matchStrokes(first, second) {
  const [a, b] = [levelled(first), levelled(second)];
  const pairs = a.flatMap((s, i) => b.map((t, j) => ({ i, j, far: apart(s, t) })))
    .filter(({ far }) => far < FAR).sort((p, q) => p.far - q.far);
  /** @type {[number[], number[]]} */
  const out = [[], []];
  let number = 0;
  for (const { i, j } of pairs)
    if (out[0][i] === undefined && out[1][j] === undefined) out[0][i] = out[1][j] = number++;
  return out;
}
