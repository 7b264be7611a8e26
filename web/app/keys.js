/** Keys of the page; none of them acts while someone is typing a name. */

/**
 * @param {{undo: () => void, redo: () => void, clear: () => void, create: () => void,
 *   teach: (index: number) => void}} actions
 */
export function listenToKeys(actions) {
  document.addEventListener('keydown', (event) => {
    const { target } = event;
    const typing = target instanceof Element && target.closest('input:not([type=range]), select, dialog, .game');
    if (typing || event.altKey || event.isComposing) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === 'z') (event.shiftKey ? actions.redo : actions.undo)();
      else if (key === 'y') actions.redo();
      else return;
    } else if (key === 'delete' || key === 'backspace') actions.clear();
    else if (key === 'n') actions.create();
    else if (/^[1-9]$/.test(key)) actions.teach(Number(key) - 1);
    else return;
    event.preventDefault();
  });
}
