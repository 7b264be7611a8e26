/** The page: puts its parts together. */
import { Board } from './board.js';
import { loadEngine } from './engine.js';
import { fromLink, fromSaved, keepSession, lastSession, saveFile, toLink } from './keep.js';
import { listenToKeys } from './keys.js';
import { Pad } from './pad.js';
import { listenToPictures, readPicture } from './pictures.js';
import { Recogniser } from './recogniser.js';
import { starter } from './starter.js';
import { isEmpty, NOTHING, Store } from './state.js';
import { toaster } from './toast.js';
import { Verdict } from './verdict.js';

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function get(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`#${id} is missing`);
  return element;
}
const click = (/** @type {string} */ id, /** @type {() => void} */ action) =>
  get(id, HTMLButtonElement).addEventListener('click', action);

const store = new Store(lastSession() ?? starter());
const say = toaster(get('toast', HTMLDivElement), () => store.undo());
/** @type {Recogniser | null} */
let recogniser = null;
/** NaN: as calibrated. */
let threshold = NaN;

/** @param {string} key */
function teach(key) {
  const symbol = store.doc.symbols.find((s) => s.key === key);
  if (!symbol || !recogniser) return;
  if (!store.teach(key)) return say('Draw something first.');
  say(`Learnt: that was “${symbol.label}”.`, true);
}

const verdict = new Verdict({ teach });
const pad = new Pad(get('pad', HTMLCanvasElement), store, { live: judge });
const board = new Board(get('classes', HTMLOListElement), store, { teach, say });

/** Looks at what is on the pad and says what it is. */
function judge() {
  if (!recogniser) return;
  const { symbols, drawing } = store.doc;
  if (!symbols.some((s) => s.examples.length))
    return verdict.message(
      isEmpty(drawing) ? 'Nothing is known yet' : 'And what is it called?',
      isEmpty(drawing) ? 'Draw your first symbol and name it.' : 'Name it under “My symbols”.',
    );
  if (pad.empty) return verdict.message('Draw', 'Any symbol on your board, or another.');
  const ink = !pad.live && 'image' in drawing ? drawing : { strokes: pad.strokes() };
  const answer = recogniser.classify(ink, threshold);
  verdict.show(answer, new Map(symbols.map((s) => [s.key, s])), recogniser);
  showTime(answer.ms, recogniser.og.info.isa);
}

/** @type {number[]} the last few times: one of them alone says little on a busy machine */
const times = [];
/** @param {number} ms @param {string} isa */
function showTime(ms, isa) {
  times.push(ms);
  if (times.length > 9) times.shift();
  const middle = [...times].sort((a, b) => a - b)[times.length >> 1];
  get('timing', HTMLSpanElement).textContent = `${middle.toFixed(1)} ms · ${isa} · on this device`;
}

let saving = 0;
let warned = false;
function autosave() {
  clearTimeout(saving);
  saving = window.setTimeout(() => {
    if (keepSession(store.doc) || warned) return;
    warned = true;
    say('This browser has no room to keep your symbols. Save them to a file.');
  }, 250);
}

function update() {
  const { symbols, drawing, filed } = store.doc;
  try {
    recogniser?.follow(symbols);
    judge();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
  get('undo', HTMLButtonElement).disabled = !store.canUndo;
  get('redo', HTMLButtonElement).disabled = !store.canRedo;
  get('clear', HTMLButtonElement).disabled = isEmpty(drawing);
  const hint = get('pad-hint', HTMLParagraphElement);
  hint.hidden = !isEmpty(drawing) && !filed;
  hint.textContent = filed && !isEmpty(drawing) ? 'Your next stroke starts afresh' : 'Draw here';
  get('board-empty', HTMLParagraphElement).hidden = symbols.length > 0;
  get('clear-all', HTMLButtonElement).hidden = symbols.length === 0;
  get('board-count', HTMLSpanElement).textContent = symbols.length ? String(symbols.length) : '';
  autosave();
}
store.subscribe(update);
get('pad', HTMLCanvasElement).addEventListener('pointerdown', () => {
  get('pad-hint', HTMLParagraphElement).hidden = true;
});

/** Opens the sheet with the board on a phone, and closes it. @param {boolean} up */
function raise(up) {
  get('board', HTMLElement).classList.toggle('up', up);
  get('board-open', HTMLButtonElement).setAttribute('aria-expanded', String(up));
}
function create() {
  raise(true);
  get('new-label', HTMLInputElement).focus();
}
click('board-open', () => raise(true));
click('board-close', () => raise(false));
click('new-from-drawing', create);
get('new-class', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const input = get('new-label', HTMLInputElement);
  const fault = store.labelFault(input.value.trim());
  if (fault) return say(fault);
  store.addSymbol(input.value.trim());
  input.value = '';
  raise(false);
  get('pad', HTMLCanvasElement).focus();
  const rows = get('classes', HTMLOListElement);
  rows.scrollTop = rows.scrollHeight;
});

