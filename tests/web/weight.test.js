/** What the page weighs on its way to a reader. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { built, named, site, without } from './helpers.mjs';

const packed = (bytes) => gzipSync(bytes, { level: 9 }).length;

const sizeOf = (file) => packed(readFileSync(join(site, file)));
const all = (folder, what) => readdirSync(join(site, folder)).filter((f) => what.test(f)).map((f) => join(folder, f));

test('the scripts of the page', { skip: without(join(built, 'oneglyph.html')) }, (t) => {
  // All of them but the tables of other languages, which are words, and come only to their readers.
  const code = all('assets/app', /^(?!words|bench).*\.js$/).map(sizeOf).reduce((a, b) => a + b);
  const words = all('assets/app', /^words.*\.js$/).map(sizeOf).reduce((a, b) => a + b);
  const page = readFileSync(join(built, 'oneglyph.html'), 'utf8');
  const one = packed(page.match(/<script type="module">(.*)<\/script>/s)[1]);
  t.diagnostic(`${code} bytes of code, ${words} of words, ${one} together in the one file, gzip`);
  assert.ok(code < 30000, `${code} bytes`);
  assert.ok(one - words < 30000, `${one - words} bytes`);
});

test('a first visit', (t) => {
  const text = ['index.html', ...['app/main.js', 'app/page.css', 'facts.json'].map(named)].map(sizeOf).reduce((a, b) => a + b);
  const wasm = sizeOf(named('oneglyph-simd.wasm'));
  const model = readFileSync(join(site, named('models/glyph.safetensors'))).length;
  t.diagnostic(`text ${text}, module ${wasm}, model ${model} bytes`);
  assert.ok(text + wasm + model < 1_300_000, `${text + wasm + model} bytes`);
});
