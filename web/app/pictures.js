/** What is dropped, pasted or opened: sets, ink and pictures; pictures may hold many symbols. */
import { oneEach } from './bring.js';
import { thumbnail } from './ink.js';
import { click, get } from './page.js';
import { tr } from './words.js';

/** Pieces shown of a picture before it is cut. */
const SHOWN = 40;

/**
 * @param {HTMLElement} target where things may be dropped
 * @param {(files: File[]) => void} open
 */
export function listenToFiles(target, open) {
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    target.classList.add('drop');
  });
  for (const type of ['dragleave', 'drop'])
    document.addEventListener(type, () => target.classList.remove('drop'));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    open([...(event.dataTransfer?.files ?? [])]);
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    open(files);
  });
}

/** @typedef {import('./state.js').Ink} Ink */

/** Asks whether a picture is one drawing or many. */
export class Cutter {
  #dialog = get('cut', HTMLDialogElement);
  /** @type {{whole: Ink, pieces: Ink[]} | null} */
  #found = null;

  /** @param {import('./state.js').Store} store @param {(text: string, undo?: boolean) => void} say */
  constructor(store, say) {
    this.store = store;
    click('cut-many', () => {
      const before = store.doc.symbols;
      const labels = new Set(before.map((s) => s.label));
      let number = 0;
      const name = () => {
        do number++; while (labels.has(tr('symbol {0}', number)));
        return tr('symbol {0}', number);
      };
      store.change({ symbols: [...before, ...oneEach(this.#found?.pieces ?? [], name)] });
      this.#dialog.close();
      say(tr('{0} symbols came from the picture. Name them on the board.', store.doc.symbols.length - before.length), true);
    });
    click('cut-one', () => {
      if (this.#found) this.#take(this.#found.whole);
      this.#dialog.close();
    });
  }

  /** @param {Ink} drawing */
  #take(drawing) {
    this.store.change({ drawing, filed: false });
  }

  /** @param {{whole: Ink, pieces: Ink[]}} found */
  offer(found) {
    if (!found.pieces.length) return this.#take(found.whole);
    this.#found = found;
    const { length } = found.pieces;
    get('cut-title', HTMLHeadingElement).textContent = tr('{0} symbols in this picture?', length);
    get('cut-many', HTMLButtonElement).textContent = tr('Add {0} symbols', length);
    get('cut-pieces', HTMLDivElement).replaceChildren(
      ...found.pieces.slice(0, SHOWN).map((ink) => thumbnail(ink, 44)));
    this.#dialog.showModal();
  }
}
