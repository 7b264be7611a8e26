import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Oneglyph, OneglyphError } from '../../web/lib/oneglyph.js';
import { BUILDS, CROSS, LINE, loadTiny, packaged, RING, tinyModel, wasmBytes } from './helpers.mjs';

const code = (wanted) => (error) => {
  assert.ok(error instanceof OneglyphError, String(error));
  assert.equal(error.code, wanted, error.message);
  assert.ok(error.message.length > 5 && !error.message.includes('\n'));
  return true;
};

for (const build of BUILDS)
  test(`one example each is enough (${build})`, async () => {
    const og = await loadTiny(build);
    assert.equal(og.info.build, build);
    assert.equal(og.info.isa, build === 'simd' ? 'simd128' : 'scalar');
    assert.deepEqual([og.info.model, og.info.dim, og.info.inputSize], ['tiny', 32, 16]);
    const set = og.createSupportSet();
    const ids = [set.add('line', LINE), set.add('cross', CROSS), set.add('ring', RING)];
    assert.equal(new Set(ids).size, 3);
    const answer = set.classify({ strokes: [[[10, 12], [400, 390]], [[395, 5], [8, 410]]] });
    assert.equal(answer.label, 'cross');
    assert.equal(answer.ranking[0].nearest, ids[1]);
    const sum = answer.ranking.reduce((s, m) => s + m.probability, answer.none);
    assert.ok(Math.abs(sum - 1) < 1e-5);
    assert.ok(answer.ranking.every((m) => m.same >= 0 && m.same <= 1 && Math.abs(m.similarity) <= 1));
    assert.ok(answer.ms >= 0);
    assert.equal(set.classify(CROSS, { threshold: Infinity }).label, null);
    assert.equal(set.classify(LINE, { threshold: -Infinity }).label, 'line');
  });

test('the state of every set is defined', async () => {
  const og = await loadTiny();
  const set = og.createSupportSet();
  assert.deepEqual({ ...set.classify(LINE), ms: 0 }, { label: null, ranking: [], none: 1, embedding: og.embed(LINE), ms: 0 });
  const id = set.add('only', LINE);
  assert.equal(set.classify(LINE).label, 'only');
  set.remove(id);
  assert.deepEqual(set.labels(), ['only']);
  assert.equal(set.count('only'), 0);
  assert.deepEqual(set.classify(LINE).ranking, []);
  set.addClass('bare');
  set.removeClass('bare');
  set.removeClass('only');
  assert.deepEqual([set.labels(), set.count()], [[], 0]);
  assert.notEqual(set.add('only', CROSS), id, 'ids are never used again');
  set.free();
});

test('200 classes, all ranked, and the memory comes back', async () => {
  const og = await loadTiny();
  const set = og.createSupportSet();
  for (let i = 0; i < 200; i++)
    set.add(`class ${i}`, { strokes: [[[0, 0], [100, i], [i, 100]]] });
  const { ranking } = set.classify({ strokes: [[[0, 0], [100, 50], [50, 100]]] });
  assert.equal(ranking.length, 200);
  for (let i = 1; i < 200; i++) assert.ok(ranking[i - 1].similarity >= ranking[i].similarity);
});

test('labels are strings for ever', async () => {
  const og = await loadTiny();
  const set = og.createSupportSet();
  const labels = ['2', '1', '__proto__', 'constructor', ' ', 'é', '字', 'אבג', '😀'];
  for (const label of labels) set.add(label, CROSS);
  assert.deepEqual(set.labels(), labels, 'in the order they came, numbers too');
  const again = og.loadSupportSet(JSON.stringify(set));
  assert.deepEqual(again.labels(), labels);
  assert.equal(again.count('__proto__'), 1);
  again.rename('__proto__', 'toString');
  assert.equal(again.labels()[2], 'toString');
  assert.throws(() => again.rename('1', '2'), code('label'));
  assert.throws(() => again.rename('absent', 'x'), code('argument'));
  for (const label of ['', 1, null, undefined, 'a\0b', '\ud800', 'x'.repeat(1001)])
    assert.throws(() => set.add(label, CROSS), code('label'));
  assert.equal(set.count(), labels.length);
});

test('a drawing is checked', async () => {
  const og = await loadTiny();
  const point = [0, 0];
  for (const [wanted, drawing] of [
    ['empty', { strokes: [] }],
    ['empty', { strokes: [[], []] }],
    ['format', { strokes: 'ink' }],
    ['format', { strokes: [[[1]]] }],
    ['format', { strokes: [[[1, '2']]] }],
    ['format', { strokes: [[[NaN, 1]]] }],
    ['format', { strokes: [[[1e39, 1]]] }],
    ['too-large', { strokes: Array(4097).fill([point]) }],
    ['too-large', { strokes: [Array(65537).fill(point)] }],
    ['argument', null],
    ['argument', { points: [] }],
    ['format', { data: new Uint8ClampedArray(4), width: 2, height: 2 }],
    ['format', { data: new Uint8ClampedArray(0), width: 0, height: 0 }],
    ['empty', { data: new Uint8ClampedArray(64).fill(255), width: 4, height: 4 }],
    ['argument', new Blob(['x'])],
  ])
    assert.throws(() => og.embed(drawing), code(wanted));
  await assert.rejects(og.embedAsync(new Blob(['x'])), code('unsupported'));
  assert.ok(og.embed({ strokes: [[point]] }).every(Number.isFinite), 'a point is a dot');
  assert.ok(og.embed({ strokes: [[[0, 0, 5], [3e38, -3e38, 6]]] }).every(Number.isFinite));
});

