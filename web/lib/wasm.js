/**
 * Loading the WebAssembly modules. They are bare: no generated glue, no imports, memory of their
 * own. One loader serves every build; WebAssembly.validate says what this machine can run.
 */
import { OneglyphError } from './errors.js';

/** The smallest modules that use an instruction of each build: i8x16.splat, relaxed_madd. */
const PROBES = {
  scalar: [0, 97, 115, 109, 1, 0, 0, 0],
  simd: [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15,
    11,
  ],
  relaxed: [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0,
    32, 0, 32, 1, 32, 2, 253, 133, 2, 11,
  ],
};

/** @typedef {keyof typeof PROBES} Build */

/**
 * True if this machine can run a build.
 * @param {Build} build
 */
export function canRun(build) {
  return WebAssembly.validate(new Uint8Array(PROBES[build]));
}

/**
 * The build to load for what the caller asked for. 'auto' never means 'relaxed', whose results
 * differ between machines.
 * @param {unknown} wanted
 * @returns {Build}
 */
export function chooseBuild(wanted) {
  if (wanted === undefined || wanted === 'auto') return canRun('simd') ? 'simd' : 'scalar';
  if (typeof wanted !== 'string' || !Object.hasOwn(PROBES, wanted))
    throw new OneglyphError('argument', `build: '${wanted}' is not auto, scalar, simd or relaxed`);
  const build = /** @type {Build} */ (wanted);
  if (!canRun(build))
    throw new OneglyphError('unsupported', `this machine cannot run the build '${build}'`);
  return build;
}

/**
 * The bytes at a URL, from disk in Node.
 * @param {URL} url
 * @returns {Promise<Response>}
 */
async function open(url) {
  if (url.protocol === 'file:' && typeof process === 'object' && process.versions?.node) {
    const name = 'node:fs/promises'; // not in its place below: bundlers for the web would look for it
    const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    return new Response(new Uint8Array(await readFile(url)));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

/**
 * @template T
 * @param {URL} url
 * @param {(response: Response) => Promise<T>} read
 * @returns {Promise<T>}
 */
async function fetched(url, read) {
  let response;
  try {
    response = await open(url);
  } catch (cause) {
    throw new OneglyphError('load', `cannot load ${url}: ${String(cause)}`, cause);
  }
  return read(response);
}

/** @param {URL} url */
export function fetchBytes(url) {
  return fetched(url, async (response) => {
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      throw new OneglyphError('load', `the download of ${url} broke off`, cause);
    }
  });
}

/**
 * Streams where the server names the right MIME type, and reads the whole otherwise.
 * @param {URL} url
 */
function compileFrom(url) {
  return fetched(url, async (response) => {
    const type = response.headers.get('content-type') ?? '';
    try {
      if (type.startsWith('application/wasm')) return await WebAssembly.compileStreaming(response);
      return await WebAssembly.compile(await response.arrayBuffer());
    } catch (cause) {
      throw new OneglyphError('load', `${url} is not a WebAssembly module`, cause);
    }
  });
}

/** @param {Uint8Array} bytes */
async function compile(bytes) {
  try {
    return await WebAssembly.compile(/** @type {BufferSource} */ (bytes));
  } catch (cause) {
    throw new OneglyphError('load', 'wasm: not a WebAssembly module', cause);
  }
}

/**
 * The exports of a fresh instance, by the names in web/exports.c.
 * @param {URL | Uint8Array} source
 * @returns {Promise<Record<string, any>>}
 */
export async function instantiate(source) {
  const module = source instanceof URL ? await compileFrom(source) : await compile(source);
  try {
    const { exports } = await WebAssembly.instantiate(module);
    /** @type {any} */ (exports)._initialize();
    return exports;
  } catch (cause) {
    if (cause instanceof RangeError) throw new OneglyphError('memory', 'out of memory', cause);
    throw new OneglyphError('load', 'wasm: not a build of Oneglyph', cause);
  }
}
