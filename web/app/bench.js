/** The benchmark page: every build this browser can run, timed one after the other. */
import { OWN } from '../lib/files.js';
import { canRun, fetchBytes } from '../lib/wasm.js';
import { fillTable } from './bench-chart.js';
import { measureVariant } from './bench-measure.js';
import { loadJson } from './engine.js';
import { get } from './page.js';

/** @typedef {import('./bench-measure.js').Measured} Measured */
/** @typedef {import('./bench-measure.js').Variant} Variant */

const run = get('run', HTMLButtonElement);
const copy = get('copy', HTMLButtonElement);
const progress = get('progress', HTMLProgressElement);
const said = get('said', HTMLParagraphElement);
const results = get('results', HTMLElement);
const builds = get('builds', HTMLTableSectionElement);
const layers = get('layers', HTMLTableSectionElement);
const which = get('which', HTMLSelectElement);
const json = get('json', HTMLPreElement);

/** What this site holds is written in its page when it is made. */
const { builds: held = '', version = '' } = document.documentElement.dataset;
/** @type {Measured[]} */
let measured = [];

/** @param {{build: string, precision: string}} variant */
const nameOf = ({ build, precision }) => (precision === 'f32' ? build : `${build} ${precision}`);

/** @param {number} ms */
function milliseconds(ms) {
  return ms < 0.1 ? ms.toFixed(4) : ms.toPrecision(3);
}

/** @returns {Variant[]} */
function variants() {
  const here = /** @type {import('../lib/wasm.js').Build[]} */ (held.split(' '));
  return here.flatMap((build) =>
    canRun(build)
      ? [{ build, precision: 'f32' }, { build, precision: 'int16' }]
      : []);
}

function showBuilds() {
  const least = Math.min(...measured.map((m) => m.embed_ms.median));
  fillTable(builds, measured.map((m) => ({
    cells: [
      nameOf(m),
      milliseconds(m.embed_ms.median),
      milliseconds(m.embed_ms.min),
      Math.round(m.images_per_second).toLocaleString('en'),
      m.signature,
    ],
    value: m.embed_ms.median,
    best: m.embed_ms.median === least,
  })));
}

function showLayers() {
  const one = measured[Number(which.value)];
  if (!one) return;
  const all = one.layers.reduce((sum, layer) => sum + layer.ms.median, 0);
  fillTable(layers, one.layers.map(({ name, form, shape, ms, gflops }) => ({
    cells: [
      name,
      milliseconds(ms.median),
      `${((100 * ms.median) / all).toFixed(1)} %`,
      shape.join('×'),
      form || '–',
      gflops ? gflops.toFixed(1) : '–',
    ],
    value: ms.median,
  })));
}

/** The fastest comes first to mind, so its layers are shown. */
function listBuilds() {
  const best = measured.reduce((a, b, i) =>
    (b.embed_ms.median < measured[a].embed_ms.median ? i : a), 0);
  which.replaceChildren(...measured.map((m, i) => new Option(nameOf(m), String(i), i === best, i === best)));
}

/** Six digits are more than a browser's clock is good for. */
function report() {
  const whole = {
    benchmark: 'oneglyph',
    version,
    date: new Date().toISOString(),
    userAgent: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    builds: measured,
  };
  const short = (/** @type {string} */ _, /** @type {unknown} */ value) =>
    (typeof value === 'number' ? Number(value.toPrecision(6)) : value);
  return JSON.stringify(whole, short, 2);
}

async function measureAll() {
  const todo = variants();
  const model = await fetchBytes(OWN.model());
  const { classes } = await loadJson('sets/greeting.json');
  const drawings = classes.map((/** @type {import('../lib/oneglyph.js').SavedClass} */ c) => c.examples[0]);
  measured = [];
  const left = [];
  for (const [i, variant] of todo.entries()) {
    said.textContent = `Measuring ${nameOf(variant)} …`;
    const one = await measureVariant(variant, { model, drawings }, (part) => {
      progress.value = (i + part) / todo.length;
    });
    if (one) measured.push(one);
    else left.push(nameOf(variant));
    if (!measured.length) continue;
    results.hidden = false;
    showBuilds();
    listBuilds();
    showLayers();
    json.textContent = report();
  }
  const notReady = left.length ? ` The model is not made ready for ${left.join(', ')}.` : '';
  said.textContent = `Done: ${measured.length} builds.${notReady}`;
}

async function start() {
  delete document.documentElement.dataset.done;
  run.disabled = copy.disabled = true;
  progress.hidden = false;
  progress.value = 0;
  try {
    await measureAll();
    copy.disabled = false;
  } catch (error) {
    said.textContent = `It could not be measured: ${/** @type {Error} */ (error).message}`;
  }
  progress.hidden = true;
  run.disabled = false;
  run.textContent = 'Measure again';
  document.documentElement.dataset.done = '';
}

/** Where the clipboard is out of reach, the text is selected instead. */
async function copyReport() {
  try {
    await navigator.clipboard.writeText(json.textContent ?? '');
    said.textContent = 'Copied.';
  } catch {
    const details = json.closest('details');
    if (details) details.open = true;
    getSelection()?.selectAllChildren(json);
    said.textContent = 'Selected below: copy it from there.';
  }
}

run.addEventListener('click', () => void start());
copy.addEventListener('click', () => void copyReport());
which.addEventListener('change', showLayers);
run.disabled = false;
document.documentElement.dataset.ready = '';
