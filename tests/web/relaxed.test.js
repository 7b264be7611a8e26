/** The build with relaxed instructions, where a compiler for it was there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { pathToFileURL } from 'node:url';
import { Oneglyph } from '../../web/lib/oneglyph.js';
import { canRun } from '../../web/lib/wasm.js';
import {
  command, DRAWINGS, loadReal, relaxedEmbeddings, packaged, tinyModel, wasmBytes, without, withoutRelaxed,
} from './helpers.mjs';

// Node 20 knows the instructions but has them switched off.
const offAtStart = !canRun('relaxed');
if (offAtStart) setFlagsFromString('--experimental-wasm-relaxed-simd');
const skip = withoutRelaxed || (canRun('relaxed') ? false : 'this node has no relaxed SIMD');

test('relaxed: 200 drawings have the bits of one arithmetic class', { skip: skip || without(command) }, async () => {
  for (const precision of ['f32', 'int16']) {
    const og = await loadReal('relaxed', precision);
    assert.equal(og.info.isa, 'relaxed');
    const got = DRAWINGS.map((drawing) => og.embed(drawing));
    const classes = relaxedEmbeddings(precision);
    const same = classes.map((want) => got.every((e, i) => e.every((x, n) => x === want[i][n])));
    assert.ok(same.includes(true), `${precision}: neither multiply-then-add nor fused`);
  }
});

test('relaxed: the module is small and bare, and never chosen unasked', { skip }, async () => {
  const bytes = wasmBytes('relaxed');
  assert.ok(bytes.length <= 84300, `${bytes.length} bytes`); // what clang 19 made, and a tenth more
  assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
  const model = tinyModel();
  const base = pathToFileURL(packaged + '/');
  assert.equal((await Oneglyph.load({ base, model })).info.build, 'simd');
  assert.equal((await Oneglyph.load({ build: 'relaxed', base, model })).info.build, 'relaxed');
});

test('relaxed: a clear error where it is not there', { skip: canRun('relaxed') ? false : skip }, async () => {
  const base = new URL('nowhere/', import.meta.url);
  await assert.rejects(Oneglyph.load({ build: 'relaxed', base, model: tinyModel() }), {
    code: 'load', message: /cannot load .*oneglyph-relaxed\.wasm/,
  });
});

test('relaxed: a clear error where it cannot run', { skip: offAtStart ? false : 'it can run here' }, () => {
  const lib = new URL('../../web/lib/oneglyph.js', import.meta.url);
  const script = `import { Oneglyph } from '${lib}';
    await Oneglyph.load({ build: 'relaxed' }).catch(({ code, message }) => console.log(code, message));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.match(said, /^unsupported .*this machine cannot run the build 'relaxed'/);
});
