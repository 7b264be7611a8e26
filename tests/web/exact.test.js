/** The same bits natively and in every wasm build, and what the modules weigh and take. */
import assert from 'node:assert/strict';
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
  const limits = { scalar: 71730, simd: 75690 };
  for (const build of BUILDS) {
    const bytes = wasmBytes(build);
    assert.ok(bytes.length <= limits[build], `${build}: ${bytes.length} bytes`);
    assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
  }
});
