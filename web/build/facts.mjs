/** What was measured of the model, as the page shows it: facts.json, out of models/results. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** @param {string} file @returns {any} */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/**
 * What a system was measured to do, here or as its authors say.
 * @typedef {object} System
 * @property {string} name
 * @property {string | null} source null: measured here
 * @property {number | null} parameters
 * @property {number | null} seconds of training
 * @property {number | null} ms a comparison
 * @property {(number | null)[]} errors in percent: lake, within, across, verify
 */

/**
 * @typedef {object} Facts
 * @property {[threshold: number, falseAccept: number, falseReject: number][]} rates parts of 1
 * @property {[falseAccept: number, falseReject: number] | null} calibrated at the model's threshold
 * @property {{name: string, set: string, points: [way: number, error: number, low: number, high: number][]}[]} curves
 *   percent of errors against the number of classes, with 95 % intervals
 * @property {System[]} literature
 * @property {{file: string, name: string}[]} models that may judge besides the page's own
 */

/** What a model says of itself. @param {string} file @returns {Record<string, string>} */
export function metadataOf(file) {
  const bytes = readFileSync(file);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())));
  return header.__metadata__ ?? {};
}

/** @param {string} results folder @param {{from: string, file: string}[]} models those that may judge @returns {Facts} */
export function gatherFacts(results, models) {
  const tests = read(join(results, 'glyph.json'));
  const { curves = [] } = read(join(results, 'sweep.json'));
  const { systems = [] } = read(join(results, 'literature.json'));
  const unknown = tests.find((/** @type {any} */ t) => t.task === 'unknown') ?? {};
  const part = (/** @type {number} */ percent) => Math.round(percent * 100) / 10000;
  const name = (/** @type {string} */ model) => basename(model).replace(/\.safetensors.*$/, '');
  return {
    rates: (unknown.rates ?? []).map((/** @type {number[]} */ [t, a, r]) => [t, part(a), part(r)]),
    calibrated: 'false_accept_percent' in unknown
      ? [part(unknown.false_accept_percent), part(unknown.false_reject_percent)] : null,
    curves: curves.map((/** @type {any} */ c) => ({
      name: name(c.model),
      set: c.set,
      points: c.points.map((/** @type {any} */ p) => [p.way, p.error_percent, ...p.ci95]),
    })),
    literature: systems.map((/** @type {any} */ s) => ({
      name: s.name,
      source: s.source,
      parameters: s.parameters,
      seconds: s.training_seconds,
      ms: s.ms_per_comparison,
      errors: ['lake', 'within', 'across', 'verify'].map((task) => s.errors[task]?.error_percent ?? null),
    })).filter((/** @type {System} */ s) => s.errors.some((e) => e !== null)),
    models: models.map(({ from, file }) => ({ file, name: metadataOf(from).name ?? basename(from, '.safetensors') })),
  };
}
