/**
 * Serves a folder to this machine only, for trying the page and for its tests.
 *
 *     node web/serve.mjs [--port 8000] [--root build/web/site]
 */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** What a name by content means can be kept for ever. See build/names.mjs. @param {string} file */
function keeping(file) {
  return file.includes(`${sep}assets${sep}`) ? 'max-age=31536000, immutable' : 'no-cache';
}

/** The file a request means, or null; links that lead out of the folder mean none.
 * @param {string} root @param {string} url */
async function find(root, url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    let file = await realpath(join(root, path));
    if ((await stat(file)).isDirectory()) file = await realpath(join(file, 'index.html'));
    return file.startsWith(root + sep) && (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}

/** @param {string} folder @param {number} port 0: any @param {Record<string, string>} [types] */
export async function serve(folder, port, types = TYPES) {
  const root = await realpath(folder);
  const server = createServer(async (request, response) => {
    const known = request.method === 'GET' || request.method === 'HEAD';
    const file = known ? await find(root, request.url ?? '/') : null;
    if (!file) return void response.writeHead(404).end('not found');
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'cache-control': keeping(file) });
    if (request.method === 'HEAD') return void response.end();
    createReadStream(file).on('error', () => response.destroy()).pipe(response);
  });
  await new Promise((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(null)));
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = join(dirname(dirname(fileURLToPath(import.meta.url))), 'build', 'web', 'site');
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8000' },
    root: { type: 'string', default: built } } });
  serve(values.root, Number(values.port)).then(
    (server) => console.log(`http://localhost:${/** @type {any} */ (server.address()).port}/`),
    (error) => { console.error(`serve: ${error.message}`); process.exitCode = 1; });
}
