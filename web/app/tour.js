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

/** Published 20-way one-shot accuracies on Lake's 400 trials, in percent of errors. */
const PUBLISHED = [
  ['People (Lake and others 2015)', 4.5],
  ['Bayesian Program Learning (Lake and others 2015)', 3.3],
  ['Siamese net (Koch and others 2015)', 8.0],
  ['Attentive recurrent comparator (Shyam and others 2017)', 1.5],
];

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

/** @param {Facts} facts */
function measuredParts({ curves, tests }) {
  const parts = [];
  if (curves.length)
    parts.push(part(tr('The more symbols, the harder'),
      tr('Part of right answers against the number of symbols to choose from, on alphabets that were never trained on. The bands are 95 % intervals.'),
      accuracyChart(curves)));
  const lake = tests.filter((t) => t.task === 'lake' && !t.assignment);
  if (lake.length) {
    const percent = (/** @type {number} */ error) => `${(100 - error).toFixed(1)} %`;
    const rows = [
      ...lake.map((t) => [tr('{0}, measured here', t.model), percent((100 * t.errors) / t.trials)]),
      ...PUBLISHED.map(([who, error]) => [tr(String(who)), percent(Number(error))]),
    ].sort((a, b) => parseFloat(b[1]) - parseFloat(a[1]));
    const table = make('table', {}, make('tbody', {}, ...rows.map(([who, right]) =>
      make('tr', {}, make('th', { scope: 'row', textContent: who }), make('td', { textContent: right })))));
    parts.push(part(tr('Against others'), tr('Right of {0} trials of 20 symbols, one example each: the runs of Lake and others, 2015.', lake[0].trials), table));
  }
  return parts;
}

/** @param {Oneglyph | undefined} og @param {Facts} facts */
export function show(og, facts) {
  if (!og) return;
  get('tour', HTMLDialogElement).showModal();
  get('tour-body', HTMLDivElement).replaceChildren(...liveParts(og), ...measuredParts(facts));
}
