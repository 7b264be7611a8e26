// The types from TypeScript: what a caller writes compiles, and a slip does not.
import { Oneglyph, OneglyphError, type Answer, type Strokes } from 'oneglyph';

const roof: Strokes = { strokes: [[[10, 60], [40, 10], [70, 60]]] };

export async function nameOf(drawing: Strokes): Promise<string | null> {
  const og = await Oneglyph.load({ build: 'auto', precision: 'int16' });
  const set = og.createSupportSet();
  const id: number = set.add('a roof', roof);
  const answer: Answer = set.classify(drawing, { threshold: 0.5 });
  const again = og.loadSupportSet(set.toJSON());
  const numbers: Float32Array = og.embed(drawing);
  // @ts-expect-error: no such build
  await Oneglyph.load({ build: 'fast' }).catch((error: OneglyphError) => error.code);
  // @ts-expect-error: a label is a string
  set.add(7, roof);
  return again.count() === 1 && numbers.length === og.info.dim && answer.ranking[0]?.nearest === id
    ? answer.label
    : null;
}
