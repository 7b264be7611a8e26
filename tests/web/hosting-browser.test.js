/** The built folder under servers of others, below a sub-path, as web/HOSTING.md says. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertQuiet, BROWSERS, launch, open, text } from './browser.mjs';
import { LINE, named, repository, site, without } from './helpers.mjs';

const SUB = 'some/where/';
const PLAIN = {
  '': /^text\/html\b/,
  'bench.html': /^text\/html\b/,
  'sw.js': /^(text|application)\/javascript\b/,
  'lib/oneglyph.js': /^(text|application)\/javascript\b/,
};
const NAMED = {
  'app/main.js': /^(text|application)\/javascript\b/,
  'app/page.css': /^text\/css\b/,
  'facts.json': /^application\/json\b/,
  'oneglyph-simd.wasm': /^application\/wasm$/,
  'oneglyph-scalar.wasm': /^application\/wasm$/,
  'models/glyph.safetensors': /^(application|binary)\/octet-stream$/,
};
/** [path below the folder, type, whether it is named by its content] */
const files = () => [
  ...Object.entries(PLAIN).map(([path, type]) => [path, type, false]),
  ...Object.entries(NAMED).map(([path, type]) => [named(path).slice(1), type, true]),
];

/** The program of a name, also where only root looks; undefined if there is none. */
function find(name) {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
    .map((folder) => join(folder, name)).find((file) => existsSync(file));
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port) {
  for (let i = 0; i < 100; i++) {
    const there = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.end(() => resolve(true)));
      socket.on('error', () => resolve(false));
    });
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers on port ${port}`);
}

/** The configuration in the documentation, with this port and this folder. */
function nginxArguments(folder, port) {
  const [, server] = /```nginx\n(.*?)```/s.exec(readFileSync(join(repository, 'web', 'HOSTING.md'), 'utf8'));
  const here = server
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('root /var/www;', `root ${folder}/host;`)
    .replace('include mime.types;', 'include /etc/nginx/mime.types;');
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((what) => `${what}_temp_path ${folder}/${what};`).join('\n');
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, `daemon off;\npid ${folder}/pid;\nerror_log stderr;\nworker_processes 1;\nevents {}\n` +
    `http {\naccess_log off;\n${places}\n${here}}\n`);
  return ['-p', folder, '-c', file];
}

const SERVERS = {
  'python http.server': {
    program: find('python3'),
    packs: false,
    args: (folder, port) => ['-m', 'http.server', '--bind', '127.0.0.1', '--directory', join(folder, 'host'), `${port}`],
  },
  nginx: { program: find('nginx'), packs: true, args: nginxArguments },
};

for (const [name, { program, packs, args }] of Object.entries(SERVERS))
  describe(name, { skip: without(site) || (program ? false : `no ${name} here`), timeout: 300000 }, () => {
    let folder, server, origin;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'oneglyph-host-'));
      chmodSync(folder, 0o755); // nginx reads as somebody else
      mkdirSync(join(folder, 'host', SUB), { recursive: true });
      cpSync(site, join(folder, 'host', SUB), { recursive: true });
      const port = await freePort();
      origin = `http://127.0.0.1:${port}/${SUB}`;
      server = spawn(program, args(folder, port), { stdio: 'ignore' });
      await answers(port);
    });
    after(async () => {
      if (server && server.exitCode === null) {
        server.kill();
        await new Promise((resolve) => server.once('exit', resolve));
      }
      if (folder) rmSync(folder, { recursive: true, force: true });
    });

    for (const coding of ['identity', 'gzip'])
      test(`right bytes of the right type (${coding})`, async () => {
        for (const [file, type, asset] of files()) {
          const response = await fetch(origin + file, { headers: { 'accept-encoding': coding } });
          assert.equal(response.status, 200, file);
          assert.match(response.headers.get('content-type'), type, file);
          const packed = response.headers.get('content-encoding');
          const wanted = packs && coding === 'gzip' && !file.includes('models/') ? 'gzip' : null;
          assert.equal(packed, wanted, file);
          assert.deepEqual(Buffer.from(await response.arrayBuffer()), readFileSync(join(site, file || 'index.html')), file);
          const keeping = response.headers.get('cache-control');
          assert.equal(keeping, packs ? (asset ? 'max-age=31536000, immutable' : 'no-cache') : null, file);
        }
      });

    test('what has not changed is not sent again', async () => {
      const since = (await fetch(origin)).headers.get('last-modified');
      const again = await fetch(origin, { headers: { 'if-modified-since': since, 'cache-control': '' } });
      assert.equal(again.status, 304);
    });

    test('the page runs in Chromium, and the module by its plain name', { skip: without(BROWSERS.chromium) }, async () => {
      const driver = await launch('chromium');
      try {
        const opened = await open(driver.browser, origin, { width: 1280, height: 800 });
        assert.equal(await text(opened.page, '#verdict-title'), 'It is star');
        const same = await opened.page.evaluate(async (line, base) => {
          const { Oneglyph } = await import(`${base}lib/oneglyph.js`);
          const [own, told] = [await Oneglyph.load(), await Oneglyph.load({ base })];
          return own.info.dim === told.embed(line).length;
        }, LINE, origin);
        assert.equal(same, true);
        assertQuiet(opened, origin);
      } finally {
        await driver.close();
      }
    });
  });
