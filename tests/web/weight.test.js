/** What the page weighs on its way to a reader. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { built, named, site, without } from './helpers.mjs';

const packed = (bytes) => gzipSync(bytes, { level: 9 }).length;

test('the scripts of the one-file page', { skip: without(join(built, 'oneglyph.html')) }, (t) => {
  const page = readFileSync(join(built, 'oneglyph.html'), 'utf8');
  const [, script] = page.match(/<script type="module">(.*)<\/script>/s);
  // The tables of other languages are words, and come only to their readers.
  const words = packed(readFileSync(join(site, named('app/words-zh.js'))));
  const code = packed(script) - words;
  t.diagnostic(`${code} bytes of code, ${words} of words, gzip`);
  assert.ok(code < 30000, `${code} bytes`);
});

test('a first visit', (t) => {
  const sizes = (folder) => readdirSync(join(site, 'assets', folder), { withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => packed(readFileSync(join(site, 'assets', folder, e.name))));
  const text = ['app', 'lib'].flatMap(sizes).reduce((a, b) => a + b);
  const rest = ['index.html', named('facts.json'), named('oneglyph-simd.wasm')].map((f) => packed(readFileSync(join(site, f))))
    .reduce((a, b) => a + b);
  const model = readFileSync(join(site, named('models/glyph.safetensors'))).length;
  t.diagnostic(`scripts and style ${text}, page and module ${rest}, model ${model} bytes`);
  assert.ok(text + rest + model < 1_300_000, `${text + rest + model} bytes`);
});
