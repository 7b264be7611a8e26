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

/**
 * As it is kept here: with the words behind the names that the page gave, so that they are said in
 * the language that is spoken when it is read.
 * @param {Symbol[]} symbols @param {string} [word] behind the set's own name
 */
export const toKept = (symbols, word) => ({
  ...toSaved(symbols),
  word,
  words: Object.fromEntries(symbols.flatMap((s) => (s.word ? [[s.label, s.word]] : []))),
});

/** A name in the language of now, unless another has that already. @param {string} name @param {unknown} word @param {{has: (name: string) => boolean}} taken */
function today(name, word, taken) {
  const now = isName(word) ? tr(word) : name;
  return taken.has(now) ? name : now;
}

/** @param {any} kept @returns {Symbol[]} */
export function fromKept(kept) {
  const symbols = fromSaved(kept);
  const words = new Map(Object.entries(kept.words ?? {}));
  const taken = new Set(symbols.map((s) => s.label));
  return symbols.map((s) => {
    const word = words.get(s.label);
    if (!isName(word)) return s;
    const label = today(s.label, word, taken);
    taken.add(label);
    return { ...s, label, word };
  });
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
    const { symbols, word, ...rest } = doc;
    localStorage.setItem(SESSION, JSON.stringify({ ...rest, set: toKept(symbols, word) }));
    return true;
  } catch {
    return false;
  }
}

/** A set that the page brought along, in the reader's words. @param {unknown} saved @returns {Symbol[]} */
export const translated = (saved) => fromSaved(saved).map((s) => ({ ...s, word: s.label, label: tr(s.label) }));

/**
 * The greeting: a few symbols and a query, so that the page is alive before anyone has drawn.
 * @param {any} saved sets/greeting.json
 * @returns {Doc}
 */
export const greet = (saved) => ({
  ...freshDoc(tr('My symbols'), translated(saved), 'My symbols'), drawing: saved.drawing, filed: true,
});

/** What was autosaved; null if there is nothing or it is broken. @returns {Doc | null} */
export function lastSession() {
  try {
    const { drawing, filed, set, name, queries, tally } = read(SESSION);
    const symbols = fromKept(set);
    const word = isName(set.word) ? set.word : undefined;
    const fresh = isName(name) ? freshDoc(today(name, word, keptNames(word)), symbols, word)
      : freshDoc(tr('My symbols'), symbols, 'My symbols');
    const session = { ...fresh, drawing: checkedDrawing(drawing) ?? NOTHING, filed: filed === true };
    /** What was said of a drawing, too. */
    const now = new Map(symbols.map((s, i) => [set.classes[i].label, s.label]));
    return { ...session, ...checkedQueries(queries, tally, (label) => now.get(label) ?? label) };
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

/** @param {any} queries @param {any} tally @param {(label: string) => string} now */
function checkedQueries(queries, tally, now) {
  const whole = (/** @type {unknown} */ n) => Number.isSafeInteger(n) && Number(n) >= 0;
  if (!Array.isArray(queries) || !whole(tally?.right) || !whole(tally?.all)) return {};
  const good = queries.slice(-12).flatMap((query) => {
    const ink = checkedDrawing(query?.ink);
    const words = typeof query?.said === 'string' && typeof query?.was === 'string';
    return ink && words ? [{ ink, said: now(query.said), was: now(query.was) }] : [];
  });
  return { queries: good, tally: { right: Math.min(tally.right, tally.all), all: tally.all } };
}

/** @param {unknown} name @returns {name is string} */
function isName(name) {
  return typeof name === 'string' && name !== '' && name.length <= 200;
}

/**
 * What the sets were called when they were kept, but for the one with this word behind its name: it
 * is the same in whatever language it was kept.
 * @param {string} [word]
 */
function keptNames(word) {
  try {
    return new Set(Object.entries(read(SETS)).filter(([, kept]) => !word || kept?.word !== word).map(([name]) => name));
  } catch {
    return new Set();
  }
}

/** The named sets as they are kept, in the order they came. @returns {Record<string, any>} */
export function keptSets() {
  try {
    const taken = keptNames();
    return Object.fromEntries(Object.entries(read(SETS)).filter(([name]) => isName(name))
      .map(([name, kept]) => [today(name, kept?.word, taken), kept]));
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
