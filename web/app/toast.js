/** A short message at the bottom, with a way back where there is one. */

/**
 * @param {HTMLElement} element
 * @param {() => void} undo
 */
export function toaster(element, undo) {
  let timer = 0;
  const hide = () => element.classList.remove('up');
  return (/** @type {string} */ text, canUndo = false) => {
    clearTimeout(timer);
    const words = document.createElement('span');
    words.textContent = text;
    element.replaceChildren(words);
    if (canUndo) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'Undo';
      button.addEventListener('click', () => {
        hide();
        undo();
      });
      element.append(button);
    }
    element.classList.add('up');
    timer = window.setTimeout(hide, 6000);
  };
}
