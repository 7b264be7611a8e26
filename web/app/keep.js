/**
 * Keeping a set: in this browser, in a file, in a link. Whatever comes back is read by the module's
 * strict reader, as nobody knows who wrote it.
 */
import { parseSaved } from '../lib/oneglyph.js';
import { freshKey, NOTHING } from './state.js';

const SESSION = 'oneglyph.session.1';
/** Characters of a link that all common browsers and messengers carry. */
const LINK_LIMIT = 8000;
/** Bytes that a link may unpack to. */
const UNPACK_LIMIT = 1 << 21;

/** @typedef {import('./state.js').Doc} Doc */

/** @param {import('./state.js').Symbol[]} symbols */
export function toSaved(symbols) {
  return {
    format: 'oneglyph-support',
    version: 1,
    classes: symbols.map(({ label, examples }) => ({ label, examples: examples.map((e) => e.ink) })),
  };
}

/** @param {unknown} saved @returns {import('./state.js').Symbol[]} */
export function fromSaved(saved) {
  return parseSaved(saved).map(({ label, examples }) => ({
    key: freshKey(),
    label,
    examples: examples.map((ink) => ({ key: freshKey(), ink })),
  }));
}

/**
 * Autosave. False if the browser refuses: no room, or storage is switched off.
 * @param {Doc} doc
 */
export function keepSession(doc) {
  try {
    const { drawing, filed, symbols } = doc;
    localStorage.setItem(SESSION, JSON.stringify({ drawing, filed, set: toSaved(symbols) }));
    return true;
  } catch {
    return false;
  }
}

/** What was autosaved; null if there is nothing or it is broken. @returns {Doc | null} */
export function lastSession() {
  try {
    const { drawing, filed, set } = JSON.parse(localStorage.getItem(SESSION) ?? 'null') ?? {};
    const symbols = fromSaved(set);
    return { symbols, drawing: checkedDrawing(drawing), filed: filed === true };
  } catch {
    return null;
  }
}

/** @param {unknown} drawing */
function checkedDrawing(drawing) {
  try {
    const classes = [{ label: 'drawing', examples: [drawing] }];
    return parseSaved({ format: 'oneglyph-support', version: 1, classes })[0].examples[0];
  } catch {
    return NOTHING;
  }
}

/** @param {import('./state.js').Symbol[]} symbols */
export function saveFile(symbols) {
  const blob = new Blob([JSON.stringify(toSaved(symbols)) + '\n'], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = 'symbols.oneglyph.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/**
 * Bytes through a (de)compression stream; an error past `limit`.
 * @param {Uint8Array} bytes
 * @param {ReadableWritablePair} stream
 * @param {number} limit
 */
async function through(bytes, stream, limit) {
  const parts = [];
  let size = 0;
  const reader = new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(stream).getReader();
  for (let part; !(part = await reader.read()).done; ) {
    size += part.value.length;
    if (size > limit) throw new Error('the link unpacks to too much');
    parts.push(part.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/**
 * The page's address with the set in it; null if that would be too long. Points are rounded to
 * whole units: a thousandth of the pad.
 * @param {import('./state.js').Symbol[]} symbols
 */
export async function toLink(symbols) {
  const text = JSON.stringify(toSaved(symbols), (_, value) =>
    typeof value === 'number' ? Math.round(value) : value,
  );
  const bytes = new TextEncoder().encode(text);
  const packed = await through(bytes, new CompressionStream('deflate-raw'), Infinity);
  if (packed.length > LINK_LIMIT) return null;
  const base64 = btoa(String.fromCharCode(...packed));
  const hash = '#set=' + base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return hash.length > LINK_LIMIT ? null : location.href.replace(/#.*/, '') + hash;
}

/** The symbols in a link's hash; null if it holds none. @param {string} hash */
export async function fromLink(hash) {
  if (!hash.startsWith('#set=')) return null;
  const text = atob(hash.slice(5).replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const json = await through(bytes, new DecompressionStream('deflate-raw'), UNPACK_LIMIT);
  return fromSaved(new TextDecoder().decode(json));
}
