/** The npm package, installed into an empty project: Node, its workers, types, Vite. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { packaged, repository, without } from './helpers.mjs';
import { buildPage, examples, install, run, tool } from './package.mjs';

const LARGEST = 1.5e6;
const ANSWER = /^a roof, with probability (0\.\d\d|1\.00)\n$/;

describe('the npm package', { skip: without(packaged) }, () => {
  let project, facts;
  before(async () => ({ project, facts } = await install()));
  after(() => project && rmSync(project, { recursive: true, force: true }));

  test('holds what it needs and no more', () => {
    const names = facts.files.map((file) => file.path);
    for (const name of ['lib/oneglyph.js', 'lib/oneglyph.d.ts', 'oneglyph-simd.wasm',
      'oneglyph-scalar.wasm', 'models/glyph.safetensors', 'LICENSE', 'README.md'])
      assert.ok(names.includes(name), name);
    const others = names.filter(
      (name) => !/^(lib\/[a-z-]+(\.d\.ts|\.js)|oneglyph-[a-z]+\.wasm|models\/.*|[A-Z]+(\.md)?|package\.json)$/.test(name));
    assert.deepEqual(others, []);
    assert.ok(facts.unpackedSize < LARGEST, `${facts.unpackedSize} bytes`);
    const manifest = JSON.parse(readFileSync(join(project, 'node_modules/oneglyph/package.json'), 'utf8'));
    assert.deepEqual([manifest.devDependencies, manifest.scripts, manifest.private], [undefined, undefined, undefined]);
    assert.deepEqual(readdirSync(join(project, 'node_modules')).filter((n) => !n.startsWith('.')), ['oneglyph']);
  });

  test('runs in Node, and in its workers', async () => {
    const file = join(project, 'recognise.mjs');
    cpSync(join(examples, 'recognise.mjs'), file);
    assert.match(await run(process.execPath, [file], project), ANSWER);
    const worker = new Worker(file, { stdout: true });
    let said = '';
    worker.stdout.on('data', (text) => (said += text));
    await new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve));
    assert.match(said, ANSWER);
  });

  test('the example of its README is right', async () => {
    const [, code] = /```js\n(.*?)```/s.exec(readFileSync(join(packaged, 'README.md'), 'utf8'));
    const file = join(project, 'readme.mjs');
    writeFileSync(file, `${code}\nconsole.log(label, ranking.length, none < 0.5);`);
    assert.equal(await run(process.execPath, [file], project), 'a roof 2 true\n');
  });

  test('the ten lines of the README of all are right', async () => {
    const [, code] = /```js\n(.*?)```/s.exec(readFileSync(join(repository, 'README.md'), 'utf8'));
    const file = join(project, 'ten.mjs');
    writeFileSync(file, code.replace("'./lib/oneglyph.js'", "'oneglyph'"));
    assert.match(await run(process.execPath, [file], project), /^alpha [01]\.\d+ 0\.\d+/);
  });

  for (const [where, options] of [
    ['Node, without the browser', ['--module', 'nodenext', '--lib', 'es2022', '--types', 'node', '--typeRoots', tool.types]],
    ['a bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom']],
  ])
    test(`its types are right in ${where}`, async () => {
      cpSync(join(examples, 'typed.ts'), join(project, 'typed.ts'));
      await run(process.execPath, [tool.tsc, '--noEmit', '--strict', '--target', 'es2022',
        ...options, 'typed.ts'], project);
    });

  test('Vite brings its files along', async () => {
    const assets = readdirSync(join(await buildPage(project), 'assets'));
    for (const name of [/^oneglyph-simd-.*\.wasm$/, /^oneglyph-scalar-.*\.wasm$/, /^glyph-.*\.safetensors$/, /^worker-.*\.js$/])
      assert.equal(assets.filter((asset) => name.test(asset)).length, 1, `${name} in ${assets}`);
  });
});
