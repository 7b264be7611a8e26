/** Cutting sheets of symbols, and what a set is carried away as. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv, toLines, toNpy, toSvg } from '../../web/app/carry.js';
import { cut } from '../../web/app/sheet.js';
import { Oneglyph } from '../../web/lib/oneglyph.js';
import { CROSS, LINE, loadTiny, numbers, RING } from './helpers.mjs';

/** A picture on which `fill(x, y)` says where ink is. */
function picture(width, height, fill, [paper, ink] = [255, 0]) {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++)
    data.fill(fill(i % width, Math.floor(i / width)) ? ink : paper, 4 * i, 4 * i + 3);
  return { data, width, height };
}
const within = (x, y, [l, t, r, b]) => x >= l && x < r && y >= t && y < b;

test('a sheet is cut into its symbols, line by line; dots stay with their letters', () => {
  const inks = [[20, 20, 60, 60], [120, 24, 160, 64], [220, 20, 224, 60], [20, 130, 60, 170], [118, 140, 160, 180],
    [138, 128, 142, 133]]; // the last is a dot above the one before
  for (const tones of [[255, 0], [20, 230], [200, 90]]) {
    const boxes = cut(picture(300, 200, (x, y) => inks.some((box) => within(x, y, box)), tones));
    assert.deepEqual(boxes.map(({ left, top, right, bottom }) => [left, top, right, bottom]), [
      [20, 20, 60, 60], [120, 24, 160, 64], [220, 20, 224, 60], [20, 130, 60, 170], [118, 128, 160, 180],
    ]);
  }
});

test('dust is no symbol, and empty or noisy pictures do no harm', () => {
  const random = numbers(5);
  const speckled = picture(200, 200, (x, y) => within(x, y, [50, 50, 150, 150]) || (x === 10 && y === 10));
  assert.equal(cut(speckled).length, 1);
  for (const fill of [() => false, () => true]) assert.ok(cut(picture(50, 50, fill)).length < 2);
  assert.ok(cut(picture(300, 300, () => random() < 0.3)).length < 401);
});

const example = (key, ink) => ({ key, ink });
const SYMBOLS = [
  { key: 'a', label: 'a "b", <c>', examples: [example('1', CROSS), example('2', { strokes: [[[5, 5]]] })] },
  { key: 'b', label: '圆', examples: [example('3', RING)] },
  { key: 'c', label: 'empty', examples: [] },
];

test('drawings leave as SVG and as ink that the command reads', () => {
  const svg = toSvg(SYMBOLS);
  assert.equal(svg.match(/<g transform/g).length, 3);
  assert.match(svg, /a &#34;b&#34;, &#60;c&#62;/);
  assert.doesNotMatch(svg, /NaN|Infinity/);
  const lines = toLines(SYMBOLS).trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((l) => l.class), ['a "b", <c>', 'a "b", <c>', '圆']);
  assert.deepEqual(lines[0].strokes, CROSS.strokes);
});

test('embeddings leave as CSV and in NumPy\'s format', async () => {
  const og = await loadTiny();
  const embedded = SYMBOLS.flatMap(({ label, examples }) => examples.map(({ ink }) =>
    ({ label, vector: og.embed('image' in ink ? Oneglyph.openImage(ink.image) : ink) })));
  const rows = toCsv(embedded).trim().split('\r\n');
  assert.equal(rows[0], ['label', ...Array.from({ length: 32 }, (_, i) => `e${i}`)].join());
  assert.ok(rows[1].startsWith('"a ""b"", <c>",'));
  const first = rows[1].split(',').slice(-32).map(Number);
  const bytes = toNpy(embedded);
  assert.equal(Buffer.from(bytes.subarray(1, 6)).toString(), 'NUMPY');
  const length = bytes[8] + 256 * bytes[9];
  assert.equal((10 + length) % 64, 0);
  const head = Buffer.from(bytes.subarray(10, 10 + length)).toString();
  assert.match(head, /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3, 32\), \} *\n$/);
  const floats = new Float32Array(bytes.slice(10 + length).buffer);
  assert.equal(floats.length, 96);
  assert.deepEqual(floats.subarray(0, 32), Float32Array.from(first));
  assert.deepEqual(floats.subarray(0, 32), og.embed(CROSS));
  assert.notDeepEqual(og.embed(LINE), og.embed(CROSS));
});
