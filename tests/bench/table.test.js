/** The table in README.md is what was measured, and what measures it counts right. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { netLayers } from './layers.js';
import { takeTurns } from './measure.mjs';
import { median } from './median.js';
import { readmePath } from './section.mjs';
import { resultsPath, rowLine, table, withTable } from './table.mjs';

const row = {
  leg: 'native', title: 'native', unit: 'drawing', precision: 'f32', peer: 'other',
  ours_ms: 0.5, ours_min_ms: 0.4, peer_ms: 2, peer_min_ms: 1.9, ratio: 4, reach: 3, met: true,
};
const results = {
  command: 'c', machine: { cpu: 'p', cores: 2, system: 's', kernels: 'k', load: 0 },
  versions: { node: '1', chromium: null }, rows: [row],
};

test('README.md has the table of speed.json', () => {
  const measured = JSON.parse(readFileSync(resultsPath, 'utf8'));
  const readme = readFileSync(readmePath, 'utf8');
  assert.equal(readme, withTable(readme, measured), 'run tests/bench/peers');
  for (const each of measured.rows.filter((r) => !r.absent)) {
    assert.ok(Math.abs(each.ratio - each.peer_ms / each.ours_ms) < 1e-9 * each.ratio);
    if (each.reach !== null) assert.equal(each.met, each.ratio >= each.reach);
    assert.ok(each.ours_min_ms <= each.ours_ms && each.peer_min_ms <= each.peer_ms);
  }
});

test('rows say what was met, missed and absent', () => {
  assert.match(table(results), /\| native, f32 \| other \| 0\.500 \| 2\.00 \| \*\*4\.00x\*\* \| 3x \|/);
  assert.match(rowLine(row), /ratio 4\.00, wanted 3: met/);
  const missed = { ...row, ratio: 2, met: false };
  assert.match(table({ ...results, rows: [missed] }), /\| 2\.00x \| 3x \|/);
  const absent = { ...row, absent: 'no such peer' };
  assert.match(table({ ...results, rows: [absent] }), /\| no such peer \| 3x \|/);
  assert.match(rowLine(absent), /no such peer/);
});

test('the table goes between its marks, twice the same', () => {
  const readme = 'a\n<!-- speed -->\nstale\n<!-- /speed -->\nb\n', once = withTable(readme, results);
  assert.ok(once.startsWith('a\n<!-- speed -->\n') && once.endsWith('\n<!-- /speed -->\nb\n'));
  assert.ok(!once.includes('stale'));
  assert.equal(withTable(once, results), once);
  assert.throws(() => withTable('nothing', results), /no <!-- speed -->/);
});

test('medians', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test('turns are taken in order, each by all', async () => {
  const order = [];
  const runner = (name, ms) => ({
    run: async (count) => {
      order.push(name);
      return Array(count).fill(ms);
    },
  });
  const times = await takeTurns({ a: runner('a', 1), b: runner('b', 4) }, { rounds: 2, turn: 8 });
  assert.deepEqual(times.a, { median_ms: 1, min_ms: 1, runs: 16 });
  assert.deepEqual(times.b, { median_ms: 4, min_ms: 4, runs: 4 });
  assert.equal(order.join(''), 'aabb' + 'aabb' + 'bbaa');
});

test('layer lists are read', () => {
  const layers = netLayers({
    net: 'x = input 8 8 1 # drawing\na = conv x 4 3x2 same relu; b = conv a 4 1x1 valid add=a\n' +
      'p = maxpool b 2\ne = fc p 6 sigmoid\no = l2norm e',
    shapes: { x: [8, 8, 1], a: [8, 8, 4], b: [8, 8, 4], p: [4, 4, 4], e: [1, 1, 6] },
  });
  assert.deepEqual(layers.map((l) => l.op), ['input', 'conv', 'conv', 'maxpool', 'conv', 'l2norm']);
  assert.deepEqual(layers[1].weights, [3, 2, 1, 4]);
  assert.deepEqual([layers[1].pad, layers[1].activation, layers[1].add], ['same', 'relu', undefined]);
  assert.deepEqual([layers[2].pad, layers[2].activation, layers[2].add], ['valid', 'linear', 'a']);
  assert.equal(layers[3].size, 2);
  assert.deepEqual([layers[4].weights, layers[4].activation], [[4, 4, 4, 6], 'sigmoid']);
});
