/** Where the module and the model come from. */
import { OneglyphError } from './errors.js';

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */

/** The files this module comes with, each written out: so bundlers find and bring them. */
export const OWN = {
  scalar: () => new URL('../oneglyph-scalar.wasm', import.meta.url),
  simd: () => new URL('../oneglyph-simd.wasm', import.meta.url),
  relaxed: () => new URL('../oneglyph-relaxed.wasm', import.meta.url),
  model: () => new URL('../models/glyph.safetensors', import.meta.url),
};

/** The same in a folder that the caller names. */
const NAMES = {
  scalar: 'oneglyph-scalar.wasm',
  simd: 'oneglyph-simd.wasm',
  relaxed: 'oneglyph-relaxed.wasm',
  model: 'models/glyph.safetensors',
};

/**
 * The file that the caller gave, or else the usual one.
 * @param {keyof typeof OWN} what
 * @param {unknown} given
 * @param {URL | string} [base] folder of the files; default: the one above this module
 * @returns {URL | Uint8Array}
 */
export function source(what, given, base) {
  if (given instanceof ArrayBuffer) return new Uint8Array(given);
  if (ArrayBuffer.isView(given))
    return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (given === undefined) return base === undefined ? OWN[what]() : new URL(NAMES[what], base);
  if (given instanceof URL || typeof given === 'string')
    return new URL(given, base ?? new URL('.', OWN.scalar()));
  const name = what === 'model' ? 'model' : 'wasm';
  throw new OneglyphError('argument', `${name}: must be a URL or bytes`);
}
