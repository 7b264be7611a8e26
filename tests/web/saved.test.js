import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OneglyphError, parseSaved } from '../../web/lib/oneglyph.js';
import { CROSS, LINE, loadTiny, numbers } from './helpers.mjs';

const wrap = (classes) => ({ format: 'oneglyph-support', version: 1, classes });
const one = (example) => wrap([{ label: 'a', examples: [example] }]);

test('a saved set is refused as a whole if any part is wrong', () => {
  for (const [wanted, saved] of [
    ['format', ''],
    ['format', '{'],
    ['format', 'null'],
    ['format', []],
    ['format', { format: 'other' }],
    ['unsupported', { ...wrap([]), version: 2 }],
    ['unsupported', { ...wrap([]), version: '1' }],
    ['format', wrap({})],
    ['format', wrap([null])],
    ['format', wrap([{ label: 'a' }])],
    ['format', wrap([{ label: 'a', examples: { length: 1e9 } }])],
    ['label', wrap([{ label: 1, examples: [] }])],
    ['label', wrap([{ label: '', examples: [] }])],
    ['format', wrap([{ label: 'a', examples: [] }, { label: 'a', examples: [] }])],
    ['format', one(null)],
    ['format', one({})],
    ['format', one({ strokes: [], image: '' })],
    ['empty', one({ strokes: [] })],
    ['format', one({ strokes: [[[1, null]]] })],
    ['format', one({ image: 'https://example.com/tracker.png' })],
    ['format', one({ image: 'data:image/svg+xml;base64,PHN2Zz4=' })],
    ['format', one({ image: 'data:image/png;base64,%%%' })],
    ['too-large', wrap(Array(10001).fill({ label: 'a', examples: [] }))],
    ['too-large', wrap([{ label: 'a', examples: Array(65537).fill(CROSS) }])],
  ])
    assert.throws(
      () => parseSaved(saved),
      (error) => {
        assert.ok(error instanceof OneglyphError, String(error));
        assert.equal(error.code, wanted, `${JSON.stringify(saved)?.slice(0, 80)}: ${error}`);
        return true;
      },
    );
});

test('nothing of the argument is kept, and nothing else of it is read', () => {
  const strokes = [[[1, 2], [3, 4]]];
  const parsed = parseSaved(one({ strokes, extra: 1 }));
  strokes[0][0][0] = 99;
  assert.deepEqual(parsed, [{ label: 'a', examples: [{ strokes: [[[1, 2], [3, 4]]] }] }]);
  parseSaved('{"format":"oneglyph-support","version":1,"classes":[],"__proto__":{"evil":1}}');
  assert.equal({}.evil, undefined);
});

test('errors say where', () => {
  const saved = wrap([{ label: 'a', examples: [LINE] }, { label: 'b', examples: [LINE, {}] }]);
  assert.throws(() => parseSaved(saved), /class 2: example 2: must have either/);
});

test('a set survives saving, with examples, order and empty classes', async () => {
  const og = await loadTiny();
  const set = og.createSupportSet();
  set.add('line', LINE);
  set.add('line', CROSS);
  set.addClass('empty');
  const again = og.loadSupportSet(JSON.stringify(set));
  assert.deepEqual(again.toJSON(), set.toJSON());
  assert.deepEqual(again.labels(), ['line', 'empty']);
  assert.equal(again.count(), 2);
  const asynchronous = await og.loadSupportSetAsync(set.toJSON());
  assert.deepEqual(asynchronous.toJSON(), set.toJSON());
});

test('broken text never does more than throw', async () => {
  const og = await loadTiny();
  const good = JSON.stringify(wrap([{ label: 'a', examples: [CROSS, LINE] }]));
  const random = numbers(3);
  for (let i = 0; i < 500; i++) {
    const at = Math.floor(random() * good.length);
    const text = good.slice(0, at) + '{[]}",:019eE-nul\\'[Math.floor(random() * 17)] + good.slice(at + 1);
    try {
      og.loadSupportSet(text).free();
    } catch (error) {
      assert.ok(error instanceof OneglyphError, `${text}: ${error}`);
    }
  }
});
