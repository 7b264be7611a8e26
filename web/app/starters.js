/** Sets to start from, drawn here. Their pens are a little unsteady, as that of starter.js is. */
import { hand, sharp, toSymbols } from './starter.js';

/** @typedef {import('./starter.js').Point} Point */

/**
 * Part of a circle, in turns, a quarter of them downwards.
 * @param {number} x @param {number} y @param {number} radius @param {number} [from] @param {number} [to]
 * @returns {Point[]}
 */
function arc(x, y, radius, from = 0, to = 1) {
  const steps = Math.max(3, Math.ceil(Math.abs(to - from) * 12));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / steps);
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

/** @param {...Point} points with corners */
const lines = (...points) => sharp(points);
/** A round blot, as a pen fills it. @param {number} x @param {number} y @returns {Point[]} */
const blot = (x, y) => [...arc(x, y, 75), ...arc(x, y, 45), ...arc(x, y, 15)];

/** @type {Record<string, Record<string, Point[][]>>} by set, then by symbol: strokes */
const SETS = {
  Music: {
    'quarter note': [[...blot(400, 720), [470, 720], [470, 720], [472, 230]]],
    'half note': [[...arc(400, 720, 80), [480, 720], [480, 720], [480, 230]]],
    'eighth note': [[...blot(380, 720), [450, 720], [450, 720], [452, 230], [452, 230], [590, 350], [620, 480], [570, 580]]],
    sharp: [lines([420, 250], [420, 780]), lines([580, 220], [580, 750]), lines([310, 430], [700, 380]), lines([310, 620], [700, 570])],
    flat: [[[400, 200], [400, 480], [400, 780], [400, 780], [560, 650], [600, 540], [510, 490], [402, 570]]],
    'treble clef': [[[520, 560], [460, 520], [500, 460], [590, 500], [590, 610], [470, 650], [380, 550], [430, 420], [560, 280], [560, 160], [490, 170], [480, 300], [560, 780], [500, 860], [430, 810]]],
    'bass clef': [[[400, 400], [350, 350], [410, 270], [550, 280], [610, 420], [540, 600], [370, 750]], [[700, 340], [702, 342]], [[700, 470], [702, 472]]],
    rest: [lines([430, 230], [560, 390], [450, 500], [590, 640]).concat([[470, 620], [440, 690], [530, 780]])],
  },
  Map: {
    church: [lines([500, 180], [500, 420]), lines([420, 260], [580, 260]), lines([330, 800], [330, 520], [500, 420], [670, 520], [670, 800], [330, 800])],
    bridge: [[[200, 420], [300, 480], [700, 480], [800, 420]], [[200, 680], [300, 620], [700, 620], [800, 680]]],
    peak: [lines([200, 760], [500, 260], [800, 760], [200, 760])],
    tent: [lines([200, 760], [500, 260], [800, 760], [200, 760]), lines([500, 500], [410, 760]), lines([500, 500], [590, 760])],
    lighthouse: [lines([420, 800], [460, 360], [540, 360], [580, 800], [420, 800]), lines([380, 280], [220, 210]), lines([620, 280], [780, 210]), arc(500, 290, 60)],
    anchor: [arc(500, 240, 60), lines([500, 300], [500, 780]), lines([380, 400], [620, 400]), arc(500, 530, 250, 0.03, 0.47)],
    railway: [lines([200, 500], [800, 500]), lines([300, 420], [300, 580]), lines([430, 420], [430, 580]), lines([570, 420], [570, 580]), lines([700, 420], [700, 580])],
    spring: [arc(500, 340, 100), [[500, 440], [560, 520], [440, 620], [560, 720], [500, 820]]],
  },
  Cards: {
    spade: [[[500, 210], [400, 370], [250, 520], [270, 670], [400, 680], [500, 580], [500, 580], [600, 680], [730, 670], [750, 520], [600, 370], [500, 210]], lines([500, 590], [440, 820], [560, 820], [500, 590])],
    heart: [[[500, 400], [430, 280], [310, 260], [240, 370], [290, 520], [500, 780], [500, 780], [710, 520], [760, 370], [690, 260], [570, 280], [500, 400]]],
    diamond: [lines([500, 200], [720, 500], [500, 800], [280, 500], [500, 200])],
    club: [[...arc(500, 330, 120, 0.3, 1.2)], [...arc(360, 540, 120, 0, 0.95)], [...arc(640, 540, 120, 0.55, 1.5)], lines([500, 560], [440, 820], [560, 820], [500, 560])],
  },
  Gestures: {
    delete: [lines([250, 400], [750, 350], [270, 520], [760, 480], [300, 640], [740, 610])],
    insert: [lines([300, 700], [500, 330], [700, 700])],
    'new line': [lines([700, 300], [700, 620], [300, 620]), lines([400, 520], [290, 620], [400, 720])],
    select: [arc(500, 500, 260, 0.7, 1.72)],
    undo: [[[300, 420], [520, 340], [690, 460], [690, 640], [520, 750], [360, 720]], lines([400, 300], [290, 420], [420, 510])],
    tick: [lines([260, 520], [430, 720], [760, 300])],
    cross: [lines([300, 300], [700, 700]), lines([700, 300], [300, 700])],
    swap: [[[400, 650], [360, 480], [440, 380], [560, 480], [640, 600], [720, 500], [680, 330]]],
  },
};

/** Names of the sets. */
export const NAMES = Object.keys(SETS);

/** @param {string} name */
export function startWith(name) {
  return toSymbols(Object.entries(SETS[name]).map(([label, strokes], i) => ({
    label,
    strokes: strokes.map((stroke, k) => hand(stroke, 7 * i + k)),
  })));
}
