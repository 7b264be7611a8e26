/** The files of this page: from beside it, or out of it where all of it is one file. */
import { Oneglyph } from '../lib/oneglyph.js';

/** @param {string} name */
function embedded(name) {
  const element = document.querySelector(`script[data-file="${name}"]`);
  return element && Uint8Array.from(atob(element.textContent ?? ''), (c) => c.charCodeAt(0));
}

/** @param {string} name @returns {Promise<any>} */
export async function loadJson(name) {
  const bytes = embedded(name);
  if (bytes) return JSON.parse(new TextDecoder().decode(bytes));
  return (await fetch(new URL(name, document.baseURI))).json();
}

/**
 * What was measured of the model; see build/facts.mjs.
 * @returns {Promise<import('../build/facts.mjs').Facts>}
 */
export const loadFacts = () =>
  loadJson('facts.json').catch(() => ({ rates: [], calibrated: null, curves: [], literature: [], models: [] })); // nothing depends on them

/** @param {string} [file] of another model */
export async function loadEngine(file) {
  const model = embedded('models/glyph.safetensors');
  if (!model) return Oneglyph.load({ base: new URL('./', document.baseURI), model: file });
  const wasm = (/** @type {string} */ build) => embedded(`oneglyph-${build}.wasm`) ?? undefined;
  const base = 'file:///';
  try {
    return await Oneglyph.load({ build: 'simd', wasm: wasm('simd'), model, base });
  } catch {
    return Oneglyph.load({ build: 'scalar', wasm: wasm('scalar'), model, base });
  }
}
