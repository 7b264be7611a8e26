/** Exported models compute what the core computes, in another runtime. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { without } from '../web/helpers.mjs';
import { onnxruntime, openSession } from './ort.mjs';
import { difference, exportOnnx, glyph, makeInputs, makeRandom, program } from './ours.mjs';

const ort = await onnxruntime();
const skip = without(program) ||
  (ort ? false : 'onnxruntime-node is not installed: (cd tests/bench && npm ci --ignore-scripts)');
const COUNT = 32;

/** Largest difference of onnxruntime's outputs for a model's inputs from the core's.
 * @param {(path: string) => string} model writes the file, or names it
 * @param {number} [batch] */
async function compare(model, batch) {
  const folder = mkdtempSync(join(tmpdir(), 'oneglyph-onnx-'));
  try {
    const file = model(join(folder, 'model'));
    const { side, inputs, embeddings } = makeInputs(file, COUNT, join(folder, 'inputs'));
    const path = exportOnnx(file, join(folder, 'onnx'), batch);
    const session = await openSession(ort, path, { batch: batch ?? COUNT, threads: 1, side });
    const outputs = [];
    for (const feed of session.feeds(inputs)) outputs.push(...(await session.run(feed)));
    await session.stop();
    return difference(outputs, embeddings);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const batch of [undefined, 1, 16])
  test(`onnxruntime gives our embeddings, batch ${batch ?? 'dynamic'}`, { skip }, async () => {
    const most = await compare(() => glyph, batch);
    assert.ok(most <= 1e-5, `difference ${most}`);
  });

test('every operation means the same there', { skip }, async () => {
  const net = ['x = input 16 16 1', 'a = conv x 3 4x3 same relu', 'n = l2norm a',
    'b = conv n 3 2x2 same add=a sigmoid', 'c = conv b 5 3x2 valid', 'p = maxpool c 3', 'o = l2norm p'];
  const input = 'side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14';
  const most = await compare((path) => makeRandom(net, input, path));
  assert.ok(most <= 1e-5, `difference ${most}`);
});
