/** What comes over a network or runs out ends in an error with a code, and harms nothing else. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { Engine } from '../../web/lib/engine.js';
import { Oneglyph, OneglyphError } from '../../web/lib/oneglyph.js';
import { instantiate } from '../../web/lib/wasm.js';
import { brokenModels, BUILDS, CROSS, LINE, loadTiny, tinyModel, wasmBytes } from './helpers.mjs';

const code = (...wanted) => (error) => {
  assert.ok(error instanceof OneglyphError, String(error));
  assert.ok(wanted.includes(error.code), `${error.code}: ${error.message}`);
  assert.ok(error.message.length > 5 && !error.message.includes('\n'));
  return true;
};

for (const build of BUILDS)
  test(`a wrong model is told (${build})`, async () => {
    const wasm = wasmBytes(build);
    for (const [what, [model, wanted]] of Object.entries(brokenModels()))
      await assert.rejects(Oneglyph.load({ build, wasm, model }), code(wanted), what);
  });

test('a module that is none is told', async () => {
  const model = tinyModel();
  const whole = wasmBytes('scalar');
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  for (const wasm of [whole.subarray(0, whole.length / 2), new Uint8Array(64), empty])
    await assert.rejects(Oneglyph.load({ build: 'scalar', wasm, model }), code('load'));
});

test('a download that breaks off is told, and the next try works', async () => {
  let broken = '';
  const server = createServer((request, response) => {
    const isWasm = request.url.endsWith('.wasm');
    const bytes = isWasm ? wasmBytes('scalar') : tinyModel();
    response.setHeader('content-type', isWasm ? 'application/wasm' : 'application/octet-stream');
    response.setHeader('content-length', bytes.length);
    if (!request.url.endsWith(broken || '?')) response.end(bytes);
    else response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${server.address().port}/`;
  for (broken of ['.wasm', '.safetensors'])
    await assert.rejects(Oneglyph.load({ build: 'scalar', base }), code('load'), broken);
  broken = '';
  assert.equal((await Oneglyph.load({ build: 'scalar', base })).info.dim, 32);
  server.close();
  server.closeAllConnections();
});

test('without memory every step says so, and with it all goes on', async () => {
  const engine = new Engine(await instantiate(wasmBytes('scalar')));
  const { oneglyph_alloc: alloc, oneglyph_free: free } = engine.core;
  const hoard = [];
  const take = () => {
    for (let size = 1 << 28; size >= 16; size >>= 1)
      for (let at; (at = alloc(size)); ) hoard.push(at);
  };
  const give = () => hoard.splice(0).forEach((at) => free(at));
  take();
  assert.throws(() => engine.load(tinyModel(), 0), code('memory'));
  give();
  // With just enough for the file, or a little more, the model itself does not fit.
  for (const spare of [40000, 80000]) {
    const room = alloc(spare);
    take();
    free(room);
    try {
      engine.load(tinyModel(), 0);
    } catch (error) {
      code('memory')(error);
    }
    give();
  }
  engine.load(tinyModel(), 0);
  const before = engine.embedStrokes(LINE.strokes, 3);
  take();
  const many = Array.from({ length: 3000 }, (_, i) => [i, i % 7]);
  assert.throws(() => engine.embedStrokes([many], many.length), code('memory'));
  give();
  assert.deepEqual(engine.embedStrokes(LINE.strokes, 3), before);
});

test('an error leaves a set as it was', async () => {
  const og = await loadTiny();
  const set = og.createSupportSet();
  set.add('line', LINE);
  assert.throws(() => set.add('bad', { strokes: [[[NaN, 0], [1, 1]]] }), code('argument', 'format'));
  await assert.rejects(Oneglyph.load({ model: new Uint8Array(40), wasm: wasmBytes('scalar'), build: 'scalar' }), code('format'));
  assert.deepEqual(set.labels(), ['line']);
  assert.equal(set.classify(LINE).label, 'line');
  assert.notEqual(set.classify(CROSS).ranking[0].similarity, 1);
});
