/** The verdict: what it is, how sure, and why; every line of it is a one-tap correction. */
import { paintThumbnail } from './ink.js';
import { matchStrokes } from './match.js';
import { get, make } from './page.js';
import { tr } from './words.js';

/** Lines shown. */
const LINES = 6;
/** Size of the drawing and its nearest example side by side, in CSS pixels. */
const PAIR = 88;

/** @typedef {import('./state.js').Ink} Ink */

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
  #title = get('verdict-title', HTMLHeadingElement);
  #why = get('verdict-why', HTMLParagraphElement);
  #list = get('ranking', HTMLOListElement);
  #teach = get('teach', HTMLParagraphElement);
  #pair = get('pair', HTMLDivElement);
  /** The pair's colours. @type {{color: string, colours: string[]} | null} */
  #look = null;
  /** Paints that pair. @type {() => void} */
  #again = () => {};
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
    const strong = make('em', {}, make('bdi', { textContent: name }));
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
    this.#teach.hidden = this.#pair.hidden = true;
    this.#again = () => {};
  }

  /**
   * @param {import('../lib/oneglyph.js').Answer} answer
   * @param {Map<string, import('./state.js').Symbol>} symbols by key
   * @param {import('./recogniser.js').Recogniser} recogniser
   * @param {string} measure what the similarity is
   * @param {Ink} ink what was looked at
   */
  show(answer, symbols, recogniser, measure, ink) {
    const best = answer.ranking[0];
    if (!best) return;
    const symbol = /** @type {import('./state.js').Symbol} */ (symbols.get(best.label));
    const nearest = recogniser.example(best.nearest);
    const number = symbol.examples.findIndex((e) => e === nearest) + 1;
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
    this.#again = () => void (nearest && this.#compare(ink, nearest.ink, which));
    this.#again();
    this.#lines(answer, symbols, recogniser);
  }

  /**
   * The drawing beside the example most like it; strokes that match have one number and colour.
   * @param {Ink} ink @param {Ink} nearest @param {string} name of that
   */
  #compare(ink, nearest, name) {
    const both = 'strokes' in ink && 'strokes' in nearest;
    const [mine, theirs] = both ? matchStrokes(ink.strokes, nearest.strokes) : [[], []];
    const [first, second] = /** @type {HTMLCollectionOf<HTMLCanvasElement>} */ (this.#pair.getElementsByTagName('canvas'));
    if (!this.#look) { // asked once: while bars move, asking makes a browser lay out the page
      const style = getComputedStyle(this.#pair);
      this.#look = { color: style.color, colours: style.getPropertyValue('--strokes').trim().split(' ') };
    }
    paintThumbnail(first, ink, PAIR, { ...this.#look, numbers: mine });
    paintThumbnail(second, nearest, PAIR, { ...this.#look, numbers: theirs });
    this.#pair.hidden = false;
    this.#pair.setAttribute('aria-label', both
      ? tr('Beside {0}: {1} of {2} strokes match', name, mine.filter((n) => n !== undefined).length, ink.strokes.length)
      : tr('Beside {0}', name));
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
    this.#look = null;
    this.#again();
  }
}

/** @param {HTMLElement} item @param {number} share */
function setShare(item, share) {
  item.style.setProperty('--share', share.toFixed(3));
  const text = item.querySelector('.percent');
  if (text) text.textContent = percent(share);
}

/** @param {string} className @param {string} [textContent] */
const span = (className, textContent = '') => make('span', { className, textContent });

function line() {
  const label = span('label');
  label.dir = 'auto';
  return make('li', {}, make('button', { type: 'button' }, make('canvas'), label, span('percent'), span('bar')));
}

function noneLine() {
  const empty = span('phone-less');
  empty.setAttribute('aria-hidden', 'true');
  return make('li', {}, make('div', { className: 'none' },
    empty, span('label', tr('none of these')), span('percent'), span('bar')));
}