test('pictures become examples, and survive saving', async () => {
  const og = await loadTiny();
  const data = new Uint8ClampedArray(4 * 60 * 40).fill(255);
  for (let x = 5; x < 55; x++)
    for (let y = 18; y < 22; y++) data.fill(0, 4 * (60 * y + x), 4 * (60 * y + x) + 3);
  const set = og.createSupportSet();
  const picture = { data, width: 60, height: 40 };
  set.add('bar', picture);
  set.add('cross', CROSS);
  const saved = JSON.parse(JSON.stringify(set));
  assert.match(saved.classes[0].examples[0].image, /^data:image\/png;base64,/);
  const again = og.loadSupportSet(saved);
  assert.deepEqual(again.toJSON(), saved);
  assert.deepEqual(again.classify(picture).ranking, set.classify(picture).ranking);
});

test('a build that cannot be is a clear error', async () => {
  const model = tinyModel();
  await assert.rejects(Oneglyph.load({ build: 'fast', model }), code('argument'));
  await assert.rejects(Oneglyph.load({ precision: 'int8', model }), code('argument'));
  const wasm = wasmBytes('scalar');
  await assert.rejects(Oneglyph.load({ build: 'scalar', wasm, model: new Uint8Array(9) }), code('format'));
  for (let at = 0; at < model.length; at += 97)
    await assert.rejects(Oneglyph.load({ build: 'scalar', wasm, model: model.slice(0, at) }), code('format'));
  const nowhere = new URL('nowhere/', import.meta.url);
  await assert.rejects(Oneglyph.load({ base: nowhere, model }), code('load'));
});

test('loads over http whatever the MIME type', async () => {
  for (const type of ['application/wasm', 'application/octet-stream']) {
    const server = createServer((request, response) => {
      response.setHeader('content-type', request.url.endsWith('.wasm') ? type : 'text/plain');
      response.end(request.url.endsWith('.wasm') ? wasmBytes('simd') : tinyModel());
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${server.address().port}/sub/path/`;
    const og = await Oneglyph.load({ build: 'simd', base });
    assert.equal(og.info.dim, 32);
    server.close();
    server.closeAllConnections();
  }
});

test('runs in a worker', async () => {
  const lib = new URL('../../web/lib/oneglyph.js', import.meta.url);
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData.lib).then(async ({ Oneglyph }) => {
       const og = await Oneglyph.load({ build: 'simd', ...workerData });
       parentPort.postMessage(og.embed(workerData.drawing));
     });`,
    { eval: true, workerData: { lib: lib.href, wasm: wasmBytes('simd'), model: tinyModel(), drawing: CROSS } },
  );
  const embedding = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const og = await loadTiny('simd');
  assert.deepEqual(embedding, og.embed(CROSS));
  await worker.terminate();
});

test('the package says where its parts are', () => {
  const { exports, types } = JSON.parse(readFileSync(new URL('../../web/package.json', import.meta.url)));
  for (const path of [exports['.'].default, types]) readFileSync(join(packaged, path));
});

test('a raster embeds as its drawing does, and made-up symbols are always the same', async () => {
  const og = await loadTiny();
  assert.deepEqual(og.embedRaster(og.rasterize(CROSS)), og.embed(CROSS));
  assert.throws(() => og.embedRaster(new Uint8Array(9)), { code: 'argument' });
  const drawing = og.invent(5, 1, 2);
  assert.deepEqual(og.invent(5, 1, 2), drawing);
  assert.notDeepEqual(og.invent(5, 1, 3), drawing);
  assert.ok(drawing.strokes.flat().flat().every((v) => v > -60 && v < 170));
  for (const wrong of [-1, 0.5, 2 ** 32, '1']) assert.throws(() => og.invent(1, wrong, 1), { code: 'argument' });
});

test('the map of a set has a place for every example, and the same for an equal drawing', async () => {
  const og = await loadTiny();
  const set = og.createSupportSet();
  assert.equal(set.map().places.size, 0);
  const ids = [LINE, CROSS, RING].map((drawing, i) => set.add(`${i}`, drawing));
  const { places, place } = set.map();
  assert.deepEqual([...places.keys()].sort(), ids);
  const near = ([a, b], [c, d]) => assert.ok(Math.hypot(a - c, b - d) < 1e-5);
  near(place(og.embed(CROSS)), places.get(ids[1]));
  set.add('3', og.invent(1, 1, 1));
  const after = set.map();
  const sides = (all) => ids.map((id) => Math.sign(all.get(id)[0]));
  assert.deepEqual(sides(after.places), sides(places));
  assert.throws(() => place(new Float32Array(3)), { code: 'argument' });
});
