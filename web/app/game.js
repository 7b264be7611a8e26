/** The 20-way one-shot test as a game: who finds a symbol in another hand, you, the net, or pixels? */
import { paintThumbnail } from './ink.js';
import { wilson } from './interval.js';
import { openOmniglot } from './omniglot.js';
import { button, click, get, make, saveAs } from './page.js';
import { escaped, savePng, toImage } from './svg.js';
import { answers, invent, WAY } from './trial.js';
import { complain, tr } from './words.js';

/** Trials of a game. */
const TRIALS = 10;
/** The right answer is shown for so long, in milliseconds. */
const PAUSE = 900;

/** @typedef {import('./trial.js').Trial} Trial */

let game = 0;

/** @param {number} right @param {number} all */
function share(right, all) {
  const [low, high] = wilson(right, all).map((part) => Math.round(100 * part));
  return tr('{0} of {1}: {2} % (95 %: {3} to {4})', right, all, Math.round((100 * right) / Math.max(1, all)), low, high);
}

/**
 * The result as a picture to show around.
 * @param {string} title @param {string} what was played
 * @param {[who: string, what: string, share: number][]} lines
 */
function card(title, what, lines) {
  const text = (/** @type {number} */ y, /** @type {string} */ words, more = '') =>
    `<text x="32" y="${y}" fill="#211e1a" ${more}>${escaped(words)}</text>`;
  const rows = lines.map(([who, right, part], i) => {
    const y = 130 + 58 * i;
    const bar = (/** @type {number} */ width, /** @type {string} */ colour) =>
      `<rect x="32" y="${y + 10}" width="${width}" height="8" rx="4" fill="${colour}"/>`;
    return text(y, `${who}: ${right}`, 'font-size="17"') + bar(576, '#e2dacb') + bar(576 * part, '#b83216');
  });
  return toImage(640, 130 + 58 * lines.length, '#f6f2ea', text(54, title, 'font-size="28" font-family="serif" font-weight="bold"')
    + text(86, `Oneglyph. ${what}`, 'font-size="15"') + rows.join(''));
}

/** @typedef {{name: string, next: () => Trial | Promise<Trial>}} Source of trials */
/** @typedef {import('../lib/oneglyph.js').Oneglyph} Oneglyph */

let listening = false;

/** @param {Oneglyph | undefined} og @param {Source} [source] */
export function play(og, source) {
  if (!og) return;
  const dialog = get('game', HTMLDialogElement);
  if (!dialog.open) dialog.showModal();
  if (!listening) listenToFile(og);
  new Game(og, source ?? { name: tr('{0} made-up symbols', WAY), next: () => invent(og) }).next();
}

/** The reader's own copy of Omniglot. @param {Oneglyph} og */
function listenToFile(og) {
  listening = true;
  const input = get('game-file', HTMLInputElement);
  click('game-omniglot', () => input.click());
  input.addEventListener('change', async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    const said = get('game-said', HTMLParagraphElement);
    said.textContent = tr('Reading {0} …', file.name);
    try {
      play(og, { name: file.name, next: await openOmniglot(file, og) });
    } catch (error) {
      said.textContent = tr('{0} cannot be opened: {1}.', file.name, complain(error));
    }
    input.value = '';
  });
}

class Game {
  #number = ++game;
  #right = { you: 0, net: 0, pixels: 0 };
  /** @type {number[]} */
  #seconds = [];
  #done = 0;
  #said = get('game-said', HTMLParagraphElement);
  #choices = get('game-choices', HTMLDivElement);

  /** @param {Oneglyph} og @param {Source} source */
  constructor(og, source) {
    this.og = og;
    this.source = source;
    get('game-card', HTMLDivElement).replaceChildren();
    const trial = get('game-trial', HTMLDivElement);
    trial.hidden = false;
    trial.dataset.source = source.name;
    this.#choices.replaceChildren();
    this.#said.textContent = tr('Find the symbol in the other hand.');
  }

  get #over() {
    return this.#number !== game || !get('game', HTMLDialogElement).open;
  }

  async next() {
    if (this.#over) return;
    if (this.#done === TRIALS) return this.#finish();
    const trial = await this.source.next();
    if (this.#over) return;
    paintThumbnail(get('game-query', HTMLCanvasElement), trial.query, 150);
    this.#choices.replaceChildren(...trial.choices.map((ink, i) => {
      const item = button('', () => this.#choose(trial, i, start), tr('Symbol {0} of {1}', i + 1, WAY));
      const canvas = make('canvas');
      paintThumbnail(canvas, ink, 64);
      item.append(canvas);
      return item;
    }));
    const start = performance.now();
  }

  /** @param {Trial} trial @param {number} chosen @param {number} start */
  #choose(trial, chosen, start) {
    this.#seconds.push((performance.now() - start) / 1000);
    const { net, pixels } = answers(this.og, trial);
    this.#done++;
    this.#right.you += Number(chosen === trial.truth);
    this.#right.net += Number(net === trial.truth);
    this.#right.pixels += Number(pixels === trial.truth);
    [...this.#choices.children].forEach((item, i) => {
      /** @type {HTMLButtonElement} */ (item).disabled = true;
      if (i === trial.truth) item.classList.add('right');
      else if (i === chosen) item.classList.add('wrong');
    });
    const mark = (/** @type {number} */ answer) => (answer === trial.truth ? '✓' : '✗');
    this.#said.textContent = tr('{0} of {1}. You {2}, the net {3}, pixels {4}', this.#done, TRIALS, mark(chosen), mark(net), mark(pixels));
    setTimeout(() => this.next(), PAUSE);
  }

  #finish() {
    const { you, net, pixels } = this.#right;
    const middle = [...this.#seconds].sort((a, b) => a - b)[this.#seconds.length >> 1];
    /** @type {[who: string, what: string, share: number][]} */
    const lines = [
      [tr('You'), `${share(you, TRIALS)}, ${tr('{0} s each', middle.toFixed(1))}`, you / TRIALS],
      [tr('The net'), share(net, TRIALS), net / TRIALS],
      [tr('Pixels, nearest neighbour'), share(pixels, TRIALS), pixels / TRIALS],
      [tr('People on Omniglot (Lake and others 2015)'), '95.5 %', 0.955],
      [tr('Bouma on himself'), '97.2 %', 0.972],
    ];
    const title = tr('{0}: one example of each, another hand', this.source.name);
    const table = make('table', {}, make('caption', { textContent: title }),
      make('tbody', {}, ...lines.map(([who, what]) =>
        make('tr', {}, make('th', { scope: 'row', textContent: who }), make('td', { textContent: what })))));
    const picture = card(tr('You against the machine'), title, lines);
    get('game-trial', HTMLDivElement).hidden = true;
    this.#said.textContent = you > net ? tr('You won.') : you < net ? tr('The net won.') : tr('A draw.');
    get('game-card', HTMLDivElement).replaceChildren(table, make('div', { className: 'row' },
      button(tr('Play again'), () => play(this.og, this.source)),
      button(tr('As a picture (PNG)'), () => savePng(picture, 'oneglyph-result.png')),
      button(tr('As a drawing (SVG)'), () => saveAs(picture, 'oneglyph-result.svg', 'image/svg+xml')),
      button(tr('Print'), () => print())));
  }
}
