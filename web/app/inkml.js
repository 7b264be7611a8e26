/** Reading InkML (W3C, 2011): traces as strokes, groups with a label as drawings of it. */

/**
 * The two channels to read, as places in a point.
 * @param {Element} ink
 */
function channels(ink) {
  const names = [...(ink.getElementsByTagName('traceFormat')[0]?.getElementsByTagName('channel') ?? [])]
    .map((channel) => channel.getAttribute('name'));
  const [x, y] = [names.indexOf('X'), names.indexOf('Y')];
  return x < 0 || y < 0 ? [0, 1] : [x, y];
}

/**
 * Points of a trace: values as they are, or as differences (') and differences of those (").
 * @param {string} text
 * @param {number[]} at
 */
function points(text, at) {
  /** @type {{order: number, value: number, speed: number}[]} */
  const state = [];
  return text.trim().split(',').map((point) => {
    const values = point.match(/[!'"]?\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/g) ?? [];
    const read = values.map((word, i) => {
      const s = (state[i] ??= { order: 0, value: 0, speed: 0 });
      const order = '!\'"'.indexOf(word[0]);
      if (order >= 0) s.order = order;
      const number = Number(order >= 0 ? word.slice(1) : word);
      if (s.order === 0) s.value = number;
      else {
        s.speed = s.order === 1 ? number : s.speed + number;
        s.value += s.speed;
      }
      return s.value;
    });
    const [x, y] = at.map((i) => read[i]);
    if (!Number.isFinite(x) || !Number.isFinite(y)) throw new Error('a trace of it has a point without X and Y');
    return [x, y];
  });
}

/** The label right inside an element. @param {Element} element */
function labelOf(element) {
  const own = [...element.children].find(({ localName }) => localName === 'annotation');
  return own?.textContent?.trim() || null;
}

/**
 * The drawings of a file; without labels it is one.
 * @param {string} text
 * @returns {{label: string | null, strokes: number[][][]}[]}
 */
export function readInkml(text) {
  const ink = new DOMParser().parseFromString(text, 'application/xml').documentElement;
  if (ink.localName !== 'ink' || ink.getElementsByTagName('parsererror').length)
    throw new Error('it is not InkML');
  const at = channels(ink);
  /** @param {Element} element */
  const strokes = (element) => {
    const own = [...element.getElementsByTagName('trace')];
    const views = [...element.getElementsByTagName('traceView')].flatMap((view) => {
      const id = (view.getAttribute('traceDataRef') ?? '').replace('#', '');
      return [...ink.getElementsByTagName('trace')].filter((t) =>
        (t.getAttribute('id') ?? t.getAttribute('xml:id')) === id);
    });
    return [...own, ...views].map((trace) => points(trace.textContent ?? '', at));
  };
  const groups = [...ink.getElementsByTagName('traceGroup')].flatMap((group) => {
    const label = labelOf(group);
    const inner = [...group.getElementsByTagName('traceGroup')].some(labelOf);
    return label && !inner ? [{ label, strokes: strokes(group) }] : [];
  });
  const drawings = groups.length ? groups : [{ label: labelOf(ink), strokes: strokes(ink) }];
  if (!drawings.every((d) => d.strokes.length)) throw new Error('it has a drawing without traces');
  return drawings;
}
