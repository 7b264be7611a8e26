/** New examples of the drawing on the pad, as the core imagines them. */
import { thumbnail } from './ink.js';
import { click, get } from './page.js';

/** Drawings at a time, and the size of one in CSS pixels. */
const [MANY, SIZE] = [12, 96];
let seed = 0;

/**
 * @param {() => import('../lib/oneglyph.js').Oneglyph | undefined} core
 * @param {() => import('./state.js').Ink} drawing
 */
export function listenToImagine(core, drawing) {
  const paint = () => {
    const [og, ink] = [core(), drawing()];
    if (!og || !('strokes' in ink) || !ink.strokes.length) return false;
    const all = Array.from({ length: MANY }, () => thumbnail(og.imagine(ink, ++seed), SIZE));
    get('imagined', HTMLElement).replaceChildren(...all);
    return true;
  };
  click('imagine-open', () => {
    if (paint()) get('imagine', HTMLDialogElement).showModal();
  });
  click('imagine-more', paint);
}
