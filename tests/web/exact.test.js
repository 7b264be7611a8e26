/** The same bits natively and in every wasm build, and what the modules weigh and take. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Engine } from '../../web/lib/engine.js';
import { instantiate } from '../../web/lib/wasm.js';
import {
  BUILDS, command, DRAWINGS, inventDrawing, loadReal, nativeEmbeddings, tinyModel, wasmBytes, without,
} from './helpers.mjs';

test('200 drawings: native, scalar and simd128 agree bit for bit', { skip: without(command) }, async () => {
  for (const precision of ['f32', 'int16']) {
    const native = nativeEmbeddings(precision);
    assert.equal(native.length, 200);
    for (const build of BUILDS) {
      const og = await loadReal(build, precision);
      assert.equal(og.info.precision, precision);
      DRAWINGS.forEach((drawing, i) =>
        assert.deepEqual(og.embed(drawing), native[i], `${build} ${precision}, drawing ${i + 1}`));
    }
  }
});

test('imagined drawings are those of the command, in every build', { skip: without(command) }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oneglyph-'));
  const some = DRAWINGS.slice(0, 20);
  writeFileSync(join(folder, 'seeds.jsonl'), some.map((d) => JSON.stringify(d)).join('\n'));
  const native = execFileSync(command, ['imagine', '--count', '1', '--seed', '9', join(folder, 'seeds.jsonl')],
    { encoding: 'utf8' }).trim().split('\n').map((line) => JSON.parse(line).strokes);
  rmSync(folder, { recursive: true });
  const [one, two] = await Promise.all(BUILDS.map((build) => loadReal(build, 'f32')));
  some.forEach((drawing, i) => {
    const { strokes } = one.imagine(drawing, 9);
    assert.deepEqual(two.imagine(drawing, 9).strokes, strokes);
    const flat = native[i].flat(2);
    assert.equal(strokes.flat(2).length, flat.length);
    strokes.flat(2).forEach((v, k) => assert.ok(Math.abs(v - flat[k]) <= 1e-5 * Math.abs(v) + 1e-9));
    assert.notDeepEqual(one.imagine(drawing, 10).strokes, strokes);
  });
  for (const wrong of [-1, 0.5, 2 ** 32]) assert.throws(() => one.imagine(some[0], wrong), { code: 'argument' });
  assert.throws(() => one.imagine(some[0], 1, 5), { code: 'argument' });
  assert.throws(() => one.imagine({ strokes: [] }), (e) => e.name === 'OneglyphError');
});

// That the core calls no malloc on its way is tests/core/test_allocation.c.
test('embedding allocates nothing', async () => {
  for (const build of BUILDS) {
    const engine = new Engine(await instantiate(wasmBytes(build)));
    engine.load(tinyModel(), 0);
    const { core } = engine;
    const drawing = inventDrawing(5).strokes;
    const points = drawing.flat().length;
    engine.embedStrokes(drawing, points);
    // The next free block moves if anything was taken and kept.
    const probe = () => {
      const at = core.oneglyph_alloc(16);
      core.oneglyph_free(at);
      return at;
    };
    const [size, free] = [core.memory.buffer.byteLength, probe()];
    for (let i = 0; i < 10000; i++) engine.embedStrokes(drawing, points);
    assert.deepEqual([core.memory.buffer.byteLength, probe()], [size, free]);
  }
});

test('the modules are small and bare', () => {
  // Bounds are what Debian's Emscripten 3.1.6 made, and a hundredth more.
  const limits = { scalar: 66040, simd: 69340 };
  for (const build of BUILDS) {
    const bytes = wasmBytes(build);
    assert.ok(bytes.length <= limits[build], `${build}: ${bytes.length} bytes`);
    assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
  }
});
