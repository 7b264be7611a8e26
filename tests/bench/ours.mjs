/** Our side of the comparison: the programs that were built, and what they make. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { command, packaged, repository } from '../web/helpers.mjs';

/** The program made of ours.c. */
export const program =
  process.env.ONEGLYPH_BENCH_OURS ?? join(dirname(command), 'tests', 'bench_ours');
export const glyph = join(repository, 'models', 'glyph.safetensors');
export const recipe = join(repository, 'models', 'glyph.recipe.json');

/** Koch's net (2015): no training, it is here for the time it takes. */
export const koch = {
  net: [
    'x = input 105 105 1',
    'c1 = conv x 64 10x10 valid relu', 'p1 = maxpool c1 2',
    'c2 = conv p1 128 7x7 valid relu', 'p2 = maxpool c2 2',
    'c3 = conv p2 128 4x4 valid relu', 'p3 = maxpool c3 2',
    'c4 = conv p3 256 4x4 valid relu',
    'e = fc c4 4096 sigmoid',
  ],
  input: 'side=105 half_width=0 blur=0 tone_threshold=0 tone_gain=0',
};

/** Runs ours.c with its output in a file; its floats.
 * @param {string} path @param {string[]} rest */
function into(path, ...rest) {
  const file = openSync(path, 'w');
  try {
    execFileSync(program, rest, { stdio: ['ignore', file, 'inherit'] });
  } finally {
    closeSync(file);
  }
  return path;
}

/** @param {string} path */
export function floats(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Writes a net with random weights.
 * @param {string[]} net @param {string} input @param {string} path */
export const makeRandom = (net, input, path) => into(path, 'random', net.join('\n'), input);

/** The drawings of makeInputs as rasters. @param {number} count @param {string} path */
export const makeRasters = (count, path) => into(path, 'rasters', String(count));

/** @param {string} model @param {string} path */
export const makeWeights = (model, path) => into(path, 'weights', model);

/** What `oneglyph model info` says. @param {string} model */
export function describe(model) {
  const text = execFileSync(command, ['model', 'info', '--json', model], { encoding: 'utf8' });
  return JSON.parse(text);
}

/** Makes a model ready for int16, if it is not. @param {string} model @param {string} path */
export const makeRanges = (model, path) => into(path, 'ranges', model);

/** Drawings as the net reads them, and their embeddings by the core.
 * @param {string} model @param {number} count @param {string} path of a file to write
 * @param {'f32' | 'int16'} [precision] */
export function makeInputs(model, count, path, precision = 'f32') {
  const { side, dim } = describe(model);
  const numbers = floats(into(path, 'inputs', model, precision, String(count)));
  const pixels = side * side;
  return {
    side, dim, count,
    inputs: numbers.subarray(0, count * pixels),
    embeddings: numbers.subarray(count * pixels, count * (pixels + dim)),
  };
}

/** @param {string} model @param {string} path @param {number} [batch] any if left out */
export function exportOnnx(model, path, batch) {
  const size = batch ? ['--batch', String(batch)] : [];
  execFileSync(command, ['model', 'export', '--model', model, '--onnx', path, ...size]);
  return path;
}

/** A process that, for every number written to it, runs so often and answers with the times.
 * @param {string} file @param {string[]} rest */
export function startTimer(file, ...rest) {
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** @param {number} count */
    async run(count) {
      child.stdin.write(`${count}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${file} ${rest.join(' ')} ended early`);
      return value.trim().split(' ').map(Number);
    },
    stop: () => child.stdin.end(),
  };
}

/** The same of ours.c. @param {string[]} rest */
export const start = (...rest) => startTimer(program, ...rest);

/** The page's modules that were built. */
export const builds = () => ['scalar', 'simd', 'relaxed'].filter(
  (build) => existsSync(join(packaged, `oneglyph-${build}.wasm`)));

/** The largest difference between two lists of numbers. */
export function difference(a, b) {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i]);
    if (!(d <= most)) most = Number.isNaN(d) ? Infinity : d;
  }
  return most;
}
