/** A short tour of how it works; every figure is made on the spot. */
import { accuracyChart } from './chart.js';
import { paintThumbnail } from './ink.js';
import { get, make } from './page.js';
import { toDrawing } from './recogniser.js';
import { answers, cosine, difference, invent } from './trial.js';
import { tr } from './words.js';

/** @typedef {import('../lib/oneglyph.js').Oneglyph} Oneglyph */
/** @typedef {import('./state.js').Ink} Ink */
/** @typedef {import('../build/facts.mjs').Facts} Facts */

/** @param {Ink} ink @param {string} caption @param {number} [size] */
function figure(ink, caption, size = 96) {
  const canvas = make('canvas');
  canvas.setAttribute('aria-hidden', 'true');
  paintThumbnail(canvas, ink, size);
  return make('figure', {}, canvas, make('figcaption', { textContent: caption }));
}

/** @param {string} title @param {string} text @param {...(Node)} figures */
function part(title, text, ...figures) {
  return make('section', {}, make('h3', { textContent: title }), make('p', { textContent: text }),
    make('div', { className: 'figures' }, ...figures));
}

/** A symbol that pixels mistake and the net does not, if one is soon found. @param {Oneglyph} og */
function hardForPixels(og) {
  let trial = invent(og);
  for (let i = 0; i < 12; i++) {
    const { net, pixels } = answers(og, trial);
    if (net === trial.truth && pixels !== trial.truth) return { trial, pixels };
    trial = invent(og);
  }
  return { trial, pixels: answers(og, trial).pixels };
}

/** The numbers of an embedding as stripes, lighter or darker. @param {Float32Array} embedding @param {string} caption */
function stripes(embedding, caption) {
  const canvas = make('canvas', { width: embedding.length * 2, height: 22, className: 'stripes' });
  canvas.setAttribute('aria-hidden', 'true');
  const context = canvas.getContext('2d');
  const most = embedding.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  embedding.forEach((value, i) => {
    if (!context) return;
    context.fillStyle = value > 0 ? '#b83216' : '#2f6f8f';
    context.globalAlpha = Math.abs(value) / most;
    context.fillRect(2 * i, 0, 2, 22);
  });
  return make('figure', { className: 'wide' }, canvas, make('figcaption', { textContent: caption }));
}

/** @param {Oneglyph} og */
function liveParts(og) {
  const { trial, pixels } = hardForPixels(og);
  const [query, right, wrong] = [trial.query, trial.choices[trial.truth], trial.choices[pixels]];
  const raster = (/** @type {Ink} */ ink) => og.rasterize(toDrawing(ink));
  const embedding = (/** @type {Ink} */ ink) => og.embed(toDrawing(ink));
  const [a, b, c] = [query, right, wrong].map(embedding);
  const apart = (/** @type {Ink} */ ink) => tr('{0} pixels apart', difference(raster(query), raster(ink)));
  const other = trial.choices[(trial.truth + 1) % trial.choices.length];
  return [
    part(tr('One example is enough'),
      tr('You draw a symbol once. When somebody draws it again, in another hand, it should be known. These two were made up a moment ago; nothing was ever trained on them.'),
      figure(query, tr('once')), figure(right, tr('again'))),
    part(tr('Pixels fail'),
      tr('Laying drawings over each other and counting the pixels that differ goes wrong: a little slant moves every stroke to other pixels.'),
      figure(query, tr('the drawing')), figure(right, `${tr('the same symbol')}: ${apart(right)}`),
      figure(wrong, `${tr('what pixels choose')}: ${apart(wrong)}`)),
    part(tr('An embedding'),
      tr('A net turns each drawing into {0} numbers. They are trained to agree for one symbol in any hand, and to differ for two symbols.', og.info.dim),
      stripes(a, tr('the drawing')), stripes(b, tr('the same symbol')), stripes(c, tr('another symbol'))),
    part(tr('The same net twice'),
      tr('To compare two drawings the same net looks at both: a Siamese net. The cosine of their numbers is 1 for equal ones; below {0} they are called strangers.', og.info.threshold.toFixed(2)),
      figure(right, tr('cosine {0}', cosine(a, b).toFixed(2))), figure(other, tr('cosine {0}', cosine(a, embedding(other)).toFixed(2)))),
    part(tr('The support set'),
      tr('Your board is the classifier. A new example is one more row of numbers, so it learns at once, and forgets at once. The net itself never changes.')),
  ];
}

/** Who made how many errors. @param {Facts['literature']} systems */
function literatureTable(systems) {
  /** What was measured has all its digits; what is quoted, those of its authors. */
  const number = (/** @type {number | null} */ v, /** @type {string | null} */ source, digits = 2) =>
    (v === null ? '' : source ? String(Number(v.toFixed(digits))) : v.toFixed(digits));
  const cell = (/** @type {string} */ textContent) => make('td', { textContent });
  const heads = [tr('System'), 'lake', 'within', 'across', tr('pairs'), tr('Parameters'), tr('Training, min'), tr('ms each')];
  const [first, ...rest] = heads.map((textContent) => make('th', { scope: 'col', textContent }));
  const rows = systems.map(({ name, source, parameters, seconds, ms, errors }) => make('tr', source ? {} : { className: 'ours' },
    make('th', { scope: 'row', textContent: tr(name), title: source ?? '' }),
    ...errors.map((e) => cell(number(e, source))), cell(number(parameters && parameters / 1e6, source)),
    cell(number(seconds && seconds / 60, source, 0)), cell(number(ms, source))));
  const table = make('table', {}, make('thead', {}, make('tr', {}, first, ...rest)), make('tbody', {}, ...rows));
  const around = make('div', { className: 'wide scroll', tabIndex: 0, role: 'region' }, table);
  around.setAttribute('aria-label', tr('Against others'));
  return around;
}

/** @param {Facts} facts */
function measuredParts({ curves, literature }) {
  const parts = [];
  if (curves.length)
    parts.push(part(tr('The more symbols, the harder'),
      tr('Part of right answers against the number of symbols to choose from, on alphabets that were never trained on. The bands are 95 % intervals.'),
      accuracyChart(curves)));
  if (literature.length)
    parts.push(part(tr('Against others'),
      tr('Errors in percent, 20 symbols with one example each. Bold: measured here; the others as their authors say. lake: the 400 trials of Lake and others, within one alphabet, across all; pairs: same or not. Parameters in millions.'),
      literatureTable(literature)));
  return parts;
}

/** @param {Oneglyph | undefined} og @param {Facts} facts */
export function show(og, facts) {
  if (!og) return;
  get('tour', HTMLDialogElement).showModal();
  get('tour-body', HTMLDivElement).replaceChildren(...liveParts(og), ...measuredParts(facts));
}
