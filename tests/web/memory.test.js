/** The modules' own allocator (web/memory.c). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../web/lib/engine.js';
import { instantiate } from '../../web/lib/wasm.js';
import { BUILDS, DRAWINGS, numbers, tinyModel, wasmBytes } from './helpers.mjs';

const start = (build) => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasmBytes(build)));
  exports._initialize();
  return exports;
};

for (const build of BUILDS)
  test(`blocks never overlap, and all of them come back (${build})`, () => {
    const { oneglyph_alloc: alloc, oneglyph_free: free, memory } = start(build);
    const random = numbers(11);
    const blocks = [];
    const check = ({ at, size, mark }) => {
      const bytes = new Uint8Array(memory.buffer, at, size);
      assert.ok(bytes.every((byte) => byte === mark), `block of ${size} bytes at ${at}`);
      free(at);
    };
    for (let round = 0; round < 3000; round++) {
      if (blocks.length && random() < 0.5) {
        check(blocks.splice(Math.floor(random() * blocks.length), 1)[0]);
        continue;
      }
      const size = Math.floor(2 ** (random() * 17)) - 1;
      const block = { at: alloc(size), size, mark: round % 251 };
      assert.ok(block.at > 0 && block.at % 16 === 0);
      new Uint8Array(memory.buffer, block.at, size).fill(block.mark);
      blocks.push(block);
    }
    blocks.forEach(check);
    const grown = memory.buffer.byteLength;
    const whole = alloc(grown - (1 << 19));
    assert.ok(whole, 'one block of nearly everything');
    assert.equal(memory.buffer.byteLength, grown, 'without more memory');
    free(whole);
  });

test('memory that is not there is refused, and nothing is lost by asking', () => {
  const { oneglyph_alloc: alloc, oneglyph_free: free, memory } = start('scalar');
  for (const size of [0xffffffff, 0xfffffff0, 0x80000000, 0x7fffffff])
    assert.equal(alloc(size), 0, String(size));
  const [a, b] = [alloc(0), alloc(0)];
  assert.ok(a && b && a !== b, 'blocks of no bytes are blocks');
  for (const at of [a, b, 0]) free(at);
  const size = memory.buffer.byteLength;
  free(alloc(1000));
  assert.equal(memory.buffer.byteLength, size);
});

test('10,000 drawings against 500 examples, some of which come and go: no memory, no slowdown', async () => {
  const engine = new Engine(await instantiate(wasmBytes('simd')));
  engine.load(tinyModel(), 0);
  const set = engine.core.oneglyph_support_create();
  const frame = new Float32Array(4 * engine.dim);
  const embed = (i) => engine.embedStrokes(DRAWINGS[i % 200].strokes, DRAWINGS[i % 200].strokes.flat().length);
  const add = (i, drawing) => (embed(drawing), engine.add(set, 1 + (i % 200)));
  const ids = Array.from({ length: 500 }, (_, i) => add(i, i));
  const round = (i) => {
    engine.classify(set, embed(i), NaN, 200);
    if (i % 10) return;
    engine.check(engine.core.oneglyph_support_remove(set, ids.shift()));
    ids.push(add(i, i + 7));
    if (i % 500 === 0) assert.equal(engine.map(set, frame, 500).size, 500);
  };
  const times = [];
  let size = 0;
  for (let part = 0; part < 10; part++) {
    const start = performance.now();
    for (let i = 0; i < 1000; i++) round(1000 * part + i);
    times.push(performance.now() - start);
    size ||= engine.core.memory.buffer.byteLength;
  }
  assert.equal(engine.core.memory.buffer.byteLength, size);
  const early = Math.min(...times.slice(1, 5));
  assert.ok(Math.min(...times.slice(5)) < 2 * early, times.map(Math.round).join()); // machines have other work too
  engine.core.oneglyph_support_free(set);
});
