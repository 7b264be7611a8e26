/** The table beside the literature says what was recorded, and marks what is quoted. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { repository } from '../web/helpers.mjs';
import { files, recordedRows, quotedSystem } from './literature.mjs';
import { counted, inOrder, isResult, literaturePath, resultsFolder, table, tasks, withTable } from './literature-table.mjs';
import { readmePath } from './section.mjs';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const literature = read(literaturePath);

test('README.md has the table of literature.json', () => {
  const readme = readFileSync(readmePath, 'utf8');
  assert.equal(readme, withTable(readme, literature), 'run tests/bench/literature');
});

test('literature.json has what the results and the quotes say', () => {
  const rows = recordedRows(), systems = read(join(resultsFolder, 'systems.json'));
  const quoted = read(join(resultsFolder, 'quoted.json'));
  assert.equal(literature.systems.length, systems.length + quoted.length, 'run tests/bench/literature');
  for (const { id, model } of systems) {
    const system = literature.systems.find((each) => each.id === id);
    assert.equal(system.quoted, false);
    for (const task of Object.keys(tasks)) {
      const row = rows.find((each) => isResult(each, task, model));
      assert.deepEqual(system.errors[task], row ? counted(row) : null, `${id}, ${task}: run tests/bench/literature`);
    }
  }
  for (const each of quoted) {
    assert.ok(each.source, each.id);
    assert.deepEqual(literature.systems.find(({ id }) => id === each.id), quotedSystem(each));
  }
});

test('the files of a system are found', () => {
  assert.deepEqual(files('idm'), []);
  assert.equal(files('models/none.safetensors'), null);
  assert.deepEqual(files('refit:models/softmax.safetensors'), [join(resultsFolder, '..', 'softmax.safetensors')]);
  assert.equal(files('models/glyph-max.json').length, 8); // the list, its members and its comparer
});

test('a list may have several comparers', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oneglyph-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const list = join(folder, 'list.json');
  const found = (comparer) => {
    writeFileSync(list, JSON.stringify({ members: [{ model: 'm' }], comparer }));
    return files(relative(repository, list)).map((file) => relative(folder, file));
  };
  assert.deepEqual(found(), ['list.json', 'm']);
  assert.deepEqual(found({ model: 'a' }), ['list.json', 'm', 'a']);
  assert.deepEqual(found([{ model: 'a' }, { model: 'b' }]), ['list.json', 'm', 'a', 'b']);
});

test('rows are told apart', () => {
  const row = { task: 'within', model: 'm', way: 20, shot: 1, set: 'evaluation', assignment: false };
  assert.ok(isResult(row, 'within', 'm'));
  for (const other of [{ shot: 5 }, { way: 5 }, { set: 'held-out' }, { assignment: true }, { precision: 'int16' }])
    assert.ok(!isResult({ ...row, ...other }, 'within', 'm'));
  assert.ok(!isResult(row, 'within', 'n') && !isResult(row, 'across', 'm'));
});

test('quoted figures are in italics, with their source', () => {
  const q = quotedSystem({ id: 'p', name: 'people', lake: 4.5, source: 'Lake 2015' });
  const none = { parameters: null, training_seconds: null, ms_per_comparison: null };
  const o = {
    ...none, id: 'o', name: 'ours', quoted: false, source: null, what: 'a net', parameters: 1234, training_seconds: 3600,
    ms_per_comparison: 0.5, errors: { lake: { error_percent: 0.25 } },
  };
  const u = { ...none, id: 'u', name: 'untold', quoted: true, source: 'S', what: null, errors: {} };
  assert.deepEqual(inOrder([u, q, o]).map(({ id }) => id), ['o', 'p', 'u']);
  const text = table({ command: 'c', machine: { cpu: 'p', kernels: 'k' }, systems: [o, q] });
  assert.match(text, /\| people \|  \|  \| \*4\.5\* \|  \|  \|  \|  \|  \| \*Lake 2015\* \|/);
  assert.match(text, /\| \*\*ours\*\* \| 1,234 \| 60 min \| 0\.25 \|  \|  \|  \|  \| 0\.5 \| a net \|/);
});
