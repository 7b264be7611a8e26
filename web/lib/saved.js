/** The saved support set (format "oneglyph-support"): checked strictly, because files are hostile. */
import { OneglyphError } from './errors.js';
import { checkStrokes, copyStrokes, openDataUrl } from './drawing.js';

export const MAX_CLASSES = 10000;
export const MAX_EXAMPLES = 1 << 16;
export const MAX_LABEL = 1000;
/** Of a saved set as text. */
export const MAX_TEXT = 1 << 28;

/**
 * Labels are strings for ever: not empty, whole Unicode, and without the zero character, so that
 * every program reads the same label.
 * @param {unknown} label
 * @returns {string}
 */
export function checkLabel(label) {
  if (typeof label !== 'string') throw new OneglyphError('label', 'a label must be a string');
  if (label === '') throw new OneglyphError('label', 'a label must not be empty');
  if (label.length > MAX_LABEL)
    throw new OneglyphError('label', `a label has at most ${MAX_LABEL} characters`);
  if (/\0|\p{Surrogate}/u.test(label))
    throw new OneglyphError('label', 'a label must be whole Unicode text without a zero');
  return label;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} example
 * @returns {{strokes: number[][][]} | {image: string}}
 */
function parseExample(example) {
  if (!isObject(example)) throw new OneglyphError('format', 'must be an object');
  const hasStrokes = Object.hasOwn(example, 'strokes');
  if (hasStrokes === Object.hasOwn(example, 'image'))
    throw new OneglyphError('format', 'must have either "strokes" or "image"');
  if (!hasStrokes) {
    if (typeof example.image !== 'string')
      throw new OneglyphError('format', '"image" must be a data URL');
    openDataUrl(example.image);
    return { image: example.image };
  }
  if (checkStrokes(example.strokes) === 0) throw new OneglyphError('empty', 'nothing is drawn');
  return { strokes: copyStrokes(/** @type {number[][][]} */ (example.strokes)) };
}

/**
 * @param {unknown} entry
 * @param {Set<string>} seen
 */
function parseClass(entry, seen) {
  if (!isObject(entry) || !Array.isArray(entry.examples))
    throw new OneglyphError('format', 'must have a "label" and "examples"');
  const label = checkLabel(entry.label);
  if (seen.has(label)) throw new OneglyphError('format', 'has the label of an earlier class');
  seen.add(label);
  const examples = entry.examples.map((example, i) =>
    placed(`example ${i + 1}`, () => parseExample(example)),
  );
  return { label, examples };
}

/**
 * Runs `work`; its error says where it happened.
 * @template T
 * @param {string} place
 * @param {() => T} work
 * @returns {T}
 */
export function placed(place, work) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OneglyphError)) throw error;
    throw new OneglyphError(error.code, `${place}: ${error.message}`, error);
  }
}

/**
 * Checks a saved set, given as text or as what JSON.parse made of it, and returns a clean copy.
 * Nothing is kept of the argument, and a set with any fault is refused as a whole.
 * @param {unknown} saved
 */
export function parseSaved(saved) {
  if (typeof saved === 'string') {
    if (saved.length > MAX_TEXT) throw new OneglyphError('too-large', 'the saved set is too large');
    try {
      saved = JSON.parse(saved);
    } catch (cause) {
      throw new OneglyphError('format', 'the saved set is not JSON', cause);
    }
  }
  if (!isObject(saved) || saved.format !== 'oneglyph-support')
    throw new OneglyphError('format', 'not a saved support set ("format": "oneglyph-support")');
  if (saved.version !== 1)
    throw new OneglyphError('unsupported', 'saved by a newer version of Oneglyph; update this one');
  if (!Array.isArray(saved.classes)) throw new OneglyphError('format', '"classes" must be an array');
  if (saved.classes.length > MAX_CLASSES)
    throw new OneglyphError('too-large', `a set has at most ${MAX_CLASSES} classes`);
  const total = saved.classes.reduce((sum, c) => sum + (Array.isArray(c?.examples) ? c.examples.length : 0), 0);
  if (total > MAX_EXAMPLES)
    throw new OneglyphError('too-large', `a set has at most ${MAX_EXAMPLES} examples`);
  const seen = new Set();
  return saved.classes.map((entry, i) => placed(`class ${i + 1}`, () => parseClass(entry, seen)));
}
