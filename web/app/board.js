/** The board: a row for every symbol, with its name, its examples, and what can be done. */
import { listenToDrags } from './drag.js';
import { thumbnail } from './ink.js';
import { button, make } from './page.js';
import { isEmpty } from './state.js';
import { tr } from './words.js';

/** @typedef {import('./state.js').Symbol} Symbol */

export class Board {
  /** @type {Map<string, {symbol: Symbol, row: HTMLElement}>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {import('./state.js').Store} store
   * @param {{teach: (key: string) => void, say: (text: string, undo?: boolean) => void}} actions
   */
  constructor(list, store, actions) {
    this.list = list;
    this.store = store;
    this.actions = actions;
    store.subscribe(() => this.render());
    listenToDrags(list, {
      row: (key, before) => this.#moveBefore(key, before),
      example: (key, example, into) => this.#moveExample(key, example, into),
    });
  }

  /** Makes rows of what changed, and leaves the others alone. */
  render() {
    const rows = new Map();
    const empty = isEmpty(this.store.doc.drawing);
    this.store.doc.symbols.forEach((symbol, index) => {
      const old = this.#rows.get(symbol.key);
      const row = old?.symbol === symbol ? old.row : this.#row(symbol, old?.symbol);
      if (old && old.row !== row) old.row.replaceWith(row);
      if (this.list.children[index] !== row)
        this.list.insertBefore(row, this.list.children[index] ?? null);
      const number = /** @type {HTMLElement} */ (row.querySelector('kbd'));
      number.textContent = index < 9 ? String(index + 1) : '';
      /** @type {HTMLButtonElement} */ (row.querySelector('.add')).disabled = empty;
      rows.set(symbol.key, { symbol, row });
      if (old && old.row !== row) this.#showLast(row);
    });
    while (this.list.children.length > rows.size) this.list.lastElementChild?.remove();
    this.#rows = rows;
  }

  /** The newest example is in sight. @param {HTMLElement} row */
  #showLast(row) {
    const strip = row.querySelector('.examples');
    if (strip) strip.scrollLeft = strip.scrollWidth;
  }

  /** Paints all thumbnails anew, in the colours of now. */
  repaint() {
    this.#rows.clear();
    this.list.replaceChildren();
    this.render();
  }

  /** @param {string} key @param {string | null} before the symbol it comes to stand before; null: last */
  #moveBefore(key, before) {
    const order = this.store.doc.symbols.map((s) => s.key).filter((k) => k !== key);
    this.store.move(key, before === null ? order.length : order.indexOf(before));
  }

  /** @param {string} key @param {string} example @param {string} into */
  #moveExample(key, example, into) {
    if (this.store.moveExample(key, example, into))
      this.actions.say(tr('That example is “{0}” now.', this.store.symbol(into)?.label ?? ''), true);
  }

  /** @param {Symbol} symbol @param {Symbol} [before] */
  #row(symbol, before) {
    const { label } = symbol;
    const handle = button('⠿', () => {}, tr('Move {0}: drag, or arrow keys', label));
    handle.className = 'handle';
    handle.addEventListener('keydown', (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const place = this.store.doc.symbols.findIndex((s) => s.key === symbol.key) + step;
      this.store.move(symbol.key, place);
      handle.focus();
    });
    const add = button('+', () => this.actions.teach(symbol.key), tr('The drawing is {0}', label));
    add.className = 'add';
    add.append(make('kbd'));
    const remove = button('×', () => {
      this.store.removeSymbol(symbol.key);
      this.actions.say(tr('Removed “{0}”.', label), true);
    }, tr('Remove {0}', label));
    const tools = make('span', { className: 'row-tools' }, add, remove);
    const row = make('li', {}, handle, this.#name(symbol), this.#examples(symbol, before), tools);
    row.dataset.key = symbol.key;
    return row;
  }

  /** @param {Symbol} symbol */
  #name(symbol) {
    const input = document.createElement('input');
    Object.assign(input, { className: 'name', value: symbol.label, dir: 'auto', title: symbol.label });
    input.setAttribute('aria-label', tr('Name of symbol {0}', symbol.label));
    input.maxLength = 200;
    input.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'Escape') input.value = symbol.label;
      if (event.key === 'Enter' || event.key === 'Escape') input.blur();
    });
    input.addEventListener('change', () => this.#rename(symbol, input));
    return input;
  }

  /** A symbol that is given another's name is that other. @param {Symbol} symbol @param {HTMLInputElement} input */
  #rename(symbol, input) {
    const label = input.value.trim();
    const other = this.store.doc.symbols.find((s) => s.label === label);
    if (label === symbol.label) return;
    if (!label) {
      input.value = symbol.label;
      return this.actions.say(tr('A symbol needs a name.'));
    }
    if (!other) return this.store.rename(symbol.key, label);
    this.store.merge(symbol.key, other.key);
    this.actions.say(tr('“{0}” and “{1}” are one symbol now.', symbol.label, label), true);
  }

  /** @param {Symbol} symbol @param {Symbol} [before] */
  #examples(symbol, before) {
    const strip = make('div', { className: 'examples' });
    const known = before && new Set(before.examples.map((e) => e.key));
    symbol.examples.forEach((example, i) => {
      const item = button('', () => {
        this.store.removeExample(symbol.key, example.key);
        this.actions.say(tr('Removed an example.'), true);
      }, tr('Example {0} of {1}: press to remove, drag or number key to move', i + 1, symbol.label));
      item.className = 'example';
      item.dataset.key = example.key;
      item.addEventListener('keydown', (event) => {
        const place = Number(event.key) - 1;
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'Delete' || event.key === 'Backspace') item.click();
        else if (this.store.doc.symbols[place])
          this.#moveExample(symbol.key, example.key, this.store.doc.symbols[place].key);
        else return;
        event.stopPropagation();
        event.preventDefault();
      });
      item.append(thumbnail(example.ink, 42));
      if (known && !known.has(example.key)) item.classList.add('learnt');
      strip.append(item);
    });
    if (!symbol.examples.length)
      strip.append(make('span', { className: 'nothing quiet', textContent: tr('No example yet: draw one, then press +.') }));
    return strip;
  }
}
