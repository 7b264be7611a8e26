/** The board: a row for every symbol, with its name, its examples, and what can be done. */
import { thumbnail } from './ink.js';
import { isEmpty } from './state.js';

/** @param {string} tag @param {Record<string, string>} [properties] @param {...Node} children */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** @param {string} text @param {string} name @param {() => void} action */
function button(text, name, action) {
  const element = make('button', { type: 'button', textContent: text, title: name });
  element.setAttribute('aria-label', name);
  element.addEventListener('click', action);
  return element;
}

export class Board {
  /** @type {Map<string, {symbol: import('./state.js').Symbol, index: number, row: HTMLElement}>} */
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
  }

  /** Makes rows of what changed, and leaves the others alone. */
  render() {
    const rows = new Map();
    this.store.doc.symbols.forEach((symbol, index) => {
      const old = this.#rows.get(symbol.key);
      const same = old && old.symbol === symbol && (old.index === index || (old.index > 8 && index > 8));
      const row = same ? old.row : this.#row(symbol, index, old?.symbol);
      if (old && !same) old.row.replaceWith(row);
      if (this.list.children[index] !== row)
        this.list.insertBefore(row, this.list.children[index] ?? null);
      rows.set(symbol.key, { symbol, index, row });
    });
    while (this.list.children.length > rows.size) this.list.lastElementChild?.remove();
    this.#rows = rows;
    const empty = isEmpty(this.store.doc.drawing);
    for (const add of this.list.querySelectorAll('button.add'))
      /** @type {HTMLButtonElement} */ (add).disabled = empty;
  }

  /** Paints all thumbnails anew, in the colours of now. */
  repaint() {
    this.#rows.clear();
    this.list.replaceChildren();
    this.render();
  }

  /**
   * @param {import('./state.js').Symbol} symbol
   * @param {number} index
   * @param {import('./state.js').Symbol} [before]
   */
  #row(symbol, index, before) {
    const tools = make('span', { className: 'row-tools' });
    if (index < 9) tools.append(make('kbd', { textContent: String(index + 1) }));
    const add = button('+', `The drawing is ${symbol.label}`, () => this.actions.teach(symbol.key));
    add.className = 'add';
    const remove = button('×', `Remove ${symbol.label}`, () => {
      this.store.removeSymbol(symbol.key);
      this.actions.say(`Removed “${symbol.label}”.`, true);
    });
    tools.append(add, remove);
    const row = make('li', {}, this.#name(symbol), tools, this.#examples(symbol, before));
    row.dataset.key = symbol.key;
    return row;
  }

  /** @param {import('./state.js').Symbol} symbol */
  #name(symbol) {
    const input = document.createElement('input');
    Object.assign(input, { className: 'name', value: symbol.label, dir: 'auto', title: symbol.label });
    input.setAttribute('aria-label', `Name of symbol ${symbol.label}`);
    input.maxLength = 200;
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') input.value = symbol.label;
      if (event.key === 'Enter' || event.key === 'Escape') input.blur();
    });
    input.addEventListener('change', () => {
      const label = input.value.trim();
      if (label === symbol.label) return;
      const fault = this.store.labelFault(label);
      if (!fault) return this.store.rename(symbol.key, label);
      input.value = symbol.label;
      this.actions.say(fault);
    });
    return input;
  }

  /**
   * @param {import('./state.js').Symbol} symbol
   * @param {import('./state.js').Symbol} [before]
   */
  #examples(symbol, before) {
    const strip = make('div', { className: 'examples' });
    const known = before && new Set(before.examples.map((e) => e.key));
    symbol.examples.forEach((example, i) => {
      const item = button('', `Remove example ${i + 1} of ${symbol.label}`, () => {
        this.store.removeExample(symbol.key, example.key);
        this.actions.say('Removed an example.', true);
      });
      item.className = 'example';
      item.addEventListener('keydown', (event) => {
        if (event.key !== 'Delete' && event.key !== 'Backspace') return;
        event.stopPropagation();
        item.click();
      });
      item.append(thumbnail(example.ink, 46));
      if (known && !known.has(example.key)) item.classList.add('learnt');
      strip.append(item);
    });
    if (!symbol.examples.length)
      strip.append(make('span', { className: 'nothing quiet', textContent: 'No example yet: draw one, then press +.' }));
    return strip;
  }
}
