/**
 * Runs one net in three runtimes in a browser page. `bench.open` makes a runner, `bench.outputs`
 * gives its embeddings of the inputs, `bench.run` the milliseconds of so many runs; browser.mjs
 * calls them. Files come from the server of serve.mjs.
 */
import { Engine } from '/ours/lib/engine.js';
import { instantiate } from '/ours/lib/wasm.js';
import { netLayers } from './layers.js';
import { median } from './median.js';

const RASTER_SIDE = 105;
const PRECISIONS = ['f32', 'int16']; // in the order of og_precision

/**
 * @typedef {object} Runner
 * @property {(i: number) => Promise<ArrayLike<number>>} outputs
 * @property {(i: number) => any} run
 * @property {(i: number) => any} [prepare] the part of a run that is not to count
 */
/** @type {Record<string, Runner & {inputs: number}>} */
const runners = {};

async function bytes(name) {
  const response = await fetch(`/data/${name}`);
  if (!response.ok) throw new Error(`/data/${name}: ${response.status}`);
  return response.arrayBuffer();
}

async function inputsOf({ data, side, count }) {
  const all = new Float32Array(await bytes(`${data}.inputs`), 0, count * side * side);
  return Array.from({ length: count }, (_, i) => all.slice(i * side * side, (i + 1) * side * side));
}

/** An instance of our module with a model. */
async function openEngine(build, name, precision) {
  const exports = await instantiate(new URL(`/ours/oneglyph-${build}.wasm`, location.href));
  const engine = new Engine(exports);
  engine.load(new Uint8Array(await bytes(name)), PRECISIONS.indexOf(precision));
  return engine;
}

/** Ours reads drawings, of which the others are given what the net reads. So a drawing is
 * embedded with the net and with one that does next to nothing, whose time is taken off. */
async function openOurs({ data, count, build, precision }) {
  const engine = await openEngine(build, `${data}.model`, precision);
  const bare = await openEngine(build, `${data}.bare`, 'f32');
  const rasters = new Uint8Array(await bytes(`${data}.rasters`));
  const pixels = RASTER_SIDE * RASTER_SIDE;
  const drawings = Array.from({ length: count }, (_, i) => {
    const rgba = new Uint8Array(4 * pixels).fill(255);
    for (let p = 0; p < pixels; p++)
      if (rasters[i * pixels + p]) rgba.fill(0, 4 * p, 4 * p + 3);
    return { data: rgba, width: RASTER_SIDE, height: RASTER_SIDE };
  });
  return {
    outputs: async (i) => engine.embedPixels(drawings[i]),
    prepare: (i) => bare.embedPixels(drawings[i]),
    run: (i) => engine.embedPixels(drawings[i]),
  };
}

async function openOrt({ data, side, threads, ...rest }) {
  const ort = await import('/npm/onnxruntime-web/dist/ort.wasm.min.mjs');
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = '/npm/onnxruntime-web/dist/';
  ort.env.logLevel = 'error';
  const session = await ort.InferenceSession.create(await bytes(`${data}.onnx`), {
    executionProviders: ['wasm'], graphOptimizationLevel: 'all', logSeverityLevel: 3,
  });
  const [name] = session.inputNames, [output] = session.outputNames;
  const feeds = (await inputsOf({ data, side, ...rest })).map((input) => ({
    [name]: new ort.Tensor('float32', input, [1, 1, side, side]),
  }));
  const run = async (i) => (await session.run(feeds[i]))[output].data;
  return { outputs: run, run };
}

/** The layer list in TensorFlow.js's own operations, fused where it has them fused. */
async function openTf({ data, side, layers, ...rest }) {
  const { tf } = globalThis;
  tf.wasm.setWasmPaths('/npm/@tensorflow/tfjs-backend-wasm/wasm-out/');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // its build for one thread
  await tf.setBackend('wasm');
  await tf.ready();
  const numbers = new Float32Array(await bytes(`${data}.weights`));
  let at = 0;
  const take = (shape) => {
    const count = shape.reduce((a, b) => a * b);
    return tf.tensor(numbers.slice(at, (at += count)), shape);
  };
  const net = netLayers(layers).map((layer) => layer.weights
    ? { ...layer, filter: take(layer.weights), bias: take(layer.weights.slice(3)) }
    : layer);
  const inputs = (await inputsOf({ data, side, ...rest }))
    .map((input) => tf.tensor(input, [1, side, side, 1]));
  const step = (layer, values) => {
    const x = values[layer.source];
    if (layer.op === 'maxpool') return tf.maxPool(x, layer.size, layer.size, 'valid');
    if (layer.op === 'l2norm') return tf.div(x, tf.sqrt(tf.sum(tf.square(x))));
    const { filter, bias, pad, add, activation } = layer;
    const y = tf.fused.conv2d({ x, filter, bias, strides: 1, pad, activation: add ? 'linear' : activation });
    if (!add) return y;
    const sum = tf.add(y, values[add]);
    return activation === 'linear' ? sum : tf[activation](sum);
  };
  const run = (i) => tf.tidy(() => {
    const values = {};
    let last;
    for (const layer of net)
      last = values[layer.name] = layer.op === 'input' ? inputs[i] : step(layer, values);
    return last.dataSync();
  });
  return { outputs: async (i) => run(i), run };
}

const openers = { ours: openOurs, ort: openOrt, tf: openTf };

globalThis.bench = {
  /** @param {string} name @param {keyof typeof openers} kind @param {any} options */
  async open(name, kind, options) {
    runners[name] = { ...(await openers[kind](options)), inputs: options.count };
  },
  async outputs(name) {
    const runner = runners[name], all = [];
    for (let i = 0; i < runner.inputs; i++) all.push(...(await runner.outputs(i)));
    return all;
  },
  async run(name, count) {
    const runner = runners[name], times = [], prepared = [];
    for (let i = 0; i < count; i++) {
      const at = i % runner.inputs, first = performance.now();
      runner.prepare?.(at);
      const start = performance.now();
      const pending = runner.run(at);
      if (pending instanceof Promise) await pending;
      const end = performance.now();
      times.push(end - start);
      prepared.push(start - first);
    }
    const off = runner.prepare ? median(prepared) : 0;
    return times.map((time) => time - off);
  },
};
document.documentElement.dataset.ready = '';
