/** The strip of the last queries: what was said of each, what it was, and how often that agreed. */
import { thumbnail } from './ink.js';
import { button, get, make } from './page.js';
import { tr } from './words.js';

/** @param {import('./state.js').Query} query */
function inWords({ said, was }) {
  const name = (/** @type {string} */ label) => label || tr('none of these');
  return said === was
    ? tr('{0}: right', name(said))
    : tr('{0}, but it was {1}', name(said), was || tr('a new symbol'));
}

export class History {
  #list = get('queries', HTMLOListElement);
  #tally = get('tally', HTMLParagraphElement);
  #shown = /** @type {import('./state.js').Query[] | null} */ (null);

  /** @param {import('./state.js').Store} store */
  constructor(store) {
    this.store = store;
    store.subscribe(() => this.render());
  }

  render() {
    const { queries, tally } = this.store.doc;
    if (queries === this.#shown) return;
    this.#shown = queries;
    this.#tally.textContent = tally.all
      ? tr('{0} of {1} right; what you did not correct counts as right.', tally.right, tally.all)
      : tr('Each drawing you clear, name or correct is listed here.');
    this.#list.replaceChildren(...[...queries].reverse().map((query) => this.#item(query)));
  }

  repaint() {
    this.#shown = null;
    this.render();
  }

  /** @param {import('./state.js').Query} query */
  #item(query) {
    const right = query.said === query.was;
    const item = button('', () => this.store.change({ drawing: query.ink, filed: true }), inWords(query));
    item.className = right ? 'right' : 'wrong';
    const mark = make('span', { className: 'mark', textContent: right ? '✓' : '✗' });
    mark.setAttribute('aria-hidden', 'true');
    item.append(thumbnail(query.ink, 38), mark);
    return make('li', {}, item);
  }
}
