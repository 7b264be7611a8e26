/** The verdict: what it is, how sure, and why; every line of it is a one-tap correction. */
import { paintThumbnail } from './ink.js';
import { tr } from './words.js';

/** Lines shown. */
const LINES = 6;

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is missing`);
  return found;
}

/** @param {number} share */
export function percent(share) {
  const value = share * 100;
  if (value > 99.4 && share < 1) return '99 %';
  return value > 0 && value < 0.6 ? '<1 %' : `${Math.round(value)} %`;
}

/** How sure that is. @param {number} share */
function surely(share) {
  if (share > 0.97) return tr('Surely');
  if (share > 0.8) return tr('Very likely');
  return share > 0.5 ? tr('Probably') : tr('Perhaps');
}

/** How alike a cosine makes two drawings. @param {number} cosine @param {number} threshold */
function alike(cosine, threshold) {
  if (cosine > 0.95) return tr('nearly the same as');
  if (cosine > (1 + threshold) / 2) return tr('much like');
  if (cosine > threshold) return tr('like');
  return cosine > threshold / 2 ? tr('a little like') : tr('hardly like');
}

export class Verdict {
  #title = element('verdict-title');
  #why = element('verdict-why');
  #list = element('ranking');
  #teach = element('teach');
  #said = '';
  #settle = 0;

  /** @param {{teach: (key: string) => void}} actions */
  constructor(actions) {
    this.#list.addEventListener('click', (event) => {
      const line = /** @type {Element} */ (event.target).closest('li[data-key]');
      if (line instanceof HTMLElement && line.dataset.key) actions.teach(line.dataset.key);
    });
  }

  /**
   * Says a line; while the pen moves the title changes at once but is announced when it rests.
   * @param {string} pattern with {0} for the name @param {string} [name]
   */
  #say(pattern, name = '') {
    const [before, after = ''] = pattern.split('{0}');
    const text = before + name + after;
    if (text === this.#said) return;
    this.#said = text;
    const strong = document.createElement('em');
    const bdi = document.createElement('bdi');
    bdi.textContent = name;
    strong.append(bdi);
    this.#title.setAttribute('aria-busy', 'true');
    this.#title.replaceChildren(before, ...(name ? [strong] : []), after);
    clearTimeout(this.#settle);
    this.#settle = window.setTimeout(() => this.#title.setAttribute('aria-busy', 'false'), 400);
  }

  /** @param {string} title @param {string} why */
  message(title, why) {
    this.#say(title);
    this.#why.textContent = why;
    this.#list.replaceChildren();
    this.#teach.hidden = true;
  }

  /**
   * @param {import('../lib/oneglyph.js').Answer} answer
   * @param {Map<string, import('./state.js').Symbol>} symbols by key
   * @param {import('./recogniser.js').Recogniser} recogniser
   * @param {string} measure what the similarity is
   */
  show(answer, symbols, recogniser, measure) {
    const best = answer.ranking[0];
    if (!best) return;
    const symbol = /** @type {import('./state.js').Symbol} */ (symbols.get(best.label));
    const number = symbol.examples.findIndex((e) => e === recogniser.example(best.nearest)) + 1;
    const which = symbol.examples.length > 1 ? tr('{0} no. {1}', symbol.label, number) : symbol.label;
    const { threshold } = recogniser.og.info;
    const cosine = best.similarity.toFixed(2);
    if (answer.label === null) {
      this.#say(tr('None of these'));
      this.#why.textContent = tr('Closest: {0}, but not close (cosine {1}).', symbol.label, cosine);
    } else {
      this.#say(tr('It is {0}', '{0}'), symbol.label);
      this.#why.textContent = tr('{0}: {1} your {2} ({3} {4}).', surely(best.probability),
        alike(best.similarity, threshold), which, measure, cosine);
    }
    this.#teach.hidden = false;
    this.#lines(answer, symbols, recogniser);
  }

  /**
   * @param {import('../lib/oneglyph.js').Answer} answer
   * @param {Map<string, import('./state.js').Symbol>} symbols
   * @param {import('./recogniser.js').Recogniser} recogniser
   */
  #lines(answer, symbols, recogniser) {
    const shown = answer.ranking.slice(0, LINES);
    while (this.#list.children.length > shown.length + 1) this.#list.firstElementChild?.remove();
    if (!this.#list.lastElementChild) this.#list.append(noneLine());
    while (this.#list.children.length < shown.length + 1) this.#list.prepend(line());
    shown.forEach((match, i) => {
      const item = /** @type {HTMLElement} */ (this.#list.children[i]);
      const symbol = symbols.get(match.label);
      const example = recogniser.example(match.nearest);
      if (!symbol || !example) return;
      item.className = i === 0 && answer.label !== null ? 'best' : '';
      item.dataset.key = match.label;
      const name = /** @type {HTMLElement} */ (item.querySelector('.label'));
      name.textContent = symbol.label;
      setShare(item, match.probability);
      item.firstElementChild?.setAttribute('aria-label',
        tr('{0}, {1}. It was that: teach it.', symbol.label, percent(match.probability)));
      const canvas = /** @type {HTMLCanvasElement} */ (item.querySelector('canvas'));
      if (canvas.dataset.example === example.key) return;
      canvas.dataset.example = example.key;
      paintThumbnail(canvas, example.ink, 40);
    });
    setShare(/** @type {HTMLElement} */ (this.#list.lastElementChild), answer.none);
  }

  /** Paints thumbnails anew, in the colours of now. */
  repaint() {
    this.#list.replaceChildren();
  }
}

/** @param {HTMLElement} item @param {number} share */
function setShare(item, share) {
  item.style.setProperty('--share', share.toFixed(3));
  const text = item.querySelector('.percent');
  if (text) text.textContent = percent(share);
}

/** @param {string} className */
function span(className, text = '') {
  const made = document.createElement('span');
  made.className = className;
  made.textContent = text;
  return made;
}

function line() {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  const label = span('label');
  label.dir = 'auto';
  button.append(document.createElement('canvas'), label, span('percent'), span('bar'));
  item.append(button);
  return item;
}

function noneLine() {
  const item = document.createElement('li');
  const box = document.createElement('div');
  box.className = 'none';
  const empty = span('phone-less');
  empty.setAttribute('aria-hidden', 'true');
  box.append(empty, span('label', tr('none of these')), span('percent'), span('bar'));
  item.append(box);
  return item;
}
