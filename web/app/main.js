/** The page: puts its parts together. */
import { Board } from './board.js';
import { readPicture, readText } from './bring.js';
import { loadEngine, loadFacts, loadJson } from './engine.js';
import { play } from './game.js';
import { History } from './history.js';
import { greet, keepSession, lastSession } from './keep.js';
import { listenToKeys } from './keys.js';
import { listenToImagine } from './imagine.js';
import { fromLink, toLink } from './link.js';
import { keepOffline } from './offline.js';
import { Pad } from './pad.js';
import { click, get, make } from './page.js';
import { Cutter, listenToFiles } from './pictures.js';
import { judgeByPixels } from './pixels.js';
import { busy } from './progress.js';
import { Recogniser } from './recogniser.js';
import { Sets } from './sets.js';
import { isEmpty, NOTHING, Store } from './state.js';
import { Threshold } from './threshold.js';
import { toaster } from './toast.js';
import { show } from './tour.js';
import { Verdict } from './verdict.js';
import { Why } from './why.js';
import { choose, complain, language, LANGUAGES, speak, tr } from './words.js';

const loading = loadEngine();
loading.catch(() => {}); // told below
await speak();
const store = new Store(lastSession() ?? greet(await loadJson('sets/greeting.json')));
const say = toaster(get('toast', HTMLDivElement), () => store.undo());
/** The page's own net, and the one that judges. @type {Recogniser | null} */
let own = null;
/** @type {Recogniser | null} */
let recogniser = null;
/** Whether pixels judge in its place. */
let byPixels = false;
/** Comes once the page has said something. @type {ReturnType<typeof loadFacts> | undefined} */
let facts;

/** @param {string} key */
function teach(key) {
  const symbol = store.symbol(key);
  if (!symbol || !recogniser) return;
  if (!store.teach(key)) return say(tr('Draw something first.'));
  say(tr('Learnt: that was “{0}”.', symbol.label), true);
}

const verdict = new Verdict({ teach });
const pad = new Pad(get('pad', HTMLCanvasElement), store, { live });
const board = new Board(get('classes', HTMLOListElement), store, { teach, say });
const history_ = new History(store);
const threshold = new Threshold(() => judge());
const sets = new Sets(store, { say, og: () => own?.og });
const why = new Why();
const cutter = new Cutter(store, say);

/** What is to be looked at: what the pad holds, or what is being drawn on it. */
function query() {
  const { drawing } = store.doc;
  return !pad.live && 'image' in drawing ? drawing : { strokes: pad.strokes() };
}

/** Looks at what is on the pad and says what it is. */
function judge() {
  if (!recogniser) return;
  const { symbols, drawing } = store.doc;
  store.verdict = null;
  why.clear();
  if (!symbols.some((s) => s.examples.length))
    return verdict.message(
      isEmpty(drawing) ? tr('Nothing is known yet') : tr('And what is it called?'),
      isEmpty(drawing) ? tr('Draw your first symbol and name it.') : tr('Name it under “My symbols”.'),
    );
  if (pad.empty) return verdict.message(tr('Draw'), tr('Any symbol on your board, or another.'));
  const ink = query();
  const seen = recogniser.classify(ink, threshold.value);
  const answer = byPixels ? judgeByPixels(recogniser.og, ink, symbols, (key) => recogniser?.idOf(key) ?? 0) : seen;
  store.verdict = answer.label === null ? '' : (store.symbol(answer.label)?.label ?? '');
  verdict.show(answer, new Map(symbols.map((s) => [s.key, s])), recogniser,
    byPixels ? tr('overlap') : tr('cosine'), ink);
  why.show(ink, symbols, recogniser, answer);
  showTime(answer.ms, recogniser.og.info.isa);
}

/** Nets that were asked to judge, by their files. @type {Map<string, Promise<Recogniser>>} */
const nets = new Map();
const judges = get('judge', HTMLSelectElement);
judges.addEventListener('change', async () => {
  const { value } = judges;
  byPixels = value === 'pixels';
  let chosen = own;
  if (value.includes('.'))
    try {
      if (!nets.has(value)) nets.set(value, loadEngine(value).then((og) => new Recogniser(og)));
      chosen = await busy(() => /** @type {Promise<Recogniser>} */ (nets.get(value)));
    } catch (error) {
      nets.delete(value);
      judges.value = 'net';
      say(complain(error));
    }
  recogniser = chosen;
  times.length = 0;
  update();
});

/** Milliseconds of a frame that looking may take; a machine that needs more looks less often. */
const BUDGET = 4;
let rest = 0;
function live() {
  if (rest-- > 0) return;
  const start = performance.now();
  judge();
  rest = Math.min(10, Math.floor((performance.now() - start) / BUDGET));
}

/** @type {number[]} the last few times: one of them alone says little on a busy machine */
const times = [];
/** @param {number} ms @param {string} isa */
function showTime(ms, isa) {
  times.push(ms);
  if (times.length > 9) times.shift();
  const middle = [...times].sort((a, b) => a - b)[times.length >> 1];
  get('timing', HTMLSpanElement).textContent = tr('{0} ms · {1} · on this device', middle.toFixed(1), isa);
}

let saving = 0;
let warned = false;
function autosave() {
  clearTimeout(saving);
  saving = window.setTimeout(() => {
    if ((keepSession(store.doc) && sets.keep()) || warned) return;
    warned = true;
    say(tr('This browser has no room to keep your symbols. Save them to a file.'));
  }, 250);
}

async function look() {
  try {
    if (!(await recogniser?.follow(store.doc.symbols))) return;
    judge();
    setTimeout(refine);
  } catch (error) {
    say(complain(error));
  }
}

async function refine() {
  try {
    if (await recogniser?.refine()) judge();
  } catch (error) {
    say(complain(error));
  }
}

