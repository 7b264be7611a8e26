/** Drawing ink on canvases: the pad and the thumbnails. */
import { Oneglyph } from '../lib/oneglyph.js';
import { traceStroke, usePen } from '../lib/pen.js';

/**
 * The box around strokes: [left, top, width, height].
 * @param {number[][][]} strokes
 */
function box(strokes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of strokes.flat()) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [left, top, right - left, bottom - top];
}

/**
 * Draws a picture's raster into a square of the given size at the origin.
 * @param {CanvasRenderingContext2D} context
 * @param {string} image data URL of a raster
 * @param {string} color
 * @param {number} size
 */
export function paintRaster(context, image, color, size) {
  const raster = Oneglyph.openImage(image);
  if (!('data' in raster)) return;
  const pixel = size / raster.width;
  context.fillStyle = color;
  for (let y = 0; y < raster.height; y++)
    for (let x = 0; x < raster.width; x++)
      if (raster.data[4 * (y * raster.width + x)] < 128)
        context.fillRect(x * pixel, y * pixel, pixel + 0.5, pixel + 0.5);
}

/**
 * A thumbnail: the drawing fitted into a square canvas.
 * @param {import('./state.js').Ink} ink
 * @param {number} size in CSS pixels
 */
export function thumbnail(ink, size) {
  const canvas = document.createElement('canvas');
  paintThumbnail(canvas, ink, size);
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas @param {import('./state.js').Ink} ink @param {number} size
 * @param {{color?: string, density?: number, colours?: string[], numbers?: number[]}} [look] default:
 *   as the page's text on this screen; strokes that have numbers are drawn with them, in `colours`
 */
export function paintThumbnail(canvas, ink, size, look = {}) {
  const pixels = size * (look.density ?? Math.min(3, Math.max(1, devicePixelRatio)));
  canvas.width = canvas.height = Math.round(pixels);
  const context = canvas.getContext('2d');
  if (!context) return;
  const color = look.color ?? getComputedStyle(document.body).color;
  if ('image' in ink) {
    paintRaster(context, ink.image, color, pixels);
    return;
  }
  const [left, top, width, height] = box(ink.strokes);
  const longer = Math.max(width, height);
  const scale = longer > 0 ? (pixels * 0.68) / longer : 1;
  context.translate(pixels / 2, pixels / 2);
  context.scale(scale, scale);
  context.translate(-left - width / 2, -top - height / 2);
  usePen(context, color, (pixels * 0.06) / scale);
  ink.strokes.forEach((stroke, i) => {
    const number = look.numbers?.[i];
    context.globalAlpha = look.numbers && number === undefined ? 0.35 : 1;
    if (number !== undefined) context.strokeStyle = look.colours?.[number % look.colours.length] ?? color;
    traceStroke(context, stroke);
    if (number !== undefined && ink.strokes.length > 1) {
      context.fillStyle = context.strokeStyle;
      context.font = `${(pixels * 0.15) / scale}px sans-serif`;
      context.fillText(String(number + 1), stroke[0][0] + (pixels * 0.05) / scale, stroke[0][1] - (pixels * 0.03) / scale);
    }
    context.strokeStyle = color;
  });
}
