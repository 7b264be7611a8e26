/** Learns two symbols from one drawing each, and says which of them a third drawing is. */
import { Oneglyph } from 'oneglyph';

const og = await Oneglyph.load();
const set = og.createSupportSet();
set.add('a roof', { strokes: [[[10, 60], [40, 10], [70, 60]]] });
set.add('a corner', { strokes: [[[10, 10], [70, 10], [70, 70]]] });
const { label, ranking } = set.classify({ strokes: [[[12, 57], [39, 12], [73, 62]]] });
console.log(`${label}, with probability ${ranking[0].probability.toFixed(2)}`);
