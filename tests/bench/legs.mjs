/** The comparisons, each a function that gives rows of the table. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeTurns } from './measure.mjs';
import { openSession } from './ort.mjs';
import {
  builds, describe, difference, exportOnnx, glyph, koch, makeInputs, makeRandom, makeRanges,
  makeRasters, makeWeights, recipe, start, startTimer,
} from './ours.mjs';

/** Inputs that the runners go through in turn. */
const INPUTS = 16;
/** How far outputs may lie apart: int16 has steps. Glyph's make a vector of unit length; each of
 * Koch's is a sigmoid, and random weights leave it no better than its sums. */
const LIMITS = { glyph: { f32: 2e-5, int16: 1e-2 }, koch: { f32: 2e-5, int16: 5e-2 } };
const TRAINING_IMAGES = 128;
const PYTHON = '/usr/bin/python3';

/**
 * What every leg gets.
 * @typedef {object} Context
 * @property {string} folder for models and inputs
 * @property {boolean} quick
 * @property {any} ort onnxruntime-node, or null
 * @property {() => Promise<any>} browser opened when first asked for; null where there is none
 */

/** @typedef {{id: string, title: string, unit: string, run: (c: Context, leg: any) => Promise<any[]>}} Leg */

const both = (f32, int16) => ({ f32, int16 });

/** The row of one pair of runners. */
function row(leg, times, { ours, peer, precision, reach, difference: apart, per = 1, build }) {
  const [a, b] = [times[ours], times[peer]];
  const ratio = b.median_ms / a.median_ms;
  return {
    leg: leg.id, title: leg.title, unit: leg.unit, build, precision, peer,
    ours_ms: a.median_ms / per, ours_min_ms: a.min_ms / per,
    peer_ms: b.median_ms / per, peer_min_ms: b.min_ms / per,
    ratio, reach, met: reach === null ? null : ratio >= reach, difference: apart,
  };
}

const absentRow = (leg, { peer, precision, reach, build }, reason) => ({
  leg: leg.id, title: leg.title, unit: leg.unit, build, precision, peer, reach, absent: reason,
});

function checked(net, what, precision, ours, theirs) {
  const apart = difference(ours, theirs);
  if (!(apart <= LIMITS[net][precision]))
    throw new Error(`${what} and ours (${precision}) differ by ${apart}: not the same net`);
  return apart;
}

/** The model of a leg with everything the runners read: NAME.model, .onnx, .inputs, .rasters,
 * .weights in the folder; made once. */
function prepare({ folder }, name, batch) {
  const data = `${name}-${batch}`, path = join(folder, data);
  const from = name === 'koch' ? makeRandom(koch.net, koch.input, `${path}.random`) : glyph;
  makeRanges(from, `${path}.model`);
  exportOnnx(`${path}.model`, `${path}.onnx`, batch);
  const inputs = makeInputs(`${path}.model`, Math.max(INPUTS, batch), `${path}.inputs`);
  return { data, path, ...inputs };
}

/** @type {Leg['run']} */
async function native(context, leg) {
  const { net, batch, threads, reach, rounds, turn } = leg, peer = 'onnxruntime-node';
  const wanted = Object.keys(reach);
  if (!context.ort)
    return wanted.map((precision) =>
      absentRow(leg, { peer, precision, reach: reach[precision] }, 'onnxruntime-node is not installed'));
  const files = prepare(context, net, batch);
  const session = await openSession(context.ort, `${files.path}.onnx`, { batch, threads, side: files.side });
  const feeds = session.feeds(files.inputs), theirs = [];
  for (const feed of feeds) theirs.push(...(await session.run(feed)));
  const runners = {
    [peer]: {
      async run(count) {
        const times = [];
        for (let i = 0; i < count; i++) {
          const begun = performance.now();
          await session.run(feeds[i % feeds.length]);
          times.push(performance.now() - begun);
        }
        return times;
      },
    },
  };
  const apart = {}, children = [];
  for (const precision of wanted) {
    const { embeddings } = precision === 'f32' ? files
      : makeInputs(`${files.path}.model`, files.count, `${files.path}.${precision}`, precision);
    apart[precision] = checked(net, peer, precision, embeddings, theirs);
    runners[precision] = start('time', `${files.path}.model`, precision, String(batch), String(threads));
    children.push(runners[precision]);
  }
  const times = await takeTurns(runners, { rounds: context.quick ? 4 : rounds, turn });
  children.forEach((child) => child.stop());
  await session.stop();
  return wanted.map((precision) => {
    const cell = { ours: precision, peer, precision, reach: reach[precision], per: batch,
      difference: apart[precision] };
    return row(leg, times, cell);
  });
}

/** Peers in a page, by the name of the row. */
const PAGE_PEERS = {
  'onnxruntime-web': { kind: 'ort', options: { threads: 1 } },
  'onnxruntime-web, 2 threads': { kind: 'ort', options: { threads: 2 } },
  'tfjs-wasm': { kind: 'tf', options: {} },
};

