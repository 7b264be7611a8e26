/**
 * The greeting: a few symbols and a query, so that the page is alive before anyone has drawn. All
 * are strokes made here, by a pen that is a little unsteady, the same on every visit.
 */
import { freshDoc, freshKey } from './state.js';
import { tr } from './words.js';

/** @typedef {[number, number]} Point */

/**
 * A curve through control points (Catmull and Rom 1974), with the slow wobble of a hand.
 * @param {Point[]} through
 * @param {number} seed
 */
export function hand(through, seed) {
  const points = [];
  const at = (/** @type {number} */ i) => through[Math.min(through.length - 1, Math.max(0, i))];
  for (let i = 0; i + 1 < through.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    if (b[0] === c[0] && b[1] === c[1]) continue;
    const steps = Math.max(2, Math.round(Math.hypot(c[0] - b[0], c[1] - b[1]) / 22));
    for (let s = 0; s < steps; s++) {
      const t = s / steps;
      const spline = (/** @type {0 | 1} */ k) =>
        b[k] +
        0.5 * t * (c[k] - a[k] +
          t * (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k] + t * (3 * (b[k] - c[k]) + d[k] - a[k])));
      points.push([spline(0), spline(1)]);
    }
  }
  points.push([...at(through.length - 1)]);
  return points.map(([x, y], i) => [
    Math.round(x + 5 * Math.sin(i / 5 + seed) + 3 * Math.sin(i / 2.3 + 2 * seed)),
    Math.round(y + 5 * Math.cos(i / 6 + 3 * seed) + 3 * Math.sin(i / 2.9 + seed)),
  ]);
}

/** Corners stay corners where a point is given twice. @param {Point[]} points @returns {Point[]} */
export function sharp(points) {
  return points.flatMap((p) => [p, p]);
}

/** @param {number} turns @param {number} size @returns {Point[]} */
function spiral(turns, size) {
  return Array.from({ length: 9 * turns }, (_, i) => {
    const angle = (i / 9) * 2 * Math.PI;
    const radius = 25 + (size * i) / (9 * turns);
    return [500 + radius * Math.cos(angle), 500 + radius * Math.sin(angle)];
  });
}

/** @type {Point[]} */
const STAR = [[330, 780], [500, 220], [672, 772], [236, 424], [768, 430], [336, 772]];
/** @type {Point[]} */
const OTHER_STAR = [[300, 745], [470, 250], [690, 780], [215, 440], [765, 400], [312, 752]];

const SYMBOLS = [
  { label: 'star', strokes: [hand(sharp(STAR), 1)] },
  {
    label: 'heart',
    strokes: [
      hand([[500, 390], [440, 280], [320, 250], [240, 350], [270, 500], [380, 640], [500, 770],
        [500, 770], [640, 640], [740, 500], [765, 350], [680, 245], [560, 285], [502, 395]], 2),
    ],
  },
  { label: 'spiral', strokes: [hand(spiral(3, 280), 3)] },
  {
    label: 'bolt',
    strokes: [hand(sharp([[580, 200], [340, 540], [520, 530], [400, 820], [690, 440], [505, 450], [585, 205]]), 4)],
  },
  {
    label: 'fish',
    strokes: [
      hand([[800, 360], [660, 500], [520, 610], [360, 620], [220, 500], [350, 385], [520, 390],
        [660, 500], [805, 640]], 5),
      [[330, 470], [335, 474]],
    ],
  },
  {
    label: 'moon',
    strokes: [
      hand([[590, 215], [400, 260], [300, 420], [315, 600], [440, 745], [620, 775], [735, 700],
        [735, 700], [580, 660], [490, 540], [485, 380], [590, 215]], 6),
    ],
  },
];

/**
 * @param {{label: string, strokes: number[][][]}[]} drawings
 * @returns {import('./state.js').Symbol[]}
 */
export function toSymbols(drawings) {
  return drawings.map(({ label, strokes }) => ({
    key: freshKey(),
    label: tr(label),
    examples: [{ key: freshKey(), ink: { strokes } }],
  }));
}

/** @returns {import('./state.js').Doc} */
export function starter() {
  const symbols = toSymbols(SYMBOLS);
  const drawing = { strokes: [hand(sharp(OTHER_STAR), 9)] };
  return { ...freshDoc(tr('My symbols'), symbols), drawing, filed: true };
}
