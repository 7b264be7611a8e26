/** Draw a symbol once, and it is known. See the README for a tour. */

/** Strokes of points [x, y] or [x, y, time]: y down, any unit. A stroke of one point is a dot. */
export interface Strokes {
  strokes: number[][][];
}
/** Pixels as in ImageData: 4 bytes each. Dark on light, light on dark, transparent is paper. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}
export type Drawing = Strokes | Pixels;

/**
 * 'relaxed' is the fastest in f32, and its numbers differ in their last bits between machines with
 * and without a fused multiply-add. Its file is optional: made only where a compiler for it is.
 */
export type Build = 'scalar' | 'simd' | 'relaxed';

export type ErrorCode =
  | 'argument'
  | 'label'
  | 'format'
  | 'too-large'
  | 'empty'
  | 'unsupported'
  | 'memory'
  | 'load';

/** Every error this module throws on purpose. */
export class OneglyphError extends Error {
  constructor(code: string, message: string, cause?: unknown);
  readonly code: ErrorCode | (string & {});
}

export type Precision = 'f32' | 'int16';

export type Bytes = ArrayBuffer | ArrayBufferView;

export interface LoadOptions {
  /** 'auto' (default) is 'simd' where it runs, else 'scalar'. An impossible build is an error. */
  build?: 'auto' | Build;
  /** Of the net's products. Default 'f32'; 'int16' is faster and gives nearly the same numbers. */
  precision?: Precision;
  /** Folder of the .wasm files and of models/; default: the one above this module. */
  base?: URL | string;
  /** Model file: where it is, or its bytes. Default: models/glyph.safetensors in `base`. */
  model?: URL | string | Bytes;
  /** The module of this build: where it is, or its bytes. Default: oneglyph-BUILD.wasm in `base`. */
  wasm?: URL | string | Bytes;
}

export interface Info {
  readonly build: Build;
  readonly precision: Precision;
  /** Kernels in use: 'scalar', 'simd128', 'relaxed'. */
  readonly isa: string;
  readonly model: string;
  /** Numbers in an embedding. */
  readonly dim: number;
  /** The net reads inputSize x inputSize pixels. */
  readonly inputSize: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Of the ranking's softmax over similarities, calibrated on held-out drawings. */
  readonly temperature: number;
  /** Similarity at which "none of these" is as likely as the class. */
  readonly threshold: number;
}

export interface Match {
  label: string;
  /** Over all classes and "none of these". */
  probability: number;
  /** Probability that drawing and class are one symbol, judged alone. */
  same: number;
  /** Cosine, -1 to 1. */
  similarity: number;
  /** Id of the example of this class most like the drawing. */
  nearest: number;
}

export interface Answer {
  /** null: none of these. */
  label: string | null;
  /** Every class with examples, best first. */
  ranking: Match[];
  /** Probability of "none of these"; 1 for an empty set. */
  none: number;
  /** Of the drawing. */
  embedding: Float32Array;
  /** Time it took. */
  ms: number;
}

export type SavedExample = { strokes: number[][][] } | { image: string };
export interface SavedClass {
  label: string;
  examples: SavedExample[];
}
export interface SavedSet {
  format: string;
  version: number;
  classes: SavedClass[];
}

export class SupportSet {
  private constructor();
  /** quick: embedded once, not in several views, in a fifth of the time, and a little less sure. */
  add(label: string, drawing: Drawing, options?: { quick?: boolean }): number;
  addAsync(label: string, drawing: Drawing | Blob, options?: { quick?: boolean }): Promise<number>;
  addClass(label: string): unknown;
  remove(id: number): void;
  rename(old: string, label: string): void;
  removeClass(label: string): void;
  labels(): string[];
  count(label?: string): number;
  examples(label: string): number[];
  /** A flat map (two principal components): places by example id, and where an embedding lies. */
  map(): { places: Map<number, [number, number]>; place(embedding: Float32Array): [number, number] };
  toJSON(): SavedSet;
  /**
   * Ranks the classes, best first. A drawing, which is more than its embedding, is compared a second
   * time with the best two where the model says so.
   */
  classify(drawing: Drawing | Float32Array, options?: { threshold?: number }): Answer;
  classifyAsync(
    drawing: Drawing | Blob | Float32Array,
    options?: { threshold?: number },
  ): Promise<Answer>;
  free(): void;
}

export class Oneglyph {
  private constructor();
  static load(options?: LoadOptions): Promise<Oneglyph>;
  /** The picture of a saved example; a Blob if only the browser can decode it. */
  static openImage(url: string): Pixels | Blob;
  readonly info: Info;
  embed(drawing: Drawing): Float32Array;
  embedAsync(drawing: Drawing | Blob): Promise<Float32Array>;
  decode(drawing: Drawing | Blob): Promise<Drawing>;
  /** 105 x 105 bytes; 1 is ink. */
  rasterize(drawing: Drawing): Uint8Array;
  /** The embedding of such a raster. */
  embedRaster(raster: Uint8Array): Float32Array;
  /** Symbol `symbol` of the made-up alphabet `seed`, in the hand of `drawer`; always the same. */
  invent(seed: number, symbol: number, drawer: number): { strokes: number[][][] };
  /**
   * A new example of a symbol from one drawing of it, as another person might draw it; strength 1 (0 ..
   * 4, default 0.7) is as different as two people's drawings are. The same numbers give the same.
   */
  imagine(drawing: Strokes, seed?: number, strength?: number): Strokes;
  createSupportSet(): SupportSet;
  loadSupportSet(saved: unknown): SupportSet;
  loadSupportSetAsync(saved: unknown): Promise<SupportSet>;
}

/** Checks a saved set strictly and returns a clean copy of its classes. */
export function parseSaved(saved: unknown): SavedClass[];
