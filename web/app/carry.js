/** Carrying a set away: itself, its drawings, its embeddings. */
import { Oneglyph } from '../lib/oneglyph.js';
import { toSaved } from './keep.js';
import { saveAs } from './page.js';
import { toDrawing } from './recogniser.js';
import { paintThumbnail } from './ink.js';

/** @typedef {import('./state.js').Symbol} Symbol */

const CELL = 120;
const COLUMNS = 8;

/** @param {Symbol[]} symbols */
const all = (symbols) => symbols.flatMap(({ label, examples }) => examples.map(({ ink }) => ({ label, ink })));

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

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
    return `<g transform="translate(${x} ${y})">${body}<text x="${CELL / 2}" y="${CELL + 8}">${escaped(label)}</text></g>`;
  });
  const [width, height] = [CELL * COLUMNS, (CELL + 24) * rows];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>path{fill:none;stroke:#000;stroke-width:5;stroke-linecap:round;stroke-linejoin:round}text{font:13px sans-serif;text-anchor:middle}</style>
${cells.join('\n')}
</svg>
`;
}

/** The same sheet in pixels. @param {Symbol[]} symbols @returns {Promise<Blob | null>} */
export function toPng(symbols) {
  const drawings = all(symbols);
  const rows = Math.max(1, Math.ceil(drawings.length / COLUMNS));
  const sheet = Object.assign(document.createElement('canvas'),
    { width: 2 * CELL * COLUMNS, height: 2 * (CELL + 24) * rows });
  const context = sheet.getContext('2d');
  if (!context) return Promise.resolve(null);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = '#000';
  context.font = '26px sans-serif';
  context.textAlign = 'center';
  const cell = document.createElement('canvas');
  drawings.forEach(({ label, ink }, i) => {
    const [x, y] = [2 * CELL * (i % COLUMNS), 2 * (CELL + 24) * Math.floor(i / COLUMNS)];
    paintThumbnail(cell, ink, 2 * CELL, { color: '#000', density: 1 });
    context.drawImage(cell, x, y);
    context.fillText(label, x + CELL, y + 2 * CELL + 16, 2 * CELL - 8);
  });
  return new Promise((resolve) => sheet.toBlob(resolve));
}

/** One drawing a line, as `oneglyph` reads it; those kept as pictures have no strokes and stay out. @param {Symbol[]} symbols */
export function toLines(symbols) {
  return all(symbols).flatMap(({ label, ink }) =>
    'strokes' in ink ? [JSON.stringify({ class: label, strokes: ink.strokes }) + '\n'] : []).join('');
}

/** @param {Symbol[]} symbols @param {Oneglyph} og */
const embedded = (symbols, og) =>
  all(symbols).map(({ label, ink }) => ({ label, vector: og.embed(toDrawing(ink)) }));

/** A line for each example: its label, then its embedding. @param {Symbol[]} symbols @param {Oneglyph} og */
export function toCsv(symbols, og) {
  const head = ['label', ...Array.from({ length: og.info.dim }, (_, i) => `e${i}`)].join();
  const quoted = (/** @type {string} */ text) => `"${text.replaceAll('"', '""')}"`;
  return [head, ...embedded(symbols, og).map(({ label, vector }) => `${quoted(label)},${vector.join()}`)]
    .join('\r\n') + '\r\n';
}

/** NumPy's format, version 1: float32 of [examples][dim]. @param {Symbol[]} symbols @param {Oneglyph} og */
export function toNpy(symbols, og) {
  const vectors = embedded(symbols, og).map(({ vector }) => vector);
  const shape = `(${vectors.length}, ${og.info.dim})`;
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const head = dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11) + '\n';
  const bytes = new Uint8Array(10 + head.length + 4 * vectors.length * og.info.dim);
  bytes.set([0x93, 78, 85, 77, 80, 89, 1, 0, head.length & 255, head.length >> 8]);
  bytes.set(new TextEncoder().encode(head), 10);
  const view = new DataView(bytes.buffer, 10 + head.length);
  vectors.forEach((vector, i) =>
    vector.forEach((value, k) => view.setFloat32(4 * (i * og.info.dim + k), value, true)));
  return bytes;
}

/** Characters that some file system refuses become dashes. @param {string} name */
const fileName = (name) => name.replace(/[^\p{L}\p{N} _-]/gu, '-').slice(0, 60) || 'symbols';

/**
 * Saves a set in one of its forms.
 * @param {string} form
 * @param {import('./state.js').Doc} doc
 * @param {Oneglyph} og
 */
export async function carry(form, { name, symbols }, og) {
  const file = fileName(name);
  if (form === 'set') saveAs(JSON.stringify(toSaved(symbols)) + '\n', `${file}.oneglyph.json`, 'application/json');
  else if (form === 'svg') saveAs(toSvg(symbols), `${file}.svg`, 'image/svg+xml');
  else if (form === 'lines') saveAs(toLines(symbols), `${file}.ink.jsonl`, 'application/jsonl');
  else if (form === 'csv') saveAs(toCsv(symbols, og), `${file}.csv`, 'text/csv');
  else if (form === 'npy') saveAs(toNpy(symbols, og), `${file}.npy`, 'application/octet-stream');
  else if (form === 'png') {
    const png = await toPng(symbols);
    if (png) saveAs(png, `${file}.png`, 'image/png');
  }
}
