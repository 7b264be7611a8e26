/** The second look: a drawing is compared with the best two again, an embedding alone is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadReal } from './helpers.mjs';

test('an example is seen several times, a query once', async () => {
  const og = await loadReal();
  const set = og.createSupportSet();
  const drawing = og.invent(3, 0, 0);
  set.add('drawn', drawing);
  const [{ similarity }] = set.classify(og.embed(drawing)).ranking;
  assert.ok(similarity > 0.9 && similarity < 0.9999, String(similarity));
  set.add('quickly', drawing, { quick: true });
  const [quickly] = set.classify(og.embed(drawing)).ranking;
  assert.equal(quickly.label, 'quickly');
  assert.ok(quickly.similarity > 0.99999, String(quickly.similarity));
});

test('a drawing is looked at again, an embedding cannot be', async () => {
  const og = await loadReal();
  const set = og.createSupportSet();
  for (let symbol = 0; symbol < 12; symbol++) set.add(`s${symbol}`, og.invent(3, symbol, 0));
  let swapped = 0;
  for (let symbol = 0; symbol < 12; symbol++) {
    const drawing = og.invent(3, symbol, 1);
    const once = set.classify(og.embed(drawing));
    const twice = set.classify(drawing);
    assert.deepEqual(twice.embedding, once.embedding);
    const seen = new Map(twice.ranking.map((m) => [m.label, m.similarity]));
    const changed = once.ranking.filter((m) => seen.get(m.label) !== m.similarity);
    assert.equal(changed.length, 1, 'one of the best two loses');
    assert.ok(once.ranking.slice(0, 2).includes(changed[0]));
    assert.ok(Number(seen.get(changed[0].label)) < changed[0].similarity);
    const whole = twice.ranking.reduce((sum, m) => sum + m.probability, twice.none);
    assert.ok(Math.abs(whole - 1) < 1e-5);
    swapped += Number(twice.ranking[0].label !== once.ranking[0].label);
  }
  assert.ok(swapped < 12);
});
