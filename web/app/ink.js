/** Drawing ink on canvases: the pad and the thumbnails. */
import { Oneglyph } from '../lib/oneglyph.js';

/** The pad's own unit: its shorter side is this long, whatever its size in pixels. */
export const UNIT = 1000;
/** Pen width in that unit. */
export const PEN = 26;

/**
 * One stroke through its points, smoothed by quadratic curves between their midpoints.
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} points
 */
export function traceStroke(context, points) {
  if (points.length === 0) return;
  context.beginPath();
  context.moveTo(points[0][0], points[0][1]);
  for (let i = 1; i + 1 < points.length; i++) {
    const [x, y] = points[i];
    context.quadraticCurveTo(x, y, (x + points[i + 1][0]) / 2, (y + points[i + 1][1]) / 2);
  }
  const last = points[points.length - 1];
  context.lineTo(last[0], last[1]);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {string} color @param {number} width */
export function usePen(context, color, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
}

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
 * @param {{color?: string, density?: number}} [look] default: as the page's text on this screen
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
  for (const stroke of ink.strokes) traceStroke(context, stroke);
}
