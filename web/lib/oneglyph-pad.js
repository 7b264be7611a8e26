/**
 * <oneglyph-pad>: a place to draw on that knows symbols, for any page and any form.
 *
 *     <script type="module" src="lib/oneglyph-pad.js"></script>
 *     <oneglyph-pad name="answer" set="symbols.json" label="Draw your answer"></oneglyph-pad>
 *
 * Attributes: `set`, a saved support set; `name`, as of any form field; `label`, what it is called;
 * `threshold`, below which it is none of them; `base`, the folder of the .wasm files and of models/.
 * Events: `answer` after every stroke, whose `detail` is that of SupportSet.classify; `input` and
 * `change` when the value changes; `load` and `error`. Types are in oneglyph-pad.d.ts.
 */
import { OneglyphError } from './errors.js';
import { Oneglyph } from './oneglyph.js';
import { Pen } from './pen.js';

/** @type {Map<string, Promise<Oneglyph>>} one for each base, shared by all pads */
const loaded = new Map();

const STYLE = `
  :host { display: block; width: 240px; aspect-ratio: 1; }
  :host([hidden]) { display: none; }
  canvas { display: block; box-sizing: border-box; width: 100%; height: 100%; box-shadow: inset 0 0 0 1px color-mix(in srgb, currentColor 30%, transparent); border-radius: 12px; touch-action: none; cursor: crosshair; }
  canvas:focus-visible { outline: 2px solid; outline-offset: 2px; }
  :host(:disabled) canvas { opacity: 0.5; pointer-events: none; }
  p { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }`;

export class OneglyphPad extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ['set', 'label'];

  /** @type {number[][][]} */
  #strokes = [];
  /** @type {import('./oneglyph.js').SupportSet | null} */
  #set = null;
  /** @type {import('./oneglyph.js').Answer | null} */
  #answer = null;
  #turn = 0;
  #said = '';
  #canvas = document.createElement('canvas');
  #status = document.createElement('p');
  #internals = this.attachInternals();
  #pen;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    // Not a style element, which strict policies forbid.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute('role', 'img');
    this.#status.setAttribute('role', 'status');
    root.append(this.#canvas, this.#status);
    this.#pen = new Pen(this.#canvas, {
      moved: () => this.#paint(),
      done: (stroke) => this.#changed([...this.#strokes, stroke]),
    });
    this.#canvas.addEventListener('keydown', (event) => {
      if (event.key === 'Backspace') this.undo();
      else if (event.key === 'Escape' || event.key === 'Delete') this.clear();
      else return;
      event.preventDefault();
    });
    new ResizeObserver(() => this.#paint()).observe(this.#canvas);
  }

  connectedCallback() {
    if (!this.#set && !this.hasAttribute('set')) this.#load(null);
  }

  /** @param {string} name @param {string | null} before @param {string | null} value */
  attributeChangedCallback(name, before, value) {
    if (name === 'label') this.#canvas.setAttribute('aria-label', value ?? '');
    else if (value !== before) this.#load(value);
  }

  /** @param {string | null} from where a saved set is; null: an empty one */
  async #load(from) {
    const turn = ++this.#turn;
    try {
      const og = await this.engine;
      const saved = from === null ? null : await this.#fetch(new URL(from, document.baseURI));
      if (turn !== this.#turn) return;
      this.#set?.free();
      this.#set = saved === null ? og.createSupportSet() : await og.loadSupportSetAsync(saved);
      this.#look();
      this.dispatchEvent(new Event('load'));
    } catch (error) {
      this.dispatchEvent(new ErrorEvent('error', { error, message: /** @type {Error} */ (error).message }));
    }
  }

  /** @param {URL} url */
  async #fetch(url) {
    const response = await fetch(url);
    if (!response.ok) throw new OneglyphError('load', `${url}: the server answered ${response.status}`);
    return response.text();
  }

  /** The module with its model, shared by all pads of one base. @returns {Promise<Oneglyph>} */
  get engine() {
    const folder = this.getAttribute('base');
    // Without one the module finds its files itself, as bundlers want it.
    const base = folder === null ? '' : new URL(folder, document.baseURI).href;
    const known = loaded.get(base);
    if (known) return known;
    const loading = Oneglyph.load(base ? { base } : {});
    loading.catch(() => loaded.delete(base));
    loaded.set(base, loading);
    return loading;
  }

  /** The symbols it knows; null until the event `load`. */
  get set() {
    return this.#set;
  }

  /** A copy of what is drawn. */
  get strokes() {
    return structuredClone(this.#strokes);
  }
  set strokes(strokes) {
    this.#changed(structuredClone(strokes));
  }

  /** What the last look said; null while nothing is drawn. */
  get answer() {
    return this.#answer;
  }

  /** The label of what is drawn; '' for none of the symbols, and while nothing is drawn. */
  get value() {
    return this.#answer?.label ?? '';
  }

  get name() {
    return this.getAttribute('name') ?? '';
  }
  get form() {
    return this.#internals.form;
  }

  /** What is drawn is an example of `label` from now on. @param {string} label */
  teach(label) {
    if (!this.#set || !this.#strokes.length) return;
    this.#set.add(label, { strokes: this.#strokes });
    this.#look();
  }

  undo() {
    if (this.#strokes.length) this.#changed(this.#strokes.slice(0, -1));
  }

  clear() {
    if (this.#strokes.length) this.#changed([]);
  }

  /** A form that is reset clears it. */
  formResetCallback() {
    this.clear();
  }

  /** @param {number[][][]} strokes */
  #changed(strokes) {
    this.#strokes = strokes;
    const before = this.value;
    this.#look();
    this.dispatchEvent(new CustomEvent('answer', { detail: this.#answer, bubbles: true }));
    if (this.value === before) return;
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  #look() {
    const threshold = this.hasAttribute('threshold') ? Number(this.getAttribute('threshold')) : NaN;
    this.#answer = this.#set && this.#strokes.some((s) => s.length)
      ? this.#set.classify({ strokes: this.#strokes }, { threshold }) : null;
    this.#internals.setFormValue(this.value);
    if (this.value !== this.#said) this.#status.textContent = this.#said = this.value;
    this.#paint();
  }

  #paint() {
    const context = this.#pen.wipe();
    if (context) this.#pen.trace(context, this.#pen.live ? [...this.#strokes, this.#pen.live] : this.#strokes);
  }
}

if (!customElements.get('oneglyph-pad')) customElements.define('oneglyph-pad', OneglyphPad);
