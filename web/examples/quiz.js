/** Flash cards that learn the reader's hand. */
import '../lib/oneglyph-pad.js';

const pad = /** @type {import('../lib/oneglyph-pad.js').OneglyphPad} */ (document.querySelector('oneglyph-pad'));
const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
let wanted = '';
let asked = 0;
let right = 0;
let checked = false;

function next() {
  const labels = pad.set?.labels().filter((label) => label !== wanted) ?? [];
  wanted = labels[Math.floor(Math.random() * labels.length)];
  checked = false;
  get('card').textContent = wanted;
  get('said').textContent = '';
  get('teach').hidden = true;
  pad.clear();
}

/** @param {boolean} well */
function count(well) {
  right += Number(well);
  get('score').textContent = `${right} of ${asked}`;
}

get('check').addEventListener('click', () => {
  if (!pad.answer || checked) return;
  checked = true;
  asked++;
  const well = pad.value === wanted;
  get('said').textContent = well ? 'Right.' : `It looks like ${pad.value || 'none of them'}.`;
  get('teach').hidden = well;
  count(well);
});
get('teach').addEventListener('click', () => {
  pad.teach(wanted);
  count(true);
  next();
});
get('next').addEventListener('click', next);
pad.addEventListener('load', next, { once: true });
