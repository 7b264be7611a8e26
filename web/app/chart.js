/** The chart of accuracy against the number of classes, from what was measured. */
import { tr } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [480, 260, 44, 34, 10, 96];

/** @param {string} tag @param {Record<string, string | number>} attributes @param {string} [text] */
function svg(tag, attributes, text = '') {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.textContent = text;
  return element;
}

/** @param {import('../build/facts.mjs').Facts['curves']} curves */
export function accuracyChart(curves) {
  const most = Math.max(...curves.flatMap(({ points }) => points.map(([way]) => way)));
  const x = (/** @type {number} */ way) => LEFT + ((way - 2) / (most - 2)) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ right) => HEIGHT - BOTTOM - (right / 100) * (HEIGHT - BOTTOM - TOP);
  const words = curves.map(({ name, points }) => {
    const last = points[points.length - 1];
    return `${name}: ${(100 - last[1]).toFixed(1)} %, ${last[0]}`;
  });
  const chart = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'chart', role: 'img',
    'aria-label': tr('Part of right answers against the number of classes: {0}', words.join('; ')) });
  for (const right of [0, 25, 50, 75, 100]) {
    chart.append(svg('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y(right), y2: y(right), class: 'grid' }));
    chart.append(svg('text', { x: LEFT - 6, y: y(right) + 4, 'text-anchor': 'end' }, `${right} %`));
  }
  for (const way of [2, 10, 20, 30, 40, 50, 60].filter((w) => w <= most))
    chart.append(svg('text', { x: x(way), y: HEIGHT - 14, 'text-anchor': 'middle' }, String(way)));
  const end = (/** @type {number} */ i) => curves[i].points[curves[i].points.length - 1];
  curves.forEach(({ points }, i) => {
    const line = points.map(([way, error]) => `${x(way).toFixed(1)},${y(100 - error).toFixed(1)}`);
    const band = [...points.map(([way, , low]) => `${x(way)},${y(100 - low)}`),
      ...points.map(([way, , , high]) => `${x(way)},${y(100 - high)}`).reverse()];
    chart.append(svg('polygon', { points: band.join(' '), class: `band c${i}` }));
    chart.append(svg('polyline', { points: line.join(' '), class: `line c${i}` }));
  });
  // Names from the top, each at the end of its line or below the one before.
  let free = 0;
  for (const i of [...curves.keys()].sort((a, b) => end(a)[1] - end(b)[1])) {
    const { name, set } = curves[i];
    const at = Math.max(free, y(100 - end(i)[1]) + 4);
    free = at + 14;
    chart.append(svg('text', { x: x(end(i)[0]) + 6, y: at }, set === 'evaluation' ? name : `${name}, ${set}`));
  }
  return chart;
}
