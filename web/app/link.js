/**
 * A set in a link: packed into the hash of the page's address, which no browser sends anywhere.
 */
import { fromSaved, toSaved } from './keep.js';

/** Characters of a link that all common browsers and messengers carry. */
const LINK_LIMIT = 8000;
/** Bytes that a link may unpack to. */
const UNPACK_LIMIT = 1 << 21;

/**
 * Bytes through a (de)compression stream; an error past `limit`.
 * @param {Uint8Array} bytes
 * @param {ReadableWritablePair} stream
 * @param {number} limit
 */
export async function through(bytes, stream, limit) {
  const parts = [];
  let size = 0;
  const reader = new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(stream).getReader();
  for (let part; !(part = await reader.read()).done; ) {
    size += part.value.length;
    if (size > limit) throw new Error('it unpacks to too much');
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
