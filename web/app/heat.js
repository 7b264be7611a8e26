/**
 * What made two drawings alike: a window goes over one of them, and wherever hiding what is under it
 * makes the two less alike, that part mattered (Zeiler and Fergus 2014).
 */
import { toDrawing } from './recogniser.js';

/** Of the raster, the window, and its step, in pixels. */
const [SIDE, WINDOW, STEP] = [105, 15, 6];
/** Milliseconds of a frame that may go into it. */
const BUDGET = 8;

/** @param {Float32Array} a @param {Float32Array} b */
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** Corners of windows that have ink under them. @param {Uint8Array} raster */
function windows(raster) {
  const out = [];
  for (let top = 0; top + WINDOW <= SIDE; top += STEP)
    for (let left = 0; left + WINDOW <= SIDE; left += STEP) {
      let ink = 0;
      for (let y = top; y < top + WINDOW; y++)
        for (let x = left; x < left + WINDOW; x++) ink += raster[y * SIDE + x];
      if (ink > 4) out.push([left, top]);
    }
  return out;
}

/** @param {Uint8Array} raster @param {number[]} corner */
function without(raster, [left, top]) {
  const out = raster.slice();
  for (let y = top; y < top + WINDOW; y++) out.fill(0, y * SIDE + left, y * SIDE + left + WINDOW);
  return out;
}

/**
 * How much each pixel matters, 0 to 1. Yields now and then with what is known so far.
 * @param {import('../lib/oneglyph.js').Oneglyph} og
 * @param {Uint8Array} raster of the drawing
 * @param {Float32Array} other the embedding it is compared with
 */
function* weigh(og, raster, other) {
  const full = cosine(og.embedRaster(raster), other);
  const sum = new Float32Array(SIDE * SIDE);
  const count = new Float32Array(SIDE * SIDE);
  for (const corner of windows(raster)) {
    let loss = 0;
    try {
      loss = full - cosine(og.embedRaster(without(raster, corner)), other);
    } catch {
      loss = full; // nothing is left of it
    }
    for (let y = corner[1]; y < corner[1] + WINDOW; y++)
      for (let x = corner[0]; x < corner[0] + WINDOW; x++) {
        sum[y * SIDE + x] += Math.max(0, loss);
        count[y * SIDE + x]++;
      }
    yield null;
  }
  const mean = sum.map((s, i) => (count[i] ? s / count[i] : 0));
  const most = mean.reduce((a, b) => Math.max(a, b), 1e-6);
  yield mean.map((m) => m / most);
}

/**
 * A picture of the ink, redder where it matters more.
 * @param {HTMLCanvasElement} canvas @param {Uint8Array} raster @param {Float32Array | null} weights
 */
function paint(canvas, raster, weights) {
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(SIDE, SIDE);
  const style = getComputedStyle(canvas);
  const [ink, hot] = [style.color, style.caretColor].map((c) => (c.match(/[\d.]+/g) ?? []).map(Number));
  for (let i = 0; i < raster.length; i++) {
    if (!raster[i]) continue;
    const w = weights ? weights[i] : 0;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = ink[c] + w * (hot[c] - ink[c]);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/**
 * Shows two drawings side by side, and then what makes them alike.
 * @param {import('../lib/oneglyph.js').Oneglyph} og
 * @param {[import('./state.js').Ink, HTMLCanvasElement][]} two
 * @param {() => boolean} stale true when the question has changed
 */
export async function compare(og, two, stale) {
  const rasters = two.map(([ink]) => og.rasterize(toDrawing(ink)));
  const embeddings = rasters.map((raster) => og.embedRaster(raster));
  two.forEach(([, canvas], i) => paint(canvas, rasters[i], null));
  for (const [i, [, canvas]] of two.entries()) {
    let start = performance.now();
    for (const weights of weigh(og, rasters[i], embeddings[1 - i])) {
      if (weights) paint(canvas, rasters[i], weights);
      else if (performance.now() - start > BUDGET) {
        await nextFrame();
        if (stale()) return false;
        start = performance.now();
      }
    }
  }
  return true;
}
