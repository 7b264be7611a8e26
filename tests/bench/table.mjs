/** What a comparison found, as models/results/speed.json and as the table of README.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../web/helpers.mjs';
import { readmePath, replaceFile, withSection } from './section.mjs';

export const resultsPath = join(repository, 'models', 'results', 'speed.json');

const figure = (n) => (n >= 10 ? n.toFixed(1) : n >= 1 ? n.toFixed(2) : n.toFixed(3));

const ours = (row) => [row.title, row.build, row.precision].filter(Boolean).join(', ');

/** A row for a terminal. */
export function rowLine(row) {
  if (row.absent) return `${ours(row)} against ${row.peer}: ${row.absent}`;
  const verdict = row.reach ? `, wanted ${row.reach}: ${row.met ? 'met' : 'missed'}` : '';
  return `${ours(row)}: ${figure(row.ours_ms)} ms; ${row.peer}: ${figure(row.peer_ms)} ms;` +
    ` ratio ${row.ratio.toFixed(2)}${verdict} (at best ${figure(row.ours_min_ms)} and` +
    ` ${figure(row.peer_min_ms)} ms)`;
}

function tableRow(row) {
  const cells = row.absent
    ? ['', '', row.absent]
    : [figure(row.ours_ms), figure(row.peer_ms),
      row.met ? `**${row.ratio.toFixed(2)}x**` : `${row.ratio.toFixed(2)}x`];
  return `| ${[ours(row), row.peer, ...cells, row.reach ? `${row.reach}x` : ''].join(' | ')} |`;
}

/** The table with what it needs to be understood. @param {any} results as in speed.json */
export function table({ command, machine, versions, rows }) {
  const peers = Object.entries(versions)
    .filter(([, version]) => version).map(([name, version]) => `${name} ${version}`);
  return [
    `\`${command}\` on ${machine.cpu}, ${machine.cores} cores, kernels ${machine.kernels}` +
      ` (load ${machine.load} before): the same net and weights turn by turn in one run, median` +
      ' milliseconds a drawing (in training: a step of 128, divided by 128). Bold is at least what was' +
      ' aimed at.',
    '',
    '| | against | ours | theirs | theirs / ours | aim |',
    '|---|---|---|---|---|---|',
    ...rows.map(tableRow),
    '',
    `With ${peers.join(', ')}.`,
  ].join('\n');
}

/** README.md with the table in its place. @param {string} readme @param {any} results */
export const withTable = (readme, results) => withSection(readme, 'speed', table(results));

/** Both files, each whole or as it was. */
export function writeResults(results) {
  const readme = withTable(readFileSync(readmePath, 'utf8'), results);
  replaceFile(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
  replaceFile(readmePath, readme);
}
