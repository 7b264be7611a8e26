/** Oneglyph beside the literature: models/results/literature.json, and its table in README.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../web/helpers.mjs';
import { readmePath, replaceFile, withSection } from './section.mjs';

export const resultsFolder = join(repository, 'models', 'results');
export const literaturePath = join(resultsFolder, 'literature.json');

/** The tasks with a column, and what tells their results from others of the same task. */
export const tasks = {
  lake: { way: 20, shot: 1, set: 'all_runs' },
  within: { way: 20, shot: 1, set: 'evaluation' },
  across: { way: 20, shot: 1, set: 'evaluation' },
  verify: { set: 'evaluation' },
  mnist: { way: 10, shot: 1 },
};

/** True if `row`, as `oneglyph eval --json` prints it, is of this task and model. */
export function isResult(row, task, model) {
  return row.task === task && row.model === model && !row.assignment && !row.precision && !row.distort &&
    Object.entries(tasks[task]).every(([key, value]) => row[key] === undefined || row[key] === value);
}

/** Of a row, what the table has. */
export const counted = ({ errors, trials, error_percent, ci95 }) => ({ error_percent, errors, trials, ci95 });

/**
 * @typedef {object} System a row of literature.json
 * @property {string} id
 * @property {string} name
 * @property {boolean} quoted the figures are others', from `source`
 * @property {string | null} source
 * @property {string | null} what what it is, or what must be known of its figures
 * @property {number | null} parameters
 * @property {number | null} training_seconds on the machine of ours that its card names
 * @property {number | null} ms_per_comparison a processor's time for one new drawing and one example
 * @property {Record<keyof tasks, {error_percent: number, errors?: number, trials?: number, ci95?: [number, number]} | null>} errors
 */

/** Few errors on Lake's runs first; without such a figure, by the next one there is. */
export function inOrder(systems) {
  const first = (s) => Object.keys(tasks).findIndex((task) => s.errors[task]);
  const rank = (s) => (first(s) < 0 ? Object.keys(tasks).length : first(s));
  const error = (s) => s.errors[Object.keys(tasks)[first(s)]]?.error_percent ?? 0;
  return [...systems].sort((a, b) => rank(a) - rank(b) || error(a) - error(b));
}

const time = (ms) => (ms >= 0.1 ? ms.toFixed(1) : ms >= 0.001 ? ms.toFixed(3) : 'none');
const duration = (seconds) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);
const cell = (value, show) => (value === null || value === undefined ? '' : show(value));

function line(s) {
  const error = (task) => cell(s.errors[task], ({ error_percent: e }) =>
    s.quoted ? `*${Number.isInteger(e) ? e.toFixed(1) : e}*` : e.toFixed(2));
  const cells = [
    s.quoted ? s.name : `**${s.name}**`,
    cell(s.parameters, (n) => n.toLocaleString('en')),
    cell(s.training_seconds, duration),
    ...Object.keys(tasks).map(error),
    cell(s.ms_per_comparison, time),
    [s.what, s.quoted ? `*${s.source}*` : ''].filter(Boolean).join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @param {{command: string, machine: any, systems: System[]}} literature */
export function table({ command, machine, systems }) {
  return [
    `Errors in percent; \`${command}\` writes this table. Systems in bold were measured here, every query` +
      ' judged alone; *figures in italics are quoted*, each from the source named last, under conditions' +
      ` of its own. Times are a processor's, on ${machine.cpu}, ${machine.kernels}.`,
    '',
    '| system | parameters | training here | `lake` | `within` | `across` | `verify` | `mnist` | ms a comparison | |',
    `|---|${'---|'.repeat(9)}`,
    ...systems.map(line),
  ].join('\n');
}

/** @param {string} readme @param {any} literature */
export const withTable = (readme, literature) => withSection(readme, 'literature', table(literature));

/** Both files, each whole or as it was. */
export function writeLiterature(literature) {
  const readme = withTable(readFileSync(readmePath, 'utf8'), literature);
  replaceFile(literaturePath, `${JSON.stringify(literature, null, 2)}\n`);
  replaceFile(readmePath, readme);
}
