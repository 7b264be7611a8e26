import { Oneglyph } from 'oneglyph';

/** The name of a drawing, of two symbols that were drawn once. */
export async function recognise(drawing) {
  const og = await Oneglyph.load();
  const set = og.createSupportSet();
  set.add('a roof', { strokes: [[[10, 60], [40, 10], [70, 60]]] });
  set.add('a corner', { strokes: [[[10, 10], [70, 10], [70, 70]]] });
  return set.classify(drawing).label;
}
