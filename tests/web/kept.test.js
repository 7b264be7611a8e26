/** Whatever happens to what a browser keeps, or to a link: the page reads it or refuses it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbers } from './helpers.mjs';

const kept = {};
globalThis.localStorage = {
  getItem: (key) => kept[key] ?? null,
  setItem: (key, value) => { kept[key] = value; },
};
globalThis.location = { href: 'http://localhost/#x' };
const { fromSaved, greet, keepSession, keepSets, keptSets, lastSession } = await import('../../web/app/keep.js');
const { fromLink, toLink } = await import('../../web/app/link.js');

const strokes = [[[0, 0], [500, 700], [900, 100]]];
const SAVED = {
  format: 'oneglyph-support', version: 1,
  classes: [{ label: 'שלום', examples: [{ strokes }, { strokes }] }, { label: '1', examples: [] }],
};
const LETTERS = '{}[]",:0919e-nultrue ';

test('a session and a link come back as they went', async () => {
  const doc = { ...greet({ ...SAVED, drawing: { strokes } }), tally: { right: 1, all: 2 },
    queries: [{ ink: { strokes }, said: '1', was: '' }] };
  assert.ok(keepSession(doc));
  const plain = ({ symbols, ...rest }) => ({ ...rest, symbols: symbols.map((s) => [s.label, s.examples.map((e) => e.ink)]) });
  assert.deepEqual(plain(lastSession()), plain(doc));
  const link = new URL(await toLink(fromSaved(SAVED)));
  assert.deepEqual((await fromLink(link.hash)).map((s) => s.label), ['שלום', '1']);
  assert.equal(await fromLink('#other'), null);
});

test('names that the page gave are kept with their words, and no two symbols get one name', () => {
  const doc = greet({ ...SAVED, drawing: { strokes } });
  const renamed = { ...doc, symbols: [{ ...doc.symbols[0], label: 'mine', word: undefined }, doc.symbols[1]] };
  assert.ok(keepSession(renamed));
  assert.deepEqual(lastSession().symbols.map((s) => [s.label, s.word]), [['mine', undefined], ['1', '1']]);
  assert.equal(lastSession().word, 'My symbols');
  const session = JSON.parse(kept['oneglyph.session.1']);
  for (const words of [{ mine: '1', 1: 'mine' }, { mine: 'same', 1: 'same' }, { mine: 'constructor' }, 7, [['mine']], { mine: {} }]) {
    kept['oneglyph.session.1'] = JSON.stringify({ ...session, set: { ...session.set, words } });
    assert.equal(new Set(lastSession().symbols.map((s) => s.label)).size, 2, JSON.stringify(words));
  }
});

test('a set that was kept in one language is the same in another', () => {
  const session = JSON.parse(kept['oneglyph.session.1']);
  kept['oneglyph.session.1'] = JSON.stringify({ ...session, name: '我的符号' });
  const set = { ...SAVED, word: 'My symbols' };
  kept['oneglyph.sets.1'] = JSON.stringify({ 'My symbols': set });
  assert.equal(lastSession().name, 'My symbols');
  kept['oneglyph.sets.1'] = JSON.stringify({ 'My symbols': { ...SAVED } }); // somebody else's
  assert.equal(lastSession().name, '我的符号');
  delete kept['oneglyph.sets.1'];
});

test('no damage is more than damage', async () => {
  const session = kept['oneglyph.session.1'];
  const hash = new URL(await toLink(fromSaved(SAVED))).hash;
  const random = numbers(11);
  const letter = () => LETTERS[Math.floor(random() * LETTERS.length)];
  let read = 0;
  for (let i = 0; i < 1500; i++) {
    const at = Math.floor(random() * session.length);
    const broken = session.slice(0, at) + letter() + session.slice(at + 1 + Math.floor(8 * random()));
    kept['oneglyph.session.1'] = kept['oneglyph.sets.1'] = broken;
    const doc = lastSession();
    if (doc) read++;
    assert.ok(!doc || (Array.isArray(doc.symbols) && doc.drawing && doc.tally), broken);
    assert.ok(keptSets());
    const cut = Math.floor(random() * hash.length);
    await fromLink(hash.slice(0, cut) + letter() + hash.slice(cut + 1)).catch(() => {});
  }
  assert.ok(read > 15 && read < 1500, `${read} were still whole`);
});

test('shapes that nobody wrote are not taken', () => {
  kept['oneglyph.session.1'] = '{"name":[],"drawing":{"strokes":[]},"set":{"format":"oneglyph-support","version":1,"classes":[]},"queries":7,"tally":{"right":-1,"all":"x"}}';
  assert.deepEqual(lastSession().tally, { right: 0, all: 0 });
  kept['oneglyph.sets.1'] = '[[1],{}]';
  assert.equal(Object.keys(keptSets()).includes('length'), false);
  globalThis.localStorage = { getItem() { throw new Error('off'); }, setItem() { throw new Error('full'); } };
  assert.deepEqual([lastSession(), keptSets(), keepSets({})], [null, {}, false]);
});
