/** Every word of the page is there in every language of the page. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import words from '../../web/app/words-zh.js';
import { repository } from './helpers.mjs';

const web = join(repository, 'web');

/** What is not language: signs, keys, names. */
const sign = (text) => !/\p{L}{2}/u.test(text) || ['Oneglyph', 'Ctrl', 'Del', 'Ctrl+Z', 'Ctrl+Shift+Z', 'Delete'].includes(text);

function inPage() {
  const page = readFileSync(join(web, 'index.html'), 'utf8').replace(/<!--.*?-->/gs, '');
  const body = page.slice(page.indexOf('<body>'), page.indexOf('<noscript>'));
  const attributes = [...body.matchAll(/\b(?:aria-label|placeholder|title)="([^"]+)"/g)].map((m) => m[1]);
  const texts = body.replace(/<svg.*?<\/svg>/gs, '').split(/<[^>]*>/).map((text) => text.trim());
  return [...attributes, ...texts, page.match(/<title>(.*?)<\/title>/)[1]].filter((text) => text && !sign(text));
}

function inScripts() {
  return readdirSync(join(web, 'app')).filter((f) => f.endsWith('.js') && !f.startsWith('words')).flatMap((file) =>
    [...readFileSync(join(web, 'app', file), 'utf8').matchAll(/\btr\(\s*'((?:[^'\\]|\\.)*)'/g)].map((m) => m[1]));
}

test('nothing on the page is without its Chinese', () => {
  const all = new Set([...inPage(), ...inScripts()]);
  assert.ok(all.size > 120, `${all.size}`);
  assert.deepEqual([...all].filter((text) => !(text in words)), []);
});

/** What readers of files throw, with places for numbers; not what only callers of the module can do wrong. */
function complaints() {
  const files = ['app/bring', 'app/inkml', 'app/zip', 'app/omniglot', 'app/link', 'lib/saved'];
  const thrown = /Error\((?:'[a-z-]+', )?(?:'([^']*)'|`([^`]*)`)[,)]/g;
  return files.flatMap((file) => [...readFileSync(join(web, `${file}.js`), 'utf8').matchAll(thrown)])
    .map(([, plain, filled]) => (plain ?? filled).replace(/^\$\{name\}: /, ''))
    .map((text) => { let i = 0; return text.replace(/\$\{[A-Z_]+\}|\d+/g, () => `{${i++}}`); });
}

test('what is wrong with a file is said in Chinese too', () => {
  const all = complaints();
  assert.ok(all.length > 20, `${all.length}`);
  assert.deepEqual(all.filter((text) => !(text in words)), []);
});

test('what is put into a sentence is put into its translation', () => {
  const holes = (text) => (text.match(/\{\d\}/g) ?? []).sort().join();
  for (const [english, chinese] of Object.entries(words)) assert.equal(holes(chinese), holes(english), english);
});
