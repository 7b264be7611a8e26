/** Which strokes of two drawings belong together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchStrokes } from '../../web/app/match.js';
import { CROSS, DRAWINGS, RING } from './helpers.mjs';

const moved = (strokes, by) => strokes.map((stroke) => stroke.map(([x, y]) => [3 * x + by, 3 * y - by]));

test('strokes find their own in whatever order, direction, place and size', () => {
  const [down, up] = CROSS.strokes;
  const strokes = [down, up, RING.strokes[0].map(([x, y]) => [20 * x + 150, 20 * y])];
  const others = moved([strokes[2], [...strokes[0]].reverse(), strokes[1]], 700);
  const [a, b] = matchStrokes(strokes, others);
  assert.deepEqual([a[0], a[1], a[2]], [b[1], b[2], b[0]]);
  assert.deepEqual([...a].sort(), [0, 1, 2]);
});

test('what has no like stays alone, and points and nothing do no harm', () => {
  const [a, b] = matchStrokes(CROSS.strokes, [...CROSS.strokes, [[130, 20], [130, 60]]]);
  assert.equal(a.length, 2);
  assert.equal(b[2], undefined);
  assert.deepEqual(matchStrokes([], CROSS.strokes), [[], []]);
  assert.deepEqual(matchStrokes([[[5, 5]]], [[[9, 9]]]), [[0], [0]]);
  for (const { strokes } of DRAWINGS) {
    const [first, second] = matchStrokes(strokes, moved(strokes, 10));
    assert.deepEqual(first, second);
  }
});
