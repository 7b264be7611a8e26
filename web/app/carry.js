/** Carrying a set away: itself, its drawings, its embeddings. */
import { toSaved } from './keep.js';
import { saveAs } from './page.js';
import { each } from './progress.js';
import { toDrawing } from './recogniser.js';
import { escaped, savePng, toImage } from './svg.js';

/** @typedef {import('./state.js').Symbol} Symbol */

const CELL = 120;
const COLUMNS = 8;

/** @param {Symbol[]} symbols */
const all = (symbols) => symbols.flatMap(({ label, examples }) => examples.map(({ ink }) => ({ label, ink })));

/** @param {number[][][]} strokes fitted into a box of a cell */
function paths(strokes) {
  const points = strokes.flat();
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const least = (/** @type {number[]} */ v) => v.reduce((a, b) => Math.min(a, b));
  const most = (/** @type {number[]} */ v) => v.reduce((a, b) => Math.max(a, b));
  const [left, top] = [least(xs), least(ys)];
  const [width, height] = [most(xs) - left, most(ys) - top];
  const scale = (0.66 * CELL) / (Math.max(width, height) || 1);
  const x0 = CELL / 2 - (scale * width) / 2;
  const y0 = CELL / 2 - (scale * height) / 2;
  return strokes.filter((s) => s.length).map((stroke) => {
    const at = stroke.map(([x, y]) => `${((x - left) * scale + x0).toFixed(1)} ${((y - top) * scale + y0).toFixed(1)}`);
    return `<path d="M${at.join('L')}${at.length === 1 ? 'h0' : ''}"/>`;
  }).join('');
}

/** A sheet of all drawings under their names. @param {Symbol[]} symbols */
export function toSvg(symbols) {
  const drawings = all(symbols);
  const rows = Math.ceil(drawings.length / COLUMNS);
  const cells = drawings.map(({ label, ink }, i) => {
    const [x, y] = [CELL * (i % COLUMNS), (CELL + 24) * Math.floor(i / COLUMNS)];
    const body = 'strokes' in ink
      ? paths(ink.strokes)
      : `<image href="${escaped(ink.image)}" x="12" y="12" width="${CELL - 24}" height="${CELL - 24}"/>`;
    return `<g transform="translate(${x} ${y})">${body}<text x="${CELL / 2}" y="${CELL + 8}" fill="#000" stroke="none" font-size="13" text-anchor="middle">${escaped(label)}</text></g>`;
  });
  const [width, height] = [CELL * COLUMNS, (CELL + 24) * rows];
  return toImage(width, height, '#fff', `<g fill="none" stroke="#000" stroke-width="5" stroke-linecap="round" stroke-linejoin="round">
${cells.join('\n')}
</g>`);
}

/** One drawing a line, as `oneglyph` reads it; those kept as pictures have no strokes and stay out. @param {Symbol[]} symbols */
export function toLines(symbols) {
  return all(symbols).flatMap(({ label, ink }) =>
    'strokes' in ink ? [JSON.stringify({ class: label, strokes: ink.strokes }) + '\n'] : []).join('');
}

/** @typedef {{label: string, vector: Float32Array}} Embedded */

/** A line for each example: its label, then its embedding. @param {Embedded[]} rows */
export function toCsv(rows) {
  const head = ['label', ...rows[0].vector.keys()].map((k) => (k === 'label' ? k : `e${k}`)).join();
  const quoted = (/** @type {string} */ text) => `"${text.replaceAll('"', '""')}"`;
  return [head, ...rows.map(({ label, vector }) => `${quoted(label)},${vector.join()}`)].join('\r\n') + '\r\n';
}

/** NumPy's format, version 1: float32 of [examples][dim]. @param {Embedded[]} rows */
export function toNpy(rows) {
  const dim = rows[0].vector.length;
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${dim}), }`;
  const head = dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11) + '\n';
  const bytes = new Uint8Array(10 + head.length + 4 * rows.length * dim);
  bytes.set([0x93, 78, 85, 77, 80, 89, 1, 0, head.length & 255, head.length >> 8]);
  bytes.set(new TextEncoder().encode(head), 10);
  const view = new DataView(bytes.buffer, 10 + head.length);
  rows.forEach(({ vector }, i) =>
    vector.forEach((value, k) => view.setFloat32(4 * (i * dim + k), value, true)));
  return bytes;
}

/** Characters that some file system refuses become dashes. @param {string} name */
const fileName = (name) => name.replace(/[^\p{L}\p{N} _-]/gu, '-').slice(0, 60) || 'symbols';

/**
 * Saves a set in one of its forms.
 * @param {string} form
 * @param {import('./state.js').Doc} doc
 * @param {import('../lib/oneglyph.js').Oneglyph} og
 */
export async function carry(form, { name, symbols }, og) {
  const file = fileName(name);
  if (form === 'set') saveAs(JSON.stringify(toSaved(symbols)) + '\n', `${file}.oneglyph.json`, 'application/json');
  else if (form === 'svg') saveAs(toSvg(symbols), `${file}.svg`, 'image/svg+xml');
  else if (form === 'lines') saveAs(toLines(symbols), `${file}.ink.jsonl`, 'application/jsonl');
  else if (form === 'png') await savePng(toSvg(symbols), `${file}.png`);
  else {
    /** @type {Embedded[]} */
    const rows = [];
    await each(all(symbols), ({ label, ink }) => rows.push({ label, vector: og.embed(toDrawing(ink)) }));
    if (form === 'csv') saveAs(toCsv(rows), `${file}.csv`, 'text/csv');
    else saveAs(toNpy(rows), `${file}.npy`, 'application/octet-stream');
  }
}