function update() {
  const { name, symbols, drawing, filed } = store.doc;
  const looked = look();
  get('undo', HTMLButtonElement).disabled = !store.canUndo;
  get('redo', HTMLButtonElement).disabled = !store.canRedo;
  get('imagine-open', HTMLButtonElement).disabled = !('strokes' in drawing) || isEmpty(drawing);
  get('clear', HTMLButtonElement).disabled = isEmpty(drawing);
  const hint = get('pad-hint', HTMLParagraphElement);
  hint.hidden = !isEmpty(drawing) && !filed;
  hint.textContent = filed && !isEmpty(drawing) ? tr('Your next stroke starts afresh') : tr('Draw here');
  get('board-title', HTMLHeadingElement).textContent = name;
  get('board-empty', HTMLParagraphElement).hidden = symbols.length > 0;
  get('clear-all', HTMLButtonElement).hidden = symbols.length === 0;
  get('board-count', HTMLSpanElement).textContent = symbols.length ? String(symbols.length) : '';
  autosave();
  return looked;
}
store.subscribe(update);
get('pad', HTMLCanvasElement).addEventListener('pointerdown', () => {
  get('pad-hint', HTMLParagraphElement).hidden = true;
});

/** Opens a sheet on a phone, and closes it. @param {'board' | 'more'} id @param {boolean} up */
function raise(id, up) {
  get(id, HTMLElement).classList.toggle('up', up);
  get(`${id}-open`, HTMLButtonElement).setAttribute('aria-expanded', String(up));
}
for (const id of /** @type {const} */ (['board', 'more'])) {
  click(`${id}-open`, () => raise(id, true));
  click(`${id}-close`, () => raise(id, false));
}
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  raise('board', false);
  raise('more', false);
});

function create() {
  raise('more', false);
  raise('board', true);
  get('new-label', HTMLInputElement).focus();
}
click('new-from-drawing', create);
get('new-class', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const input = get('new-label', HTMLInputElement);
  const label = input.value.trim();
  if (!label) return say(tr('A symbol needs a name.'));
  const known = store.doc.symbols.find((s) => s.label === label);
  if (known) teach(known.key);
  else store.addSymbol(label);
  input.value = '';
  raise('board', false);
  get('pad', HTMLCanvasElement).focus();
  const rows = get('classes', HTMLOListElement);
  if (!known) rows.scrollTop = rows.scrollHeight;
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

click('clear-all', () => {
  sets.take(tr('New set'), [], tr('An empty board. Your symbols are kept under “Sets”.'), NOTHING);
});
click('save', () => sets.carry('set'));
for (const input of ['file', 'photo'].map((id) => get(id, HTMLInputElement))) {
  click(`open-${input.id}`, () => input.click());
  input.addEventListener('change', async () => {
    await openFiles([...(input.files ?? [])]);
    input.value = '';
  });
}

/** What was opened, dropped or pasted. @param {File[]} files */
async function openFiles(files) {
  if (!own) return;
  const { og } = own;
  for (const file of files)
    try {
      if (file.type.startsWith('image/')) cutter.offer(await busy(() => readPicture(og, file)));
      else {
        const brought = await busy(() => readText(file));
        if ('ink' in brought) store.change({ drawing: brought.ink, filed: false });
        else sets.take(file.name.replace(/(\.(oneglyph|ink))?\.\w+$/, '') || tr('New set'), brought.symbols, tr('Opened a set of symbols.'));
      }
      get('sets', HTMLDialogElement).close();
    } catch (error) {
      say(tr('{0} cannot be opened: {1}.', file.name || tr('That file'), complain(error)));
    }
}
listenToFiles(get('pad', HTMLCanvasElement), openFiles);

click('share', async () => {
  const link = await toLink(store.doc.symbols);
  if (!link) return say(tr('Too many drawings for a link. Save a file and send that.'));
  try {
    await navigator.clipboard.writeText(link);
    say(tr('A link with your symbols is on the clipboard.'));
  } catch {
    location.hash = new URL(link).hash;
    say(tr('The address of this page now holds your symbols: copy it.'));
  }
});
async function readLink() {
  try {
    const symbols = await fromLink(location.hash);
    if (!symbols) return;
    history.replaceState(null, '', location.pathname + location.search);
    sets.take(tr('From a link'), symbols, tr('Opened the symbols of this link.'));
  } catch {
    say(tr('The symbols in this link are damaged.'));
  }
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const part of [board, verdict, history_, why]) part.repaint();
  judge();
});
click('play', () => play(own?.og));
listenToImagine(() => own?.og, () => store.doc.drawing);
click('tour-open', async () => show(own?.og, await (facts ??= loadFacts())));
const other = language() === 'zh' ? 'en' : 'zh';
get('language', HTMLButtonElement).textContent = LANGUAGES[other];
get('language', HTMLButtonElement).lang = other;
click('language', () => {
  keepSession(store.doc);
  choose(other);
});
addEventListener('pagehide', () => keepSession(store.doc));

board.render();
history_.render();
pad.paint();
try {
  own = recogniser = new Recogniser(await loading);
  const { og } = own;
  await readLink();
  await update();
  get('progress', HTMLProgressElement).hidden = true;
  document.documentElement.dataset.ready = 'true';
  keepOffline(say);
  facts ??= loadFacts();
  facts.then((known) => {
    threshold.know(og.info.threshold, known);
    judges.lastElementChild?.before(...known.models.map(({ file, name }) => make('option', { value: file, textContent: name })));
  });
} catch (error) {
  get('progress', HTMLProgressElement).hidden = true;
  verdict.message(tr('It cannot start here'), complain(error));
}
addEventListener('hashchange', readLink);
