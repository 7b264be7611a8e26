/**
 * Dragging on the board by mouse, pen or finger: a row by its handle to another place, an example
 * to another symbol. Everything it does has keys as well; see board.js.
 */

/** Pixels that a pointer may wander before a press is a drag. */
const SLACK = 6;
/** So near the list's edge it scrolls, in pixels. */
const EDGE = 36;

/** @param {Element | null} element */
const rowOf = (element) => /** @type {HTMLElement | null} */ (element?.closest('#classes > li') ?? null);

/**
 * @param {HTMLElement} list of rows, each with data-key; examples have data-key too
 * @param {{row: (key: string, before: string | null) => void,
 *   example: (key: string, example: string, into: string) => void}} drop
 */
export function listenToDrags(list, drop) {
  /** @type {{id: number, what: HTMLElement, row: HTMLElement, x: number, y: number,
   *   ghost: HTMLElement | null, target: HTMLElement | null, after: boolean} | null} */
  let drag = null;

  function end() {
    drag?.ghost?.remove();
    for (const row of list.querySelectorAll('.over, .over-after')) row.classList.remove('over', 'over-after');
    list.classList.remove('dragging');
    drag = null;
  }

  /** What hangs on the pointer. @param {HTMLElement} what */
  function lift(what) {
    const { width, height } = what.getBoundingClientRect();
    const ghost = document.createElement('div');
    ghost.className = 'ghost';
    ghost.style.width = `${width}px`;
    ghost.style.height = `${height}px`;
    const image = what.querySelector('canvas');
    if (image) {
      const copy = document.createElement('canvas');
      copy.width = image.width;
      copy.height = image.height;
      copy.getContext('2d')?.drawImage(image, 0, 0);
      ghost.append(copy);
    }
    document.body.append(ghost);
    list.classList.add('dragging');
    return ghost;
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (!drag || event.pointerId !== drag.id) return;
    const { clientX, clientY } = event;
    if (!drag.ghost && Math.hypot(clientX - drag.x, clientY - drag.y) < SLACK) return;
    drag.ghost ??= lift(drag.what);
    drag.ghost.style.translate = `${clientX}px ${clientY}px`;
    const { top, bottom } = list.getBoundingClientRect();
    if (clientY < top + EDGE) list.scrollTop -= 12;
    if (clientY > bottom - EDGE) list.scrollTop += 12;
    drag.target?.classList.remove('over', 'over-after');
    drag.target = rowOf(document.elementFromPoint(clientX, clientY));
    if (!drag.target) return;
    const box = drag.target.getBoundingClientRect();
    drag.after = drag.what === drag.row && clientY > box.top + box.height / 2;
    drag.target.classList.add(drag.after ? 'over-after' : 'over');
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (!drag || event.pointerId !== drag.id) return;
    const { what, row, target, after, ghost } = drag;
    end();
    if (!ghost) return;
    // The click that follows is not meant.
    const swallow = (/** @type {Event} */ click) => (click.stopPropagation(), click.preventDefault());
    addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener('click', swallow, { capture: true }));
    if (!target?.dataset.key || !row.dataset.key || target === row) return;
    const next = /** @type {HTMLElement | null} */ (target.nextElementSibling);
    if (what === row) drop.row(row.dataset.key, (after ? next?.dataset.key : target.dataset.key) ?? null);
    else if (what.dataset.key) drop.example(row.dataset.key, what.dataset.key, target.dataset.key);
  }

  list.addEventListener('pointerdown', (event) => {
    const on = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (event.target).closest('.handle, .example'));
    const row = rowOf(on);
    if (!on || !row || drag || event.button !== 0) return;
    drag = {
      id: event.pointerId, what: on.classList.contains('handle') ? row : on, row,
      x: event.clientX, y: event.clientY, ghost: null, target: null, after: false,
    };
    if (on.hasPointerCapture?.(event.pointerId)) on.releasePointerCapture(event.pointerId);
  });
  addEventListener('pointermove', move);
  addEventListener('pointerup', up);
  addEventListener('pointercancel', (event) => {
    if (event.pointerId === drag?.id) end();
  });
  addEventListener('keydown', (event) => {
    if (drag?.ghost && event.key === 'Escape') end();
  });
}
