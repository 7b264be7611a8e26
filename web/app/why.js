/** Why: the drawing beside the example most like it, and the map of all examples. */
import { compare } from './heat.js';
import { thumbnail } from './ink.js';
import { get } from './page.js';
import { tr } from './words.js';

/** The heat map waits until the pen has rested for so long, in milliseconds. */
const REST = 350;
/** Size of a drawing on the map in CSS pixels, and how many there may be before they are dots. */
const [THUMB, CROWD] = [24, 120];

export class Why {
  #details = get('why', HTMLDetailsElement);
  #map = get('map', HTMLCanvasElement);
  #turn = 0;
  #timer = 0;
  /** @type {{places: Map<number, [number, number]>, place: (e: Float32Array) => [number, number]} | null} */
  #places = null;
  /** What it was made of. @type {unknown} */
  #symbols = null;
  /** @type {unknown} */
  #set = null;
  /** @type {Map<string, HTMLCanvasElement>} thumbnails by keys of examples */
  #thumbs = new Map();
  #last = /** @type {(() => void) | null} */ (null);

  constructor() {
    this.#details.addEventListener('toggle', () => this.#last?.());
  }

  /** Nothing to explain. */
  clear() {
    this.#turn++;
    clearTimeout(this.#timer);
    this.#last = null;
  }

  /** In the colours of now. */
  repaint() {
    this.#thumbs.clear();
    this.#last?.();
  }

  /**
   * @param {import('./state.js').Ink} ink
   * @param {import('./state.js').Symbol[]} symbols
   * @param {import('./recogniser.js').Recogniser} recogniser
   * @param {import('../lib/oneglyph.js').Answer} answer
   */
  show(ink, symbols, recogniser, answer) {
    this.clear();
    this.#last = () => this.show(ink, symbols, recogniser, answer);
    const example = recogniser.example(answer.ranking[0]?.nearest ?? 0);
    if (!this.#details.open || !example) return;
    this.#paintMap(symbols, recogniser, example.key);
    const turn = this.#turn;
    this.#timer = window.setTimeout(async () => {
      delete this.#details.dataset.done;
      const two = /** @type {[import('./state.js').Ink, HTMLCanvasElement][]} */ ([
        [ink, get('why-query', HTMLCanvasElement)],
        [example.ink, get('why-nearest', HTMLCanvasElement)],
      ]);
      if (turn === this.#turn && (await compare(recogniser.og, two, () => turn !== this.#turn)))
        this.#details.dataset.done = '';
    }, REST);
  }

  /**
   * @param {import('./state.js').Symbol[]} symbols
   * @param {import('./recogniser.js').Recogniser} recogniser
   * @param {string} nearest key of the example most like the drawing
   */
  #paintMap(symbols, recogniser, nearest) {
    if (this.#symbols !== symbols || this.#set !== recogniser.set || !this.#places) {
      this.#places = recogniser.set.map();
      this.#symbols = symbols;
      this.#set = recogniser.set;
      this.#map.setAttribute('aria-label', tr('Map of {0} examples: those that are alike lie near each other', this.#places.places.size));
    }
    const { places, place } = this.#places;
    const density = Math.min(3, devicePixelRatio || 1);
    const size = this.#map.clientWidth * density;
    if (!size) return;
    this.#map.width = this.#map.height = size;
    const context = this.#map.getContext('2d');
    if (!context) return;
    const all = [...places.values()].flat().map(Math.abs);
    const reach = all.reduce((a, b) => Math.max(a, b), 0.1) * 1.15;
    const clamp = (/** @type {number} */ v) => Math.max(-1, Math.min(1, v / reach));
    const half = THUMB / 2 * density;
    const at = (/** @type {[number, number]} */ [x, y]) =>
      [x, y].map((v) => size / 2 + clamp(v) * (size / 2 - half - 4));
    const { color, caretColor } = getComputedStyle(this.#map);
    for (const [id, where] of places) {
      const example = recogniser.example(id);
      if (!example) continue;
      const [x, y] = at(where);
      context.globalAlpha = example.key === nearest ? 1 : 0.6;
      if (places.size > CROWD) {
        context.fillStyle = color;
        context.fillRect(x - density, y - density, 2 * density, 2 * density);
      } else context.drawImage(this.#thumb(example), x - half, y - half, 2 * half, 2 * half);
    }
    const [x, y] = at(place(recogniser.embedding));
    context.globalAlpha = 1;
    context.strokeStyle = caretColor;
    context.lineWidth = 2.5 * density;
    context.beginPath();
    context.arc(x, y, half, 0, 2 * Math.PI);
    context.stroke();
  }

  /** @param {import('./state.js').Example} example */
  #thumb({ key, ink }) {
    const known = this.#thumbs.get(key);
    if (known) return known;
    const made = thumbnail(ink, THUMB);
    this.#thumbs.set(key, made);
    return made;
  }
}
