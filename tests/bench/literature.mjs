/** Gathers what is known of each system; tests/bench/literature builds what it needs and starts it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { command, repository } from '../web/helpers.mjs';
import { counted, inOrder, isResult, literaturePath, resultsFolder, tasks, writeLiterature } from './literature-table.mjs';
import { machine } from './machine.mjs';
import { replaceFile } from './section.mjs';

const runsPath = join(resultsFolder, 'runs.json');
/** Background drawings on which times are taken; any would do. */
const TIMED = ['--task', 'within', '--set', 'background', '--alphabets', 'Korean', '--trials', '400', '--threads', '1'];

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Every result that is recorded, runs.json last. */
export function recordedRows() {
  return readdirSync(resultsFolder).filter((name) => name.endsWith('.json')).sort()
    .sort((a, b) => Number(a === basename(runsPath)) - Number(b === basename(runsPath)))
    .map((name) => read(join(resultsFolder, name))).filter(Array.isArray).flat()
    .filter((row) => row.task && row.model);
}

/** The files that a system's model is made of; null if they are not here, none for baselines. */
export function files(model) {
  if (!model.includes('/')) return [];
  const path = join(repository, model.replace(/^refit:/, ''));
  if (!existsSync(path)) return null;
  if (!model.endsWith('.json')) return [path];
  const { members, comparer = [] } = read(path); /* one, or a list of them */
  return [path, ...members.concat(comparer).map(({ model: file }) => join(dirname(path), file))];
}

function weightsOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return paths.length ? hash.digest('hex').slice(0, 16) : null;
}

/** What the command prints as JSON. @param {string[]} options */
const run = (...options) => JSON.parse(
  execFileSync(command, options, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));

function parametersOf(paths) {
  const nets = paths.filter((path) => path.endsWith('.safetensors'));
  return nets.length
    ? nets.map((path) => run('model', 'info', '--json', path).parameters).reduce((a, b) => a + b) : null;
}

/** The tasks that the command can do without another data set. */
function evaluable() {
  const help = execFileSync(command, ['eval', '--help'], { encoding: 'utf8' });
  return Object.keys(tasks).filter((task) => task !== 'mnist' && new RegExp(`\\b${task}\\b`).test(help));
}

/** Evaluates what no file has, or has of other weights; the results are kept in runs.json. */
function completeRuns(systems, data) {
  const recorded = recordedRows().filter((row) => !('weights' in row)), able = evaluable();
  const runs = new Map();
  for (const row of existsSync(runsPath) ? read(runsPath) : [])
    if (!recorded.some((other) => isResult(other, row.task, row.model)))
      runs.set(`${row.model} ${row.task}`, row);
  const keep = () => replaceFile(runsPath, `[${[...runs.values()].map((row) => JSON.stringify(row)).join(',\n')}]\n`);
  for (const { model, tasks: own = able } of systems) {
    const paths = files(model), weights = weightsOf(paths ?? []);
    // Verification asks for a probability, which baselines, being no files, do not have.
    const asked = able.filter((task) => own.includes(task) && (weights || task !== 'verify'));
    for (const task of paths ? asked : []) {
      const key = `${model} ${task}`, known = runs.get(key);
      if (known?.weights === weights || recorded.some((row) => isResult(row, task, model))) continue;
      console.error(`literature: evaluating ${model} on ${task}`);
      runs.set(key, { ...run('eval', '--model', model, '--data', data, '--task', task, '--json'), weights });
      keep();
    }
  }
  keep();
}

function ours(system, rows, before, data, timed) {
  const paths = files(system.model);
  const found = (task) => rows.find((row) => isResult(row, task, system.model));
  const milliseconds = timed && paths && system.tasks?.length !== 0
    ? run('eval', '--model', system.model, '--data', data, '--json', ...TIMED).ms_per_comparison
    : before?.ms_per_comparison ?? found('lake')?.ms_per_comparison;
  return {
    id: system.id, name: system.name, quoted: false, source: null, what: system.what ?? null,
    parameters: system.parameters ?? (paths && parametersOf(paths)) ?? null,
    training_seconds: system.training_seconds ?? null,
    ms_per_comparison: milliseconds ?? null,
    errors: Object.fromEntries(Object.keys(tasks).map((task) => [task, found(task) ? counted(found(task)) : null])),
  };
}

export function quotedSystem(system) {
  return {
    id: system.id, name: system.name, quoted: true, source: system.source, what: system.note ?? null,
    parameters: system.parameters ?? null, training_seconds: null, ms_per_comparison: null,
    errors: Object.fromEntries(Object.keys(tasks).map((task) =>
      [task, task in system ? { error_percent: system[task] } : null])),
  };
}

function main() {
  const { data = process.env.ONEGLYPH_DATA ?? join(repository, '..', 'shared', 'omniglot'), untimed } = parseArgs({
    options: { data: { type: 'string' }, untimed: { type: 'boolean' } },
  }).values;
  const systems = read(join(resultsFolder, 'systems.json')), quoted = read(join(resultsFolder, 'quoted.json'));
  const old = existsSync(literaturePath) ? read(literaturePath) : { machine: null, systems: [] };
  completeRuns(systems, data);
  const rows = recordedRows();
  const { cpu, cores, kernels } = machine(0);
  const own = systems.map((system) =>
    ours(system, rows, old.systems.find(({ id }) => id === system.id), data, !untimed));
  writeLiterature({
    command: 'tests/bench/literature',
    machine: untimed && old.machine ? old.machine : { cpu, cores, kernels },
    systems: inOrder([...own, ...quoted.map(quotedSystem)]),
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  try {
    main();
  } catch (error) {
    console.error(`literature: ${error.message}`);
    process.exitCode = 1;
  }
