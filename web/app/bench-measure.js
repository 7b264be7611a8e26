/** Timing the builds of the core in this browser, as `oneglyph bench` does natively. */
import { Engine } from '../lib/engine.js';
import { OWN } from '../lib/files.js';
import { instantiate } from '../lib/wasm.js';

/** Browsers round the clock, some to a millisecond, so one sample is many runs. */
const SAMPLE_MS = { net: 25, layer: 12 };
const SAMPLES = { net: 20, layer: 5 };
const WARM_UP_MS = 250;

/** Offsets of og_layer in words of 32 bits: web/exports.c checks them. */
const LAYER = { op: 4, input: 5, height: 7, kernel: 10 };
const CONV = 1;

/** @typedef {{min: number, median: number}} Time milliseconds of one run */
/** @typedef {{name: string, form: string, shape: number[], ms: Time, gflops: number}} LayerTime */
/** @typedef {{build: import('../lib/wasm.js').Build, precision: 'f32' | 'int16'}} Variant */
/**
 * @typedef {object} Measured
 * @property {string} build
 * @property {string} precision
 * @property {string} isa kernels
 * @property {Time} embed_ms from strokes to embedding
 * @property {number} images_per_second
 * @property {LayerTime[]} layers
 * @property {string} signature of the embeddings: equal where they are, bit for bit
 */
/** @typedef {{strokes: number[][][]}} Drawing */

/** Lets the page draw, and answer. */
function breathe() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** @param {() => void} run @param {number} times */
function timed(run, times) {
  const start = performance.now();
  for (let i = 0; i < times; i++) run();
  return performance.now() - start;
}

/**
 * @param {() => void} run
 * @param {'net' | 'layer'} kind
 * @returns {Promise<Time>}
 */
async function measure(run, kind) {
  const wanted = SAMPLE_MS[kind];
  let times = 1;
  // The quickest of three, or one interruption would pass for many runs.
  const quickest = () => Math.min(...[0, 1, 2].map(() => timed(run, times)));
  for (let spent = 0; (spent = quickest()) < wanted / 2; ) {
    times = Math.ceil(times * Math.min(8, Math.max(2, wanted / Math.max(spent, 1))));
    await breathe();
  }
  const samples = [];
  for (let i = 0; i < SAMPLES[kind]; i++) {
    samples.push(timed(run, times) / times);
    await breathe();
  }
  samples.sort((a, b) => a - b);
  const middle = samples.length / 2;
  const median = (samples[Math.floor(middle)] + samples[Math.ceil(middle) - 1]) / 2;
  return { min: samples[0], median };
}

/**
 * FNV-1a over the bytes of the embeddings.
 * @param {Engine} engine
 * @param {Drawing[]} drawings
 */
function sign(engine, drawings) {
  let hash = 0x811c9dc5;
  for (const drawing of drawings)
    for (const byte of new Uint8Array(embed(engine, drawing).buffer))
      hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** @param {Engine} engine @param {Drawing} drawing */
function embed(engine, { strokes }) {
  return engine.embedStrokes(strokes, strokes.reduce((sum, stroke) => sum + stroke.length, 0));
}

/**
 * What the core's structs say of layer `i`; null past the last.
 * @param {Engine} engine
 * @param {number} i
 */
function describe(engine, i) {
  const { core } = engine;
  const at = core.oneglyph_layer(i);
  if (!at) return null;
  /** @type {(address: number, count: number) => Int32Array} */
  const words = (address, count) => new Int32Array(core.memory.buffer, address, count);
  const layer = words(at, 13);
  const shape = [...layer.subarray(LAYER.height, LAYER.height + 3)];
  const plain = { name: engine.text(at) ?? '', form: '', shape, products: 0 };
  if (layer[LAYER.op] !== CONV) return plain;
  const inner = words(core.oneglyph_layer(layer[LAYER.input]), 13)[LAYER.height + 2];
  const [high, wide] = layer.subarray(LAYER.kernel, LAYER.kernel + 2);
  return {
    ...plain,
    form: engine.text(core.oneglyph_form(i)) ?? '',
    products: shape.reduce((a, b) => a * b, high * wide * inner),
  };
}

/**
 * One after the other, each on what the ones before have left in the core's memory.
 * @param {Engine} engine
 * @param {(part: number) => void} progress
 */
async function measureLayers(engine, progress) {
  const found = [];
  for (let i = 0, one; (one = describe(engine, i)); i++) found.push(one);
  /** @type {LayerTime[]} */
  const layers = [];
  for (const [i, { products, ...layer }] of found.entries()) {
    progress(i / found.length);
    const ms = await measure(() => engine.core.oneglyph_run_layer(i), 'layer');
    layers.push({ ...layer, ms, gflops: (2e-6 * products) / ms.median });
  }
  return layers;
}

/**
 * Times one build in one precision; null if the model is not ready for it.
 * @param {Variant} variant
 * @param {{model: Uint8Array, drawings: Drawing[]}} sources
 * @param {(part: number) => void} progress 0 .. 1
 * @returns {Promise<Measured | null>}
 */
export async function measureVariant({ build, precision }, { model, drawings }, progress) {
  const engine = new Engine(await instantiate(OWN[build]()));
  try {
    engine.load(model, precision === 'int16' ? 1 : 0);
  } catch (error) {
    if (/** @type {{code?: string}} */ (error).code === 'unsupported') return null;
    throw error;
  }
  const signature = sign(engine, drawings);
  let next = 0;
  const run = () => void embed(engine, drawings[next++ % drawings.length]);
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; await breathe())
    timed(run, 4);
  progress(0.1);
  const time = await measure(run, 'net');
  const layers = await measureLayers(engine, (part) => progress(0.4 + 0.6 * part));
  return {
    build,
    precision,
    isa: engine.text(engine.core.oneglyph_isa()) ?? '',
    embed_ms: time,
    images_per_second: 1000 / time.median,
    layers,
    signature,
  };
}
