/**
 * Pointer events to strokes on a canvas. One pointer draws at a time; a second finger is ignored, and
 * so is the hand that rests beside a pen; a cancelled stroke ends where it is.
 */

/** The pad's own unit: its shorter side is this long, whatever its size in pixels. */
export const UNIT = 1000;
/** Pen width in that unit. */
export const PEN = 26;

/**
 * One stroke through its points, smoothed by quadratic curves between their midpoints.
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} points
 */
export function traceStroke(context, points) {
  if (points.length === 0) return;
  const [[left, top]] = points;
  context.beginPath();
  if (points.every(([x, y]) => x === left && y === top)) {
    // A dot: not every browser gives a line without length its round ends.
    context.fillStyle = context.strokeStyle;
    context.arc(left, top, context.lineWidth / 2, 0, 7);
    return context.fill();
  }
  context.moveTo(left, top);
  for (let i = 1; i + 1 < points.length; i++) {
    const [x, y] = points[i];
    context.quadraticCurveTo(x, y, (x + points[i + 1][0]) / 2, (y + points[i + 1][1]) / 2);
  }
  const last = points[points.length - 1];
  context.lineTo(last[0], last[1]);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {string} color @param {number} width */
export function usePen(context, color, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
}

/** After a pen was seen, touches are its hand for so long, in milliseconds. */
const PEN_STAYS = 1000;
/** A touch wider than this is no fingertip, in CSS pixels. */
const PALM = 70;

export class Pen {
  /** @type {number[][] | null} the stroke being drawn */
  live = null;
  /** @type {number[][]} where the browser expects the pen to be next: painted, never kept */
  #ahead = [];
  #pointer = -1;
  #type = '';
  #penSeen = -Infinity;
  #frame = 0;
  /** Where the canvas is. @type {DOMRect | null} */
  #rect = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{moved: () => void, done: (stroke: number[][]) => void}} listener `moved`: at most once
   *   a frame, while the pen moves
   */
  constructor(canvas, listener) {
    this.canvas = canvas;
    this.listener = listener;
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    for (const type of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture']))
      canvas.addEventListener(type, (event) => this.#end(event));
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  /** Abandons the stroke being drawn. */
  stop() {
    this.#pointer = -1;
    this.live = null;
    this.#ahead = [];
  }

  /** A hand on the screen rather than a finger. @param {PointerEvent} event */
  #isPalm({ pointerType, width, height, timeStamp }) {
    if (pointerType === 'pen') this.#penSeen = timeStamp;
    return pointerType === 'touch' &&
      (timeStamp - this.#penSeen < PEN_STAYS || Math.max(width, height) > PALM);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0 || this.#isPalm(event)) return;
    // A pen that comes down means that the touch before it was the hand.
    if (event.pointerType === 'pen' && this.#type === 'touch') this.stop();
    if (this.#pointer !== -1) return;
    event.preventDefault();
    this.#type = event.pointerType;
    // Who draws by hand needs no ring to see where keys go.
    this.canvas.focus(/** @type {FocusOptions} */ ({ preventScroll: true, focusVisible: false }));
    this.#pointer = event.pointerId;
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      // The pointer is gone already; its stroke ends with the next event.
    }
    this.#rect = this.canvas.getBoundingClientRect();
    this.live = [this.#point(event)];
    this.#show();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerType === 'pen') this.#penSeen = event.timeStamp;
    if (event.pointerId !== this.#pointer || !this.live) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.live.push(this.#point(part));
    this.#ahead = (event.getPredictedEvents?.() ?? []).map((part) => this.#point(part));
    this.#show();
  }

  /** @param {PointerEvent} event */
  #end(event) {
    if (event.pointerId !== this.#pointer || !this.live) return;
    const stroke = thin(this.live);
    this.stop();
    this.listener.done(stroke);
  }

  /** Position in the pad's unit, to a tenth, from the middle. @param {PointerEvent} event */
  #point(event) {
    const rect = this.#rect ?? this.canvas.getBoundingClientRect();
    const scale = UNIT / Math.max(1, Math.min(rect.width, rect.height));
    const round = (/** @type {number} */ v) => Math.round(v * 10) / 10;
    return [
      round((event.clientX - rect.left - rect.width / 2) * scale + UNIT / 2),
      round((event.clientY - rect.top - rect.height / 2) * scale + UNIT / 2),
    ];
  }

  #show() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.listener.moved();
    });
  }

  /**
   * Makes the canvas as sharp as the screen and clears it; its unit is then that of the strokes.
   * @returns {CanvasRenderingContext2D | null} null while it has no size
   */
  wipe() {
    const { canvas } = this;
    const { width, height } = (this.#rect = canvas.getBoundingClientRect()); // it may have been resized
    const density = devicePixelRatio || 1;
    const [w, h] = [Math.round(width * density), Math.round(height * density)];
    if (!w || !h) return null;
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
    }
    const context = canvas.getContext('2d');
    if (!context) return null;
    const scale = Math.min(w, h) / UNIT;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, h);
    context.setTransform(scale, 0, 0, scale, (w - UNIT * scale) / 2, (h - UNIT * scale) / 2);
    return context;
  }

  /** @param {CanvasRenderingContext2D} context of wipe() @param {number[][][]} strokes */
  trace(context, strokes) {
    usePen(context, getComputedStyle(this.canvas).color, PEN);
    for (const stroke of strokes)
      traceStroke(context, stroke === this.live ? [...stroke, ...this.#ahead] : stroke);
  }
}

/** Points closer than this, in the pad's unit, say nothing new. */
const NEAR = 3;
/** Points kept of one stroke; far beyond what a hand draws. */
const MOST = 4000;

/**
 * Leaves out points that hardly moved, keeping first and last.
 * @param {number[][]} points
 */
export function thin(points) {
  const out = [points[0]];
  for (const point of points.slice(1, MOST)) {
    const [x, y] = out[out.length - 1];
    if (Math.hypot(point[0] - x, point[1] - y) >= NEAR) out.push(point);
  }
  return out;
}
