/**
 * Makes the page twice out of its sources: OUT/site/, a static folder, and OUT/oneglyph.html, the
 * same page in one file that makes no request at all. OUT/names.json says what the folder's files
 * are called.
 *
 *     node site.mjs --wasm DIR --model FILE --results DIR --esbuild COMMAND --out DIR
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gatherFacts, metadataOf } from './facts.mjs';
import { filesBelow, nameByContent } from './names.mjs';

const text = { type: /** @type {const} */ ('string') };
const { values } = parseArgs({
  options: { wasm: text, model: text, results: text, esbuild: text, out: text },
});
const web = dirname(dirname(fileURLToPath(import.meta.url)));
const { wasm = '', model = '', results = '', esbuild = 'esbuild', out = '' } = values;
/**
 * Models beside the page's own: they may judge too, and come when they are asked for. One that was
 * not calibrated compares otherwise than by the cosine of two embeddings.
 */
const others = readdirSync(dirname(model)).filter((file) => file.endsWith('.safetensors'))
  .map((file) => join(dirname(model), file)).filter((file) => resolve(file) !== resolve(model) && metadataOf(file).calibration)
  .map((file) => ({ from: file, file: `models/${basename(file, '.safetensors')}-${digest(readFileSync(file), 'hex').slice(0, 10)}.safetensors` }));
const BUILDS = ['scalar', 'simd'];
const BUNDLE = ['--bundle', '--format=esm', '--minify', '--charset=utf8', '--target=es2022'];

/** @param {Buffer | string} bytes @param {'hex' | 'base64'} coding */
function digest(bytes, coding) {
  return createHash('sha256').update(bytes).digest(coding);
}

/** @param {string} page @param {RegExp} what @param {string} by */
function replace(page, what, by) {
  if (!what.test(page)) throw new Error(`the page: ${what} is not there`);
  return page.replace(what, () => by);
}

/** @param {string[]} args */
function run(args) {
  return execFileSync(esbuild, [...args, '--log-level=warning'], { encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** @param {string} name @param {Buffer | string} bytes for a script element that no browser runs */
const data = (name, bytes) =>
  `<script type="application/octet-stream" data-file="${name}">${Buffer.from(bytes).toString('base64')}</script>\n`;

/** Data that is there with the page: nothing is shown without it. */
const greeting = data('sets/greeting.json', readFileSync(join(web, 'sets/greeting.json')));

/** Scripts and styles of the pages. Their sources are beside them, as maps. @param {string} site */
function bundle(site) {
  // One by one: what two of them share would be a file of its own.
  for (const name of ['main.js', 'page.css', 'bench.js', 'bench.css'])
    run([join(web, 'app', name), ...BUNDLE, '--splitting', '--sourcemap', '--chunk-names=[name]-[hash]',
      `--outdir=${join(site, 'app')}`]);
}

/** The folder. */
function makeFolder() {
  const site = join(out, 'site');
  rmSync(site, { recursive: true, force: true });
  mkdirSync(join(site, 'models'), { recursive: true });
  for (const name of ['lib', 'sets', 'examples']) cpSync(join(web, name), join(site, name), { recursive: true });
  bundle(site);
  // So that a browser asks for everything at once, rather than when the script wants it.
  const early = ['models/glyph.safetensors', 'oneglyph-simd.wasm'].map((file) =>
    `<link rel="preload" as="fetch" href="${file}" crossorigin>\n`).join('') +
    '<link rel="modulepreload" href="app/main.js">\n';
  const page = replace(readFileSync(join(web, 'index.html'), 'utf8'), /(?=<\/head>)/, early);
  writeFileSync(join(site, 'index.html'), replace(page, /(?=<script type="module")/, greeting));
  const relaxed = existsSync(join(wasm, 'oneglyph-relaxed.wasm'));
  const builds = relaxed ? [...BUILDS, 'relaxed'] : BUILDS;
  for (const build of builds)
    cpSync(join(wasm, `oneglyph-${build}.wasm`), join(site, `oneglyph-${build}.wasm`));
  const { version } = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8'));
  const held = `data-builds="${builds.join(' ')}" data-version="${version}"`;
  writeFileSync(join(site, 'bench.html'),
    replace(readFileSync(join(web, 'bench.html'), 'utf8'), /data-builds="[^"]*" data-version=""/, held));
  cpSync(model, join(site, 'models', 'glyph.safetensors'));
  writeFileSync(join(site, 'facts.json'), JSON.stringify(gatherFacts(results, others)));
  writeFileSync(join(out, 'names.json'), JSON.stringify(nameByContent(site), null, 2) + '\n');
  writeWorker(site);
  for (const { from, file } of others) {
    mkdirSync(join(site, 'models'), { recursive: true });
    cpSync(from, join(site, file));
  }
}

/** The worker that keeps the folder: it is told what there is, and changes when any of it does. @param {string} site */
function writeWorker(site) {
  const files = filesBelow(site).filter((file) => !/\.(d\.ts|map)$/.test(file));
  const all = createHash('sha256');
  for (const file of files) all.update(file).update(readFileSync(join(site, file)));
  // A folder is asked for by its own name.
  const asked = files.map((file) => `'${file.replace(/(^|\/)index\.html$/, '$1') || './'}'`);
  let worker = readFileSync(join(web, 'sw.js'), 'utf8');
  worker = replace(worker, /(?<=const VERSION = ')(?=')/, all.digest('hex').slice(0, 16));
  worker = replace(worker, /(?<=const FILES = \[)''(?=\])/, asked.join(', '));
  writeFileSync(join(site, 'sw.js'), worker);
}

/** @param {string} code */
function hash(code) {
  return `'sha256-${digest(code, 'base64')}'`;
}

/** The file: script and style inline, allowed by their hashes; wasm and weights as data. */
function makeFile() {
  // A closing tag inside the code would end its element.
  const code = run([join(web, 'app/main.js'), ...BUNDLE]).replaceAll('</script', '<\\/script');
  const style = run([join(web, 'app/page.css'), '--minify']);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    'img-src blob: data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const sets = readdirSync(join(web, 'sets')).map((name) => `sets/${name}`).filter((name) => !/greeting/.test(name));
  const files = greeting +
    BUILDS.map((b) => data(`oneglyph-${b}.wasm`, readFileSync(join(wasm, `oneglyph-${b}.wasm`)))).join('') +
    data('models/glyph.safetensors', readFileSync(model)) + data('facts.json', JSON.stringify(gatherFacts(results, []))) +
    sets.map((name) => data(name, readFileSync(join(web, name)))).join('');
  let page = readFileSync(join(web, 'index.html'), 'utf8');
  page = replace(page, /(?<=Content-Security-Policy"\s+content=")[^"]*/, policy);
  page = replace(page, /<link rel="stylesheet"[^>]*>/, `<style>${style}</style>`);
  page = replace(page, /([ \t]*<a href="[a-z]+[^"]*"[^>]*>[^<]*<\/a>\n)+/, ''); // they need the folder
  page = replace(page, /[ \t]*<script type="module"[^>]*><\/script>\n/, '');
  page = replace(page, /(?=<\/body>)/, `${files}<script type="module">${code}</script>\n`);
  writeFileSync(join(out, 'oneglyph.html'), page);
}

makeFolder();
makeFile();
