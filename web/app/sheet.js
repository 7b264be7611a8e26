/**
 * Cutting a picture of many symbols into one box for each: ink is told from paper, connected ink
 * is labelled, and parts that lie close together (the dot of an i, the strokes of a kanji) are
 * joined again.
 *
 * @typedef {{left: number, top: number, right: number, bottom: number, area: number}} Box in pixels,
 *   right and bottom excluded
 */

/** A longer side is scaled down to this before looking: photographs are far larger than needed. */
export const SIDE = 1200;
/** Symbols that one sheet may have. */
export const MOST = 400;

/** Luminance, on white where it is transparent. @param {{data: ArrayLike<number>, width: number, height: number}} picture */
function greys({ data, width, height }) {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const alpha = data[4 * i + 3] / 255;
    const light = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
    grey[i] = Math.round(alpha * light + 255 * (1 - alpha));
  }
  return grey;
}

/**
 * The threshold that parts greys best (Otsu 1979); those above it are lighter.
 * @param {Uint8Array} grey
 */
function otsu(grey) {
  const counts = new Float64Array(256);
  for (const g of grey) counts[g]++;
  let all = 0;
  for (let g = 0; g < 256; g++) all += g * counts[g];
  let [best, at, below, sum] = [-1, 127, 0, 0];
  for (let g = 0; g < 255; g++) {
    below += counts[g];
    sum += g * counts[g];
    const above = grey.length - below;
    if (!below || !above) continue;
    const difference = sum / below - (all - sum) / above;
    const between = below * above * difference * difference;
    if (between > best) [best, at] = [between, g];
  }
  return at;
}

/** 1 where ink is: the rarer of dark and light. @param {Uint8Array} grey */
function findInk(grey) {
  const threshold = otsu(grey);
  const ink = grey.map((g) => Number(g <= threshold));
  const dark = ink.reduce((sum, i) => sum + i, 0);
  return 2 * dark > grey.length ? ink.map((i) => 1 - i) : ink;
}

/** Boxes of connected ink, diagonals included. @param {Uint8Array} ink @param {number} width */
function label(ink, width) {
  const left = ink.slice();
  const stack = [];
  /** @type {Box[]} */
  const boxes = [];
  for (let start = 0; start < left.length; start++) {
    if (!left[start]) continue;
    const box = { left: width, top: Infinity, right: 0, bottom: 0, area: 0 };
    left[start] = 0;
    stack.push(start);
    while (stack.length) {
      const at = /** @type {number} */ (stack.pop());
      const [x, y] = [at % width, Math.floor(at / width)];
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y + 1);
      box.area++;
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++) {
          const next = at + dy * width + dx;
          if (x + dx < 0 || x + dx >= width || !left[next]) continue;
          left[next] = 0;
          stack.push(next);
        }
    }
    boxes.push(box);
  }
  return boxes;
}

const sizeOf = (/** @type {Box} */ b) => Math.max(b.right - b.left, b.bottom - b.top);

/** The gap between two boxes; 0 where they touch. @param {Box} a @param {Box} b */
function gap(a, b) {
  const dx = Math.max(0, a.left - b.right, b.left - a.right);
  const dy = Math.max(0, a.top - b.bottom, b.top - a.bottom);
  return Math.max(dx, dy);
}

/** Joins boxes that are nearer than `near`, until none are. @param {Box[]} boxes @param {number} near */
function join(boxes, near) {
  for (let i = 0; i < boxes.length; i++)
    for (let j = i + 1; j < boxes.length; j++) {
      const [a, b] = [boxes[i], boxes[j]];
      if (gap(a, b) > near) continue;
      a.left = Math.min(a.left, b.left);
      a.top = Math.min(a.top, b.top);
      a.right = Math.max(a.right, b.right);
      a.bottom = Math.max(a.bottom, b.bottom);
      a.area += b.area;
      boxes.splice(j, 1);
      j = i; // it has grown: look again at all behind it
    }
  return boxes;
}

/** As they are read: line after line. @param {Box[]} boxes */
function inLines(boxes) {
  const todo = [...boxes].sort((a, b) => a.top - b.top);
  const out = [];
  while (todo.length) {
    const { top, bottom } = todo[0];
    const line = todo.filter((b) => (b.top + b.bottom) / 2 < bottom && b.top >= top);
    out.push(...line.sort((a, b) => a.left - b.left));
    for (const box of line) todo.splice(todo.indexOf(box), 1);
  }
  return out;
}

/**
 * The symbols of a picture, as they are read.
 * @param {{data: ArrayLike<number>, width: number, height: number}} picture
 */
export function cut(picture) {
  const boxes = label(findInk(greys(picture)), picture.width);
  const largest = Math.max(0, ...boxes.map(sizeOf));
  // Dust is far smaller than what is drawn.
  const drawn = boxes.filter((b) => b.area >= 6 && sizeOf(b) > largest / 40);
  const large = drawn.map(sizeOf).filter((size) => size > largest / 4).sort((a, b) => a - b);
  const usual = large[large.length >> 1] ?? 0;
  if (drawn.length > 4 * MOST) return [];
  return inLines(join(drawn, usual * 0.22).filter((b) => sizeOf(b) > usual / 6)).slice(0, MOST);
}
