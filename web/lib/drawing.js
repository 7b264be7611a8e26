/** Drawings as callers give them: checked, and told apart. */
import { OneglyphError } from './errors.js';
import { decodeRaster } from './png.js';

/** Limits of the core; see core/oneglyph.h. */
export const MAX_POINTS = 1 << 16;
export const MAX_STROKES = 1 << 12;
const MAX_SIDE = 8192;
const MAX_PIXELS = 1 << 25;

/** @typedef {import('./oneglyph.js').Strokes} Strokes */

/**
 * Checks strokes and counts their points.
 * @param {unknown} strokes
 * @returns {number}
 */
export function checkStrokes(strokes) {
  if (!Array.isArray(strokes)) throw new OneglyphError('format', 'strokes must be an array');
  if (strokes.length > MAX_STROKES)
    throw new OneglyphError('too-large', `a drawing has at most ${MAX_STROKES} strokes`);
  let points = 0;
  for (const stroke of strokes) {
    if (!Array.isArray(stroke)) throw new OneglyphError('format', 'a stroke must be an array');
    points += stroke.length;
    if (points > MAX_POINTS)
      throw new OneglyphError('too-large', `a drawing has at most ${MAX_POINTS} points`);
    for (const point of stroke)
      if (!Array.isArray(point) || point.length < 2 || point.length > 3 || !point.every(isFinite32))
        throw new OneglyphError('format', 'a point must be [x, y] or [x, y, time], finite numbers');
  }
  return points;
}

/**
 * Finite in 32 bits too.
 * @param {unknown} value
 */
function isFinite32(value) {
  return typeof value === 'number' && Number.isFinite(Math.fround(value));
}

/**
 * Strokes without what their owner may still change: a deep copy.
 * @param {number[][][]} strokes
 */
export function copyStrokes(strokes) {
  return strokes.map((stroke) => stroke.map((point) => [...point]));
}

/**
 * @param {unknown} value
 * @returns {value is {data: Uint8ClampedArray, width: number, height: number}}
 */
export function isPixels(value) {
  return (
    typeof value === 'object' && value !== null && 'data' in value && 'width' in value &&
    'height' in value
  );
}

/** @param {{data: ArrayLike<number>, width: number, height: number}} picture */
export function checkPixels({ data, width, height }) {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || data.length !== 4 * width * height)
    throw new OneglyphError('format', 'a picture must have 4 * width * height bytes of data');
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS)
    throw new OneglyphError('too-large', `a picture has at most ${MAX_SIDE} x ${MAX_SIDE} pixels`);
}

/**
 * Decodes a PNG or JPEG with the browser's own decoder.
 * @param {Blob} blob
 * @returns {Promise<ImageData>}
 */
export async function decodeBlob(blob) {
  if (typeof createImageBitmap !== 'function' || typeof OffscreenCanvas !== 'function')
    throw new OneglyphError('unsupported', 'pictures can be decoded only in a browser');
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch (cause) {
    throw new OneglyphError('format', 'not a picture that this browser can read', cause);
  }
  const { width, height } = bitmap;
  try {
    checkPixels({ data: { length: 4 * width * height }, width, height });
    const context = new OffscreenCanvas(width, height).getContext('2d', {
      willReadFrequently: true,
    });
    if (!context) throw new OneglyphError('unsupported', 'this browser has no 2d canvas here');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, height);
  } finally {
    bitmap.close();
  }
}

/**
 * The picture of a saved example: a data URL of a PNG or JPEG. Rasters saved by this module are
 * read at once, others need the browser's decoder and are returned as a Blob.
 * @param {string} url
 * @returns {ImageData | {data: Uint8ClampedArray, width: number, height: number} | Blob}
 */
export function openDataUrl(url) {
  const head = /^data:(image\/(?:png|jpeg));base64,/.exec(url);
  if (!head) throw new OneglyphError('format', 'an image must be data:image/png;base64,...');
  let text;
  try {
    text = atob(url.slice(head[0].length));
  } catch (cause) {
    throw new OneglyphError('format', 'an image is not Base64', cause);
  }
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  return decodeRaster(bytes) ?? new Blob([bytes], { type: head[1] });
}
