/**
 * The pad: what the pen draws becomes strokes of the document. The canvas is painted from strokes, so
 * it survives resizing, rotation and screens of any density.
 */
import { Pen, UNIT } from '../lib/pen.js';
import { paintRaster } from './ink.js';
import { isEmpty } from './state.js';

export class Pad {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import('./state.js').Store} store
   * @param {{live: () => void}} listener hears of every moved frame
   */
  constructor(canvas, store, listener) {
    this.canvas = canvas;
    this.store = store;
    this.pen = new Pen(canvas, {
      moved: () => {
        this.paint();
        if (this.live) listener.live();
      },
      done: (stroke) => store.addStroke(stroke),
    });
    new ResizeObserver(() => this.paint()).observe(canvas);
    this.#watchDensity();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.paint());
    store.subscribe(() => this.paint());
  }

  /** Paints anew when the page is zoomed, or comes to a screen of another density. */
  #watchDensity() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', () => {
      this.paint();
      this.#watchDensity();
    }, { once: true });
  }

  /** The stroke being drawn. */
  get live() {
    return this.pen.live;
  }

  /** Abandons it. */
  stop() {
    this.pen.stop();
  }

  /** The strokes to look at: those of the document, and the one being drawn. */
  strokes() {
    const { drawing, filed } = this.store.doc;
    const before = 'image' in drawing || (filed && this.live) ? [] : drawing.strokes;
    return this.live ? [...before, this.live] : before;
  }

  paint() {
    const context = this.pen.wipe();
    if (!context) return;
    const { drawing, filed } = this.store.doc;
    context.globalAlpha = filed && !this.live ? 0.8 : 1;
    if ('image' in drawing && !this.live)
      return paintRaster(context, drawing.image, getComputedStyle(this.canvas).color, UNIT);
    this.pen.trace(context, this.strokes());
  }

  get empty() {
    return !this.live && isEmpty(this.store.doc.drawing);
  }
}
