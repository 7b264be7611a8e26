/** Reading what people bring: sets, ink as JSON lines, InkML, and pictures of one or many symbols. */
import { parseSaved } from '../lib/oneglyph.js';
import { encodeRaster } from '../lib/png.js';
import { readInkml } from './inkml.js';
import { fromSaved } from './keep.js';
import { cut, SIDE } from './sheet.js';
import { each } from './progress.js';
import { freshKey } from './state.js';

/** @typedef {import('./state.js').Ink} Ink */
/** @typedef {import('./state.js').Symbol} Symbol */

/** Bytes of a text file. */
const TEXT_LIMIT = 1 << 26;

/**
 * Symbols of labelled drawings, through the reader that checks sets.
 * @param {{label: string, strokes: unknown}[]} drawings
 */
function collect(drawings) {
  /** @type {Map<string, {label: string, examples: {strokes: unknown}[]}>} */
  const classes = new Map();
  for (const { label, strokes } of drawings) {
    if (!classes.has(label)) classes.set(label, { label, examples: [] });
    classes.get(label)?.examples.push({ strokes });
  }
  return fromSaved({ format: 'oneglyph-support', version: 1, classes: [...classes.values()] });
}

/** @param {unknown} label @param {number} i */
const labelled = (label, i) => (typeof label === 'string' && label !== '' ? label : `${i + 1}`);

/** One drawing a line: {"class": ..., "strokes": ...}. @param {string} text */
function readLines(text) {
  const drawings = text.split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line));
  if (!drawings.every((d) => Array.isArray(d?.strokes))) throw new Error('it has no "strokes"');
  return drawings.map((d, i) => ({ label: labelled(d.class ?? d.label, i), strokes: d.strokes }));
}

/**
 * A text file: symbols, or one drawing without a name.
 * @param {File | Blob} file
 * @returns {Promise<{symbols: Symbol[]} | {ink: Ink}>}
 */
export async function readText(file) {
  if (file.size > TEXT_LIMIT) throw new Error('it is too large');
  const text = await file.text();
  if (/^\s*</.test(text)) {
    const drawings = readInkml(text);
    if (drawings.length > 1 || drawings[0].label)
      return { symbols: collect(drawings.map((d, i) => ({ ...d, label: labelled(d.label, i) }))) };
    const classes = [{ label: 'drawing', examples: [{ strokes: drawings[0].strokes }] }];
    return { ink: parseSaved({ format: 'oneglyph-support', version: 1, classes })[0].examples[0] };
  }
  let lines;
  try {
    lines = readLines(text);
  } catch {
    return { symbols: fromSaved(text) };
  }
  return { symbols: collect(lines) };
}

/** @param {Blob} file */
async function decode(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error('it is no picture that this browser can read');
  }
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext('2d', { willReadFrequently: true }));
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return context;
}

/**
 * The drawings of a picture: the whole of it first, then what it can be cut into.
 * @param {import('../lib/oneglyph.js').Oneglyph} og
 * @param {Blob} file
 * @returns {Promise<{whole: Ink, pieces: Ink[]}>}
 */
export async function readPicture(og, file) {
  const context = await decode(file);
  const { width, height } = context.canvas;
  const picture = context.getImageData(0, 0, width, height);
  const whole = { image: encodeRaster(og.rasterize(picture)) };
  const boxes = cut(picture);
  /** @type {Ink[]} */
  const pieces = [];
  await each(boxes.length > 1 ? boxes : [], ({ left, top, right, bottom }) => {
    // A little paper around it, so that ink stays the rarer.
    const edge = Math.round(0.25 * Math.max(right - left, bottom - top)) + 2;
    const paper = /** @type {CanvasRenderingContext2D} */ (
      Object.assign(document.createElement('canvas'),
        { width: right - left + 2 * edge, height: bottom - top + 2 * edge }).getContext('2d'));
    paper.fillStyle = paperColour(picture);
    paper.fillRect(0, 0, paper.canvas.width, paper.canvas.height);
    paper.drawImage(context.canvas, left, top, right - left, bottom - top, edge, edge, right - left, bottom - top);
    const piece = paper.getImageData(0, 0, paper.canvas.width, paper.canvas.height);
    pieces.push({ image: encodeRaster(og.rasterize(piece)) });
  });
  return { whole, pieces };
}

/** The middle colour of the border. @param {ImageData} picture */
function paperColour({ data, width, height }) {
  /** @type {number[]} */
  const at = [];
  for (let x = 0; x < width; x++) at.push(x, (height - 1) * width + x);
  const middle = [0, 1, 2].map((c) => at.map((i) => data[4 * i + c]).sort((a, b) => a - b)[at.length >> 1]);
  return data[3] === 0 ? '#fff' : `rgb(${middle.join()})`;
}

/** @param {Ink[]} inks @param {(i: number) => string} name @returns {Symbol[]} */
export function oneEach(inks, name) {
  return inks.map((ink, i) => ({
    key: freshKey(), label: name(i), examples: [{ key: freshKey(), ink }],
  }));
}
