/** Serves the page of the comparison, isolated, so that it may have threads and a fine clock. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packaged } from '../web/helpers.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** @param {string} data the folder of models and inputs @returns the server and its address */
export async function serve(data) {
  const roots = { bench: here, npm: join(here, 'node_modules'), ours: packaged, data };
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const [, first, ...rest] = path.split('/');
    const file = Object.hasOwn(roots, first) && join(roots[first], ...rest);
    const found = file && statSync(file, { throwIfNoEntry: false });
    if (!found || !found.isFile()) return void response.writeHead(404).end('not found');
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': found.size,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cache-control': 'no-store',
    });
    createReadStream(file).on('error', () => response.destroy()).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  return { server, base: `http://localhost:${server.address().port}` };
}