const undo = () => (pad.live ? pad.stop() : store.undo(), pad.paint());
click('undo', undo);
click('redo', () => store.redo());
click('clear', () => store.clear());
listenToKeys({
  undo,
  redo: () => store.redo(),
  clear: () => store.clear(),
  create,
  teach: (index) => {
    const symbol = store.doc.symbols[index];
    if (symbol) teach(symbol.key);
  },
});

/** @param {import('./state.js').Symbol[]} symbols @param {string} text */
function replaceSymbols(symbols, text) {
  store.change({ symbols, filed: true });
  say(text, true);
}
click('clear-all', () => {
  store.change({ symbols: [], drawing: NOTHING, filed: false });
  say('An empty board.', true);
});
click('save', () => saveFile(store.doc.symbols));
click('open', () => get('file', HTMLInputElement).click());

/** A set or a picture that was opened, dropped or pasted. @param {Blob} file */
async function openFile(file) {
  try {
    if (file.type.startsWith('image/')) {
      if (recogniser) store.change({ drawing: await readPicture(recogniser.og, file), filed: false });
    } else if (file.size > 1 << 26) say('That file is too large to be a set of symbols.');
    else replaceSymbols(fromSaved(await file.text()), 'Opened a set of symbols.');
  } catch (error) {
    say(`That file cannot be opened: ${error instanceof Error ? error.message : error}.`);
  }
}
get('file', HTMLInputElement).addEventListener('change', async (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const file = input.files?.[0];
  if (file) await openFile(file);
  input.value = '';
});
listenToPictures(get('pad', HTMLCanvasElement), openFile);

click('share', async () => {
  const link = await toLink(store.doc.symbols);
  if (!link) return say('Too many drawings for a link. Save a file and send that.');
  try {
    await navigator.clipboard.writeText(link);
    say('A link with your symbols is on the clipboard.');
  } catch {
    location.hash = new URL(link).hash;
    say('The address of this page now holds your symbols: copy it.');
  }
});
async function readLink() {
  try {
    const symbols = await fromLink(location.hash);
    if (!symbols) return;
    history.replaceState(null, '', location.pathname + location.search);
    replaceSymbols(symbols, 'Opened the symbols of this link.');
  } catch {
    say('The symbols in this link are damaged.');
  }
}

const slider = get('threshold', HTMLInputElement);
function showThreshold() {
  const value = Number.isNaN(threshold) ? (recogniser?.og.info.threshold ?? 0.5) : threshold;
  slider.value = String(value);
  get('threshold-value', HTMLOutputElement).textContent = value.toFixed(2);
}
slider.addEventListener('input', () => {
  threshold = Number(slider.value);
  showThreshold();
  judge();
});
click('threshold-reset', () => {
  threshold = NaN;
  showThreshold();
  judge();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  board.repaint();
  verdict.repaint();
  judge();
});
addEventListener('pagehide', () => keepSession(store.doc));

board.render();
pad.paint();
try {
  recogniser = new Recogniser(await loadEngine());
  showThreshold();
  await readLink();
  update();
  document.documentElement.dataset.ready = 'true';
} catch (error) {
  verdict.message('It cannot start here', error instanceof Error ? error.message : String(error));
}
addEventListener('hashchange', readLink);