/** @type {Leg['run']} `reach` is by build, peer and precision. */
async function chromium(context, leg) {
  const cells = [];
  for (const [build, peers] of Object.entries(leg.reach))
    for (const [peer, reaches] of Object.entries(peers))
      for (const [precision, reach] of Object.entries(reaches))
        cells.push({ build, peer, precision, reach, ours: `${build} ${precision}` });
  const browser = await context.browser();
  if (!browser) return cells.map((cell) => absentRow(leg, cell, 'chromium is not installed'));
  const files = prepare(context, leg.net, 1);
  makeRasters(files.count, `${files.path}.rasters`);
  const peers = [...new Set(cells.map((cell) => cell.peer))];
  if (peers.includes('tfjs-wasm')) makeWeights(`${files.path}.model`, `${files.path}.weights`);
  const { metadata, layers } = describe(`${files.path}.model`);
  const nothing = [`x = input ${files.side} ${files.side} 1`, 'e = fc x 1'];
  makeRandom(nothing, metadata.input, `${files.path}.bare`);
  const options = {
    data: files.data, side: files.side, count: files.count,
    layers: { net: metadata.net, shapes: Object.fromEntries(layers.map((l) => [l.name, l.shape])) },
  };
  const page = await browser.page();
  const runners = {}, outputs = {}, apart = {};
  for (const peer of peers) {
    const { kind, options: own } = PAGE_PEERS[peer];
    runners[peer] = await page.open(peer, kind, { ...options, ...own });
    outputs[peer] = await runners[peer].outputs();
  }
  for (const { build, precision, ours, peer } of cells) {
    if (!builds().includes(build)) continue;
    runners[ours] ??= await page.open(ours, 'ours', { ...options, build, precision });
    outputs[ours] ??= await runners[ours].outputs();
    apart[`${ours} ${peer}`] = checked(leg.net, peer, precision, outputs[ours], outputs[peer]);
  }
  const times = await takeTurns(runners, { rounds: context.quick ? 4 : leg.rounds, turn: leg.turn });
  await page.close();
  return cells.map((cell) => times[cell.ours]
    ? row(leg, times, { ...cell, difference: apart[`${cell.ours} ${cell.peer}`] })
    : absentRow(leg, cell, `the module ${cell.build} was not built`));
}

/** True if PyTorch's autocast has instructions to run on. */
function hasBf16() {
  try {
    return /\b(avx512_bf16|amx_bf16|bf16)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
}

/** @type {Leg['run']} */
async function training(context, leg) {
  const script = fileURLToPath(new URL('train_torch.py', import.meta.url));
  const threads = String(Math.min(2, availableParallelism()));
  const cell = (precision) => ({
    ours: `ours ${precision}`, precision, reach: leg.reach[precision], per: TRAINING_IMAGES,
    peer: precision === 'f32' ? 'PyTorch, channels last' : 'PyTorch, bf16 autocast',
  });
  try {
    execFileSync(PYTHON, [script, 'versions'], { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch {
    return ['f32', 'bf16'].map((p) => absentRow(leg, cell(p), 'python3-torch is not installed'));
  }
  const rows = [absentRow(leg, cell('bf16'),
    hasBf16() ? 'no bf16 yet' : 'this processor has no bf16 instructions')];
  const f32 = cell('f32');
  const runners = {
    [f32.ours]: start('train', recipe, threads),
    [f32.peer]: startTimer(PYTHON, script, recipe, threads, 'f32'),
  };
  const times = await takeTurns(runners, { rounds: context.quick ? 2 : leg.rounds, turn: leg.turn });
  Object.values(runners).forEach((runner) => runner.stop());
  return [row(leg, times, f32), ...rows];
}

/** @type {Leg[]} */
export const legs = [
  { id: 'native', title: 'native, one thread', unit: 'drawing', run: native,
    net: 'glyph', batch: 1, threads: 1, rounds: 40, turn: 40, reach: both(2.7, 5) },
  { id: 'batch', title: 'native, batch 64, 2 threads', unit: 'drawing', run: native,
    net: 'glyph', batch: 64, threads: 2, rounds: 30, turn: 100, reach: both(3, 5) },
  { id: 'chromium', title: 'Chromium, one thread', unit: 'drawing', run: chromium,
    net: 'glyph', rounds: 40, turn: 40,
    reach: {
      simd: { 'onnxruntime-web': both(5, 9), 'tfjs-wasm': both(4, 7) },
      relaxed: { 'onnxruntime-web': { f32: 6 }, 'tfjs-wasm': { f32: 4.5 } },
    } },
  { id: 'chromium-threads', title: 'Chromium, ours one thread', unit: 'drawing', run: chromium,
    net: 'glyph', rounds: 40, turn: 40,
    reach: { simd: { 'onnxruntime-web, 2 threads': both(2.7, 4.5) } } },
  { id: 'koch', title: "Koch's net, native, one thread", unit: 'drawing', run: native,
    net: 'koch', batch: 1, threads: 1, rounds: 15, turn: 120, reach: both(1.2, 2) },
  { id: 'koch-chromium', title: "Koch's net, Chromium, one thread", unit: 'drawing', run: chromium,
    net: 'koch', rounds: 10, turn: 200,
    reach: { simd: { 'onnxruntime-web': { f32: 1.5 } } } },
  { id: 'training', title: 'training step of 128, 2 threads', unit: 'drawing', run: training,
    rounds: 6, turn: 1000, reach: { f32: 3, bf16: 2 } },
];
