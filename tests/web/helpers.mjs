/** What the tests of the module and the page share. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Engine } from '../../web/lib/engine.js';
import { Oneglyph } from '../../web/lib/oneglyph.js';
import { instantiate } from '../../web/lib/wasm.js';

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const built = process.env.ONEGLYPH_WEB_BUILD ?? join(repository, 'build', 'web');
export const site = join(built, 'site');
/** The npm package: the module's files under their plain names. */
export const packaged = join(built, 'package');
export const command =
  process.env.ONEGLYPH_COMMAND ?? join(repository, 'build', 'native', 'oneglyph');
export const BUILDS = ['scalar', 'simd'];

/** Why tests that need a file must be skipped; false if they need not. */
export function without(path) {
  return existsSync(path) ? false : `${path} is not built`;
}

/** What a file of the page's folder is called, from the folder's root: '/assets/app/keep-0123456789.js'. */
export function named(path) {
  const name = JSON.parse(readFileSync(join(built, 'names.json'), 'utf8'))[path];
  if (!name) throw new Error(`the page has no ${path}`);
  return `/${name}`;
}

/** Numbers in [0, 1) from a seed (mulberry32), so that every run draws the same. */
export function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A drawing of one to four curves at a random place and scale; some have dots. */
export function inventDrawing(seed) {
  const random = numbers(seed);
  const scale = 10 ** (4 * random() - 1);
  const strokes = [];
  for (let s = 0; s <= Math.floor(random() * 4); s++) {
    let [x, y, heading] = [random() * 100, random() * 100, random() * 6.3];
    const turn = (random() - 0.5) * 0.4;
    const stroke = [];
    for (let i = 0; i < 1 + random() * 40; i++) {
      stroke.push([x * scale, y * scale]);
      x += 4 * Math.cos(heading);
      y += 4 * Math.sin(heading);
      heading += turn;
    }
    strokes.push(stroke);
  }
  return { strokes };
}

export const DRAWINGS = Array.from({ length: 200 }, (_, i) => inventDrawing(i + 1));

/** Embeddings by the command, with kernels that multiply, then add, or with others. */
export function nativeEmbeddings(precision, isa = 'scalar') {
  const folder = mkdtempSync(join(tmpdir(), 'oneglyph-'));
  try {
    const ink = join(folder, 'ink.jsonl');
    writeFileSync(ink, DRAWINGS.map((d) => JSON.stringify(d) + '\n').join(''));
    const model = join(packaged, 'models', 'glyph.safetensors');
    const args = ['embed', '--isa', isa, '--precision', precision, '--model', model, ink];
    const text = execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
    return text.trim().split('\n').map((line) => Float32Array.from(JSON.parse(line).embedding));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A model of a few random weights, 16 x 16 -> 32 numbers: enough to tell drawings apart, so that
 * tests of the module do not depend on training.
 */
export function tinyModel() {
  const random = numbers(7);
  const shape = [16, 16, 1, 32];
  const weights = Float32Array.from({ length: 16 * 16 * 32 }, () => random() - 0.5);
  return safetensors({
    __metadata__: {
      format: 'oneglyph',
      version: '1',
      name: 'tiny',
      net: 'x = input 16 16 1\ne = fc x 32\nout = l2norm e',
      input: 'side=16 half_width=2.4 blur=2.5 tone_threshold=0.28 tone_gain=14',
      calibration: 'temperature=0.05 threshold=0.6 same_scale=10 same_bias=-5',
    },
    'e.weight': { dtype: 'F32', shape, data_offsets: [0, weights.byteLength] },
    'e.bias': {
      dtype: 'F32',
      shape: [32],
      data_offsets: [weights.byteLength, weights.byteLength + 128],
    },
  }, weights, weights.byteLength + 128);
}

/** A model file of `header` and `size` bytes of data, which begin with `weights`. */
function safetensors(entries, weights, size) {
  const header = JSON.stringify(entries);
  const text = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(new Uint8Array(weights.buffer), 8 + text.length);
  return bytes;
}

/** Files that are no models, by what is wrong with them: [bytes, code of the error]. */
export function brokenModels() {
  const model = tinyModel();
  const lying = (length) => {
    const bytes = model.slice();
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  const text = new TextDecoder('latin1').decode(model);
  const said = (from, to) => Uint8Array.from(text.replace(from, to), (c) => c.charCodeAt(0));
  return {
    'half of it': [model.slice(0, model.length / 2), 'format'],
    'a page': [new TextEncoder().encode('<!doctype html><title>Not found</title>'.repeat(20)), 'format'],
    'a header longer than the file': [lying(1n << 32n), 'format'],
    'a header as long as numbers go': [lying((1n << 64n) - 1n), 'format'],
    'data past the end': [said('[0,32768]', '[0,99999]'), 'format'],
    'a net that wants other weights': [said('fc x 32', 'fc x 64'), 'format'],
    'an input past all limits': [said('input 16 16', 'input 9 9999'), 'format'],
  };
}

/** @param {string} build */
export function wasmBytes(build) {
  return readFileSync(join(packaged, `oneglyph-${build}.wasm`));
}

/** Pages of memory, of 65,536 bytes, that the page's model takes once it is loaded. */
export async function pagesOfModel(build) {
  const engine = new Engine(await instantiate(wasmBytes(build)));
  engine.load(readFileSync(join(packaged, 'models', 'glyph.safetensors')), 0);
  return engine.core.memory.buffer.byteLength / 65536;
}

/** A module whose memory must not grow past so many pages. @param {Uint8Array} bytes */
export function limited(bytes, pages) {
  const number = (at) => { // LEB128
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      value += (bytes[at] & 127) * 2 ** shift;
      if (bytes[at++] < 128) return { value, at };
    }
  };
  const written = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...written(value >>> 7)]);
  for (let from = 8; from < bytes.length; ) {
    const { value: size, at } = number(from + 1);
    if (bytes[from] === 5) { // of memories: one, without or with a limit, from how many pages
      const least = number(at + 2).value;
      const section = [1, 1, ...written(least), ...written(pages || least)];
      return Buffer.concat([bytes.subarray(0, from),
        Uint8Array.from([5, ...written(section.length), ...section]), bytes.subarray(at + size)]);
    }
    from = at + size;
  }
  throw new Error('a module without memory');
}

export const withoutRelaxed = without(join(packaged, 'oneglyph-relaxed.wasm'));

/**
 * What relaxed instructions may come to: the embeddings of both arithmetic classes, by the command.
 * @returns {Float32Array[][]}
 */
export function relaxedEmbeddings(precision) {
  const multiplyAdd = nativeEmbeddings(precision);
  for (const isa of ['avx2', 'neon', 'scalar_fma'])
    try {
      return [multiplyAdd, nativeEmbeddings(precision, isa)];
    } catch {
      // Not a machine of that kind.
    }
  return [multiplyAdd];
}

/** The module with the tiny model. */
export function loadTiny(build = 'auto') {
  return Oneglyph.load({ build, base: pathToFileURL(packaged + '/'), model: tinyModel() });
}

/** The module with the page's model. */
export function loadReal(build = 'auto', precision = 'f32') {
  return Oneglyph.load({ build, precision, base: pathToFileURL(packaged + '/') });
}

export const LINE = { strokes: [[[0, 0], [50, 3], [100, 0]]] };
export const CROSS = { strokes: [[[0, 0], [100, 100]], [[100, 0], [0, 100]]] };
export const RING = {
  strokes: [Array.from({ length: 33 }, (_, i) => [Math.cos((i * Math.PI) / 16), Math.sin((i * Math.PI) / 16)])],
};
