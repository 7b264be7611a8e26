/** The module and model for this page: from beside it, or out of the one-file page itself. */
import { Oneglyph } from '../lib/oneglyph.js';

/** @param {string} name */
function embedded(name) {
  const element = document.querySelector(`script[data-file="${name}"]`);
  if (!element) return undefined;
  const bytes = Uint8Array.from(atob(element.textContent ?? ''), (c) => c.charCodeAt(0));
  element.remove();
  return bytes;
}

/**
 * What was measured of the model; see build/facts.mjs.
 * @returns {Promise<import('../build/facts.mjs').Facts>}
 */
export async function loadFacts() {
  const bytes = embedded('facts.json');
  if (bytes) return JSON.parse(new TextDecoder().decode(bytes));
  try {
    return await (await fetch(new URL('facts.json', document.baseURI))).json();
  } catch {
    return { rates: [], calibrated: null, tests: [], curves: [] }; // nothing depends on them
  }
}

export async function loadEngine() {
  const model = embedded('models/glyph.safetensors');
  if (!model) return Oneglyph.load({ base: new URL('./', document.baseURI) });
  const simd = embedded('oneglyph-simd.wasm');
  const scalar = embedded('oneglyph-scalar.wasm');
  const base = 'file:///';
  try {
    return await Oneglyph.load({ build: 'simd', wasm: simd, model, base });
  } catch {
    return Oneglyph.load({ build: 'scalar', wasm: scalar, model, base });
  }
}
