/**
 * Keeping what was drawn in this browser: the session, and sets by name. Whatever comes back is read
 * by the module's strict reader, as nobody knows who wrote it.
 */
import { parseSaved } from '../lib/oneglyph.js';
import { freshDoc, freshKey, NOTHING } from './state.js';
import { tr } from './words.js';

const SESSION = 'oneglyph.session.1';
const SETS = 'oneglyph.sets.1';

/** @typedef {import('./state.js').Doc} Doc */
/** @typedef {import('./state.js').Symbol} Symbol */

/** @param {Symbol[]} symbols */
export function toSaved(symbols) {
  return {
    format: 'oneglyph-support',
    version: 1,
    classes: symbols.map(({ label, examples }) => ({ label, examples: examples.map((e) => e.ink) })),
  };
}

/** @param {unknown} saved @returns {Symbol[]} */
export function fromSaved(saved) {
  return parseSaved(saved).map(({ label, examples }) => ({
    key: freshKey(),
    label,
    examples: examples.map((ink) => ({ key: freshKey(), ink })),
  }));
}

/** @param {string} key @returns {any} */
function read(key) {
  return JSON.parse(localStorage.getItem(key) ?? 'null') ?? {};
}

/**
 * Autosave. False if the browser refuses: no room, or storage is switched off.
 * @param {Doc} doc
 */
export function keepSession(doc) {
  try {
    const { symbols, ...rest } = doc;
    localStorage.setItem(SESSION, JSON.stringify({ ...rest, set: toSaved(symbols) }));
    return true;
  } catch {
    return false;
  }
}

/** A set that the page brought along, in the reader's words. @param {Symbol[]} symbols */
export const translated = (symbols) => symbols.map((s) => ({ ...s, label: tr(s.label) }));

/**
 * The greeting: a few symbols and a query, so that the page is alive before anyone has drawn.
 * @param {any} saved sets/greeting.json
 * @returns {Doc}
 */
export const greet = (saved) => ({
  ...freshDoc(tr('My symbols'), translated(fromSaved(saved))), drawing: saved.drawing, filed: true,
});

/** What was autosaved; null if there is nothing or it is broken. @returns {Doc | null} */
export function lastSession() {
  try {
    const { drawing, filed, set, name, queries, tally } = read(SESSION);
    const fresh = freshDoc(isName(name) ? name : tr('My symbols'), fromSaved(set));
    const session = { ...fresh, drawing: checkedDrawing(drawing) ?? NOTHING, filed: filed === true };
    return { ...session, ...checkedQueries(queries, tally) };
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
    return null;
  }
}

/** @param {any} queries @param {any} tally */
function checkedQueries(queries, tally) {
  const whole = (/** @type {unknown} */ n) => Number.isSafeInteger(n) && Number(n) >= 0;
  if (!Array.isArray(queries) || !whole(tally?.right) || !whole(tally?.all)) return {};
  const good = queries.slice(-12).flatMap((query) => {
    const ink = checkedDrawing(query?.ink);
    const words = typeof query?.said === 'string' && typeof query?.was === 'string';
    return ink && words ? [{ ink, said: query.said, was: query.was }] : [];
  });
  return { queries: good, tally: { right: Math.min(tally.right, tally.all), all: tally.all } };
}

/** @param {unknown} name */
function isName(name) {
  return typeof name === 'string' && name !== '' && name.length <= 200;
}

/** The named sets as they are kept, in the order they came. @returns {Record<string, unknown>} */
export function keptSets() {
  try {
    return Object.fromEntries(Object.entries(read(SETS)).filter(([name]) => isName(name)));
  } catch {
    return {};
  }
}

/** False if there is no room. @param {Record<string, unknown>} sets */
export function keepSets(sets) {
  try {
    localStorage.setItem(SETS, JSON.stringify(sets));
    return true;
  } catch {
    return false;
  }
}
