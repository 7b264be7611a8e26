/** The sets: several by name, some to start from, others brought along, and what can be taken away. */
import { oneEach } from './bring.js';
import { carry } from './carry.js';
import { loadJson } from './engine.js';
import { fromKept, keepSets, keptSets, toKept, translated } from './keep.js';
import { button, click, get, make } from './page.js';
import { freshDoc } from './state.js';
import { below } from './trial.js';
import { complain, tr } from './words.js';

/** What a set can be saved as. */
const FORMS = {
  set: 'The set (JSON)',
  svg: 'Drawings (SVG)',
  png: 'Drawings (PNG)',
  lines: 'Drawings (ink, JSON lines)',
  csv: 'Embeddings (CSV)',
  npy: 'Embeddings (NumPy)',
};
const ALIEN = 'Alien alphabet';
const STARTERS = ['Music', 'Map', 'Cards', 'Gestures', ALIEN];
/** Consonants of an alien alphabet's names; the vowels come in turn. */
const SOUNDS = 'kstnhmrwgzdb';

export class Sets {
  #dialog = get('sets', HTMLDialogElement);
  #list = get('set-list', HTMLUListElement);

  /**
   * @param {import('./state.js').Store} store
   * @param {{say: (text: string, undo?: boolean | (() => void)) => void,
   *   og: () => import('../lib/oneglyph.js').Oneglyph | undefined}} actions
   */
  constructor(store, { say, og }) {
    this.store = store;
    this.say = say;
    this.og = og;
    let last = store.doc;
    store.subscribe(() => {
      const { name, symbols } = store.doc;
      // The same symbols under another name: named anew, or that was undone.
      if (name !== last.name && symbols === last.symbols) {
        const { [last.name]: _, ...rest } = keptSets();
        keepSets(rest);
        this.keep();
      }
      last = store.doc;
    });
    click('open-sets', () => this.open());
    get('set-name', HTMLInputElement).addEventListener('change', (event) =>
      this.#rename(/** @type {HTMLInputElement} */ (event.target)));
    click('set-new', () => this.#start('New set', () => []));
    click('print', () => {
      this.#dialog.close();
      print();
    });
  }

  open() {
    this.render();
    get('starters', HTMLDivElement).replaceChildren(...STARTERS.map((name) =>
      button(tr(name), () => this.#start(name, async () => (name === ALIEN ? this.#alien()
        : translated(await loadJson(`sets/${name.toLowerCase()}.json`)))))));
    get('forms', HTMLDivElement).replaceChildren(...Object.entries(FORMS).map(([form, name]) =>
      button(tr(name), () => this.carry(form))));
    this.#dialog.showModal();
  }

  render() {
    const { name } = this.store.doc;
    get('set-name', HTMLInputElement).value = name;
    const others = Object.entries(keptSets()).filter(([other]) => other !== name);
    this.#list.replaceChildren(...others.map(([other, saved]) => this.#item(other, saved)));
    get('set-none', HTMLParagraphElement).hidden = others.length > 0;
  }

  /** @param {string} name @param {any} saved */
  #item(name, saved) {
    const open = button(name, () => {
      try {
        this.#show(name, fromKept(saved), saved.word);
      } catch (error) {
        this.say(tr('{0} cannot be opened: {1}.', name, complain(error)));
      }
    });
    open.dir = 'auto';
    const remove = button('×', () => {
      const sets = keptSets();
      const { [name]: _, ...rest } = sets;
      keepSets(rest);
      this.render();
      this.say(tr('Removed the set “{0}”.', name), () => {
        keepSets({ ...keptSets(), [name]: saved });
        this.render();
      });
    }, tr('Remove the set {0}', name));
    return make('li', {}, open, remove);
  }

  /** One of the sets to start from. @param {string} name @param {() => any} symbols */
  async #start(name, symbols) {
    try {
      const free = this.#freeName(tr(name));
      this.#show(free, await symbols(), free === tr(name) ? name : undefined);
    } catch (error) {
      this.say(tr('{0} cannot be opened: {1}.', tr(name), complain(error)));
    }
  }

  /** Symbols that nobody has seen before, another alphabet each time. */
  #alien() {
    const seed = below(2 ** 31);
    return oneEach([...SOUNDS].flatMap((_, i) => this.og()?.invent(seed, i, 1) ?? []),
      (i) => SOUNDS[i] + 'aeiou'[(seed + i) % 5]);
  }

  /** @param {string} name @param {import('./state.js').Symbol[]} symbols @param {string} [word] */
  #show(name, symbols, word) {
    this.keep();
    this.store.change(freshDoc(name, symbols, word));
    this.keep();
    this.#dialog.close();
    this.say(tr('This is the set “{0}”.', name), true);
  }

  /**
   * Puts new symbols on the board as a set of its own, so that the one that was there is kept. The
   * drawing stays, unless another is given.
   * @param {string} name @param {import('./state.js').Symbol[]} symbols @param {string} text what is said
   * @param {import('./state.js').Ink} [drawing]
   */
  take(name, symbols, text, drawing = this.store.doc.drawing) {
    this.keep();
    this.store.change({ ...freshDoc(this.#freeName(name), symbols), drawing, filed: true });
    this.say(text, true);
  }

  /** The set on the board, under its name. */
  keep() {
    const { name, symbols, word } = this.store.doc;
    const sets = keptSets();
    if (!symbols.length && !(name in sets)) return true;
    return keepSets({ ...sets, [name]: toKept(symbols, word) });
  }

  /** @param {string} name */
  #freeName(name) {
    const sets = keptSets();
    const taken = (/** @type {string} */ n) => n in sets || n === this.store.doc.name;
    for (let i = 1; ; i++) {
      const free = i === 1 ? name : `${name} ${i}`;
      if (!taken(free)) return free;
    }
  }

  /** @param {HTMLInputElement} input */
  #rename(input) {
    const { name } = this.store.doc;
    const wanted = input.value.trim();
    const sets = keptSets();
    if (!wanted || wanted === name) input.value = name;
    else if (wanted in sets) {
      input.value = name;
      this.say(tr('There is already a set called “{0}”.', wanted));
    } else {
      this.store.change({ name: wanted, word: undefined });
    }
  }

  /** @param {string} form */
  async carry(form) {
    const og = this.og();
    if (!this.store.doc.symbols.some((s) => s.examples.length) && form !== 'set')
      return this.say(tr('Draw a symbol first.'));
    if (og) await carry(form, this.store.doc, og);
  }
}
