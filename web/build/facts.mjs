/** What was measured of the model, as the page shows it: facts.json, out of models/results. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** @param {string} file @returns {any} */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/**
 * @typedef {object} Facts
 * @property {[threshold: number, falseAccept: number, falseReject: number][]} rates parts of 1
 * @property {[falseAccept: number, falseReject: number] | null} calibrated at the model's threshold
 * @property {{task: string, model: string, shot: number, assignment: boolean, trials: number,
 *   errors: number, ci95: [number, number]}[]} tests 20-way; the interval in percent
 * @property {{name: string, set: string, points: [way: number, error: number, low: number, high: number][]}[]} curves
 *   percent of errors against the number of classes, with 95 % intervals
 */

/** @param {string} results folder @returns {Facts} */
export function gatherFacts(results) {
  const tests = read(join(results, 'glyph.json'));
  const { curves = [] } = read(join(results, 'sweep.json'));
  const unknown = tests.find((/** @type {any} */ t) => t.task === 'unknown') ?? {};
  const part = (/** @type {number} */ percent) => Math.round(percent * 100) / 10000;
  const name = (/** @type {string} */ model) => basename(model).replace(/\.safetensors.*$/, '');
  return {
    rates: (unknown.rates ?? []).map((/** @type {number[]} */ [t, a, r]) => [t, part(a), part(r)]),
    calibrated: 'false_accept_percent' in unknown
      ? [part(unknown.false_accept_percent), part(unknown.false_reject_percent)] : null,
    tests: tests.filter((/** @type {any} */ t) => 'errors' in t).map((/** @type {any} */ t) => ({
      task: t.task, model: name(t.model), shot: t.shot, assignment: t.assignment, trials: t.trials,
      errors: t.errors, ci95: t.ci95,
    })),
    curves: curves.map((/** @type {any} */ c) => ({
      name: name(c.model),
      set: c.set,
      points: c.points.map((/** @type {any} */ p) => [p.way, p.error_percent, ...p.ci95]),
    })),
  };
}
