import type { Answer, Oneglyph, SupportSet } from './oneglyph.js';

/** `<oneglyph-pad>`: a place to draw on that knows symbols. Importing this module defines it. */
export class OneglyphPad extends HTMLElement {
  /** The module with its model, shared by all pads of one base. */
  readonly engine: Promise<Oneglyph>;
  /** The symbols it knows; null until the event `load`. */
  readonly set: SupportSet | null;
  /** What is drawn; setting it draws. */
  strokes: number[][][];
  /** What the last look said; null while nothing is drawn. */
  readonly answer: Answer | null;
  /** The label of what is drawn; '' for none of the symbols, and while nothing is drawn. */
  readonly value: string;
  readonly name: string;
  readonly form: HTMLFormElement | null;
  /** What is drawn is an example of `label` from now on. */
  teach(label: string): void;
  undo(): void;
  clear(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'oneglyph-pad': OneglyphPad;
  }
}
