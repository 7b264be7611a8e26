/** A form with a drawn field. */
import '../lib/oneglyph-pad.js';

const form = /** @type {HTMLFormElement} */ (document.getElementById('form'));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const sent = Object.fromEntries(new FormData(form));
  /** @type {HTMLElement} */ (document.getElementById('sent')).textContent = JSON.stringify(sent);
});
