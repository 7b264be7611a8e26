/** Trials from the reader's own copy of Omniglot, which never leaves the machine. */
import { encodeRaster } from '../lib/png.js';
import { below, WAY } from './trial.js';
import { listZip, unzip } from './zip.js';

/** @typedef {import('./trial.js').Trial} Trial */
/** @typedef {import('../lib/oneglyph.js').Oneglyph} Oneglyph */
/** @template T @param {T[]} from @returns {T} */
const any = (from) => from[below(from.length)];

/** In a random order. @template T @param {T[]} all */
function shuffled(all) {
  const out = [...all];
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

/** Lake's runs: what is asked, and the example that is right. @param {string} labels a run's class_labels.txt */
function readRun(labels) {
  return labels.trim().split('\n').map((line) => line.trim().split(/\s+/));
}

/**
 * Alphabets: characters by name, each with its drawings by drawer.
 * @param {Iterable<string>} names
 * @returns {Map<string, Map<string, Map<string, string>>>}
 */
function readAlphabets(names) {
  const alphabets = new Map();
  const at = (/** @type {Map<string, any>} */ map, /** @type {string} */ key) =>
    map.get(key) ?? (map.set(key, new Map()), map.get(key));
  for (const name of names) {
    const parts = /^(?!__MACOSX)(?:.*\/)?([^/]+)\/(character\d+)\/\d+_(\d+)\.png$/.exec(name);
    if (parts) at(at(alphabets, parts[1]), parts[2]).set(parts[3], name);
  }
  return alphabets;
}

/**
 * Where trials come from: all_runs.zip, or images_evaluation.zip and the like.
 * @param {Blob} file
 * @param {Oneglyph} og
 * @returns {Promise<() => Promise<Trial>>}
 */
export async function openOmniglot(file, og) {
  const entries = await listZip(file);
  const bytes = (/** @type {string} */ name) => {
    const entry = entries.get(name);
    if (!entry) throw new Error(`${name}: it is not there`);
    return unzip(file, entry);
  };
  const ink = async (/** @type {string} */ name) => {
    const picture = new Blob([/** @type {BlobPart} */ (await bytes(name))], { type: 'image/png' });
    return { image: encodeRaster(og.rasterize(await og.decode(picture))) };
  };
  /** @param {string} query @param {string[]} choices @param {string} truth */
  const trial = async (query, choices, truth) => ({
    query: await ink(query),
    choices: await Promise.all(choices.map(ink)),
    truth: choices.indexOf(truth),
  });
  const runs = [...entries.keys()].filter((name) => /^(.*\/)?run\d+\/class_labels\.txt$/.test(name));
  if (runs.length)
    return async () => {
      const run = any(runs);
      const folder = run.replace(/run\d+\/class_labels\.txt$/, '');
      const pairs = readRun(new TextDecoder().decode(await bytes(run)));
      const [query, truth] = any(pairs);
      const choices = [...new Set(pairs.map(([, right]) => folder + right))];
      return trial(folder + query, shuffled(choices), folder + truth);
    };
  const alphabets = [...readAlphabets(entries.keys()).values()].filter((a) => a.size >= WAY);
  if (!alphabets.length) throw new Error(`it has neither Lake's runs nor an alphabet of ${WAY} characters`);
  return async () => {
    const characters = shuffled([...any(alphabets).values()]).slice(0, WAY);
    const [one, other] = shuffled([...characters[0].keys()].filter((d) => characters.every((c) => c.has(d))));
    if (!other) throw new Error('no two people drew all of an alphabet');
    const choices = characters.map((c) => /** @type {string} */ (c.get(other)));
    const truth = below(WAY);
    return trial(/** @type {string} */ (characters[truth].get(one)), choices, choices[truth]);
  };
}
