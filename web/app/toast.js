/** A short message at the bottom, with a way back where there is one. */

import { button, make } from './page.js';
import { tr } from './words.js';

/**
 * @param {HTMLElement} element
 * @param {() => void} undo
 */
export function toaster(element, undo) {
  let timer = 0;
  const hide = () => element.classList.remove('up');
  /** `back`: a way back is offered: the document's undo, or one of its own; or another action by name. */
  return (/** @type {string} */ text, /** @type {boolean | (() => void)} */ back = false, name = tr('Undo')) => {
    clearTimeout(timer);
    element.replaceChildren(make('span', { textContent: text }));
    if (back)
      element.append(button(name, () => {
        hide();
        (back === true ? undo : back)();
      }));
    (document.querySelector('dialog[open]') ?? document.body).append(element); // nothing else answers beside a dialog
    element.classList.add('up');
    timer = window.setTimeout(hide, 6000);
  };
}
