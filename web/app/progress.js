/** How far a long piece of work is. The bar shows itself only when it is there for a while. */
import { get } from './page.js';

/** Milliseconds of work before the page may answer, of work that nobody waits for, and those after
 * which the page shows how far it is. */
const [SLICE, QUIET, LONG] = [30, 4, 250];

const bar = () => get('progress', HTMLProgressElement);

/** Until what was changed is on the screen; a page that is not shown paints nothing. */
const painted = () => new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(resolve));
  setTimeout(resolve, 100);
});

/**
 * Work whose length nobody knows, once the bar is there.
 * @template T
 * @param {() => Promise<T>} work
 */
export async function busy(work) {
  bar().removeAttribute('value');
  bar().hidden = false;
  try {
    await painted();
    return await work();
  } finally {
    bar().hidden = true;
  }
}

/**
 * Does `work` with each item, as far as it goes in one slice at once, the rest with the page alive;
 * to wait for the screen takes longer than a slice, so only work that has a bar does.
 * @template T
 * @param {T[]} items
 * @param {(item: T) => void} work
 * @param {() => boolean} [stale] true when the work is not wanted any more
 * @param {boolean} [quiet] nobody waits for it, so there is no bar
 * @returns {Promise<boolean>} whether all of it was done
 */
export async function each(items, work, stale = () => false, quiet = false) {
  const begun = performance.now();
  let start = begun;
  try {
    for (const [i, item] of items.entries()) {
      const now = performance.now();
      if (now - start > (quiet ? QUIET : SLICE)) {
        const long = !quiet && now - begun > LONG;
        if (long) {
          bar().hidden = false;
          bar().value = i / items.length;
        }
        await (long ? painted() : new Promise((resolve) => setTimeout(resolve)));
        if (stale()) return false;
        start = performance.now();
      }
      work(item);
    }
  } finally {
    if (!quiet) bar().hidden = true;
  }
  return true;
}
