/**
 * The page's words. English is in the sources, where it is read; another language is a table from
 * the English to its own, loaded only where it is wanted. `{0}`, `{1}` stand for what is put in.
 */

/** Languages by their tags, as they call themselves. */
export const LANGUAGES = { en: 'English', zh: '中文' };
const CHOICE = 'oneglyph.language.1';

/** Without a prototype: what is looked up may be anyone's. @type {Record<string, string>} */
let table = Object.create(null);
/** @type {keyof typeof LANGUAGES} */
let spoken = 'en';

export function language() {
  return spoken;
}

/** @param {string} text @param {...(string | number)} values */
export function tr(text, ...values) {
  return (table[text] ?? text).replace(/\{(\d)\}/g, (_, i) => String(values[i]));
}

/** @param {string} message @returns {string} */
function said(message) {
  /** @type {string[]} */
  const values = [];
  const known = message.replace(/\d+/g, (number) => `{${values.push(number) - 1}}`);
  const [first, ...rest] = message.split(': ');
  return known in table || !rest.length ? tr(known, ...values) : `${said(first)}: ${said(rest.join(': '))}`;
}

/**
 * What went wrong, in the reader's language: errors are thrown in English and name places and
 * numbers, so what is known of one is looked up without them.
 * @param {unknown} error
 */
export const complain = (error) => said(error instanceof Error ? error.message : String(error));

function wanted() {
  let chosen;
  try {
    chosen = localStorage.getItem(CHOICE);
  } catch {
    chosen = null; // storage is switched off
  }
  const first = [chosen, ...navigator.languages].find((tag) => tag && tag.slice(0, 2) in LANGUAGES);
  return /** @type {keyof typeof LANGUAGES} */ (first?.slice(0, 2) ?? 'en');
}

/** Loads the table of this reader's language and puts it into the document. */
export async function speak() {
  spoken = wanted();
  document.documentElement.lang = spoken === 'zh' ? 'zh-Hans' : spoken;
  if (spoken === 'en') return;
  Object.assign(table, (await import('./words-zh.js')).default);
  document.title = tr(document.title);
  translate(document.body);
}

const ATTRIBUTES = ['aria-label', 'placeholder', 'title'];

/** @param {Element} root */
function translate(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node; (node = walker.nextNode()); )
    if (node instanceof Element) {
      for (const name of ATTRIBUTES) {
        const text = node.getAttribute(name);
        if (text && table[text]) node.setAttribute(name, table[text]);
      }
    } else {
      const text = node.nodeValue?.trim() ?? '';
      if (table[text]) node.nodeValue = node.nodeValue?.replace(text, table[text]) ?? '';
    }
}

/** Takes another language from now on. @param {string} tag */
export function choose(tag) {
  try {
    localStorage.setItem(CHOICE, tag);
  } catch {
    return;
  }
  location.reload();
}
