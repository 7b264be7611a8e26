/** A list that is edited by drawing. */
import '../lib/oneglyph-pad.js';

const pad = /** @type {import('../lib/oneglyph-pad.js').OneglyphPad} */ (document.querySelector('oneglyph-pad'));
const list = /** @type {HTMLElement} */ (document.getElementById('list'));
const said = /** @type {HTMLElement} */ (document.getElementById('said'));

/** @typedef {{text: string, done: boolean}[]} Lines */
/** @type {Lines[]} the list as it was, step by step; the last is how it is */
const steps = [['Buy ink', 'Sharpen the quill', 'Write home'].map((text) => ({ text, done: false }))];
const now = () => steps[steps.length - 1];

/** What the gestures do. @type {Record<string, (lines: Lines) => Lines>} */
const COMMANDS = {
  tick: (lines) => {
    const next = lines.findIndex((line) => !line.done);
    return lines.map((line, i) => (i === next ? { ...line, done: true } : line));
  },
  delete: (lines) => lines.filter((line) => line !== (lines.find((l) => !l.done) ?? lines[0])),
  insert: (lines) => [...lines, { text: `New line ${lines.length + 1}`, done: false }],
};

function show() {
  list.replaceChildren(...now().map(({ text, done }) =>
    Object.assign(document.createElement('li'), { textContent: text, className: done ? 'done' : '' })));
}

/** A gesture of several strokes is waited for. */
let waiting = 0;
pad.addEventListener('answer', () => {
  clearTimeout(waiting);
  if (!pad.answer) return;
  waiting = window.setTimeout(() => {
    const gesture = pad.value;
    if (gesture in COMMANDS) steps.push(COMMANDS[gesture](now()));
    else if (gesture === 'undo' && steps.length > 1) steps.pop();
    said.textContent = gesture || 'That is none of the gestures.';
    pad.clear();
    show();
  }, 700);
});
show();
