/** What a pen, a mouse and fingers do on the pad: every point, dots, dense screens, and what must not draw. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertQuiet, BROWSERS, draw, kept, open, text, touch, undo, until, visit, WIDE,
} from './browser.mjs';
import { without } from './helpers.mjs';

/** Of the pad's unit; see web/lib/pen.js. */
const [UNIT, PEN] = [1000, 26];
/** Pixels that a pen is foreseen to go. */
const FAR = 60;

/** Where the pad is, and how a place on the screen is said in its unit. */
async function measure(page) {
  const box = await page.$eval('#pad', (pad) => pad.getBoundingClientRect().toJSON());
  const scale = UNIT / Math.min(box.width, box.height);
  return {
    ...box,
    at: (u, v) => [box.x + u * box.width, box.y + v * box.height],
    unit: (x, y) => [(x - box.x - box.width / 2) * scale + UNIT / 2, (y - box.y - box.height / 2) * scale + UNIT / 2],
  };
}

/** The box around the ink on the pad, in its unit; its size in pixels beside the screen's. */
const painted = (page) => page.$eval('#pad', (canvas, unit) => {
  const { width, height } = canvas;
  const copy = Object.assign(document.createElement('canvas'), { width, height });
  const context = copy.getContext('2d', { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 3; i < data.length; i += 4)
    if (data[i] > 128) {
      const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  const scale = unit / Math.min(width, height);
  const box = canvas.getBoundingClientRect();
  return {
    left: (left - width / 2) * scale + unit / 2, right: (right - width / 2) * scale + unit / 2,
    top: (top - height / 2) * scale + unit / 2, bottom: (bottom - height / 2) * scale + unit / 2,
    pixels: [width, height], screen: [box.width * devicePixelRatio, box.height * devicePixelRatio],
  };
}, UNIT);

const near = (a, b, by, what) => assert.ok(Math.abs(a - b) <= by, `${what}: ${a} is not ${b}`);
const frame = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

for (const [name, path] of Object.entries(BROWSERS))
  describe(name, { skip: without(path), timeout: 240000 }, () => {
    const at = visit(name);
    const fresh = async (more = {}) => {
      const opened = await open(await at.driver.browser.createBrowserContext(), at.origin, { ...WIDE, ...more });
      await opened.page.click('#clear');
      await until(async () => (await kept(opened.page)).length, 0); // the greeting's drawing may have been kept
      return opened;
    };

    test('every point of a busy moment is kept; what the browser foresees is painted only', async () => {
      const opened = await fresh();
      const { page } = opened;
      await page.$eval('#pad', (pad, far) => {
        globalThis.seen = { parts: 0, ahead: 0 };
        const { getPredictedEvents } = PointerEvent.prototype;
        pad.addEventListener('pointermove', (event) => {
          globalThis.seen.parts = Math.max(globalThis.seen.parts, event.getCoalescedEvents().length);
          globalThis.seen.ahead = Math.max(globalThis.seen.ahead, getPredictedEvents.call(event).length);
        }, true);
        PointerEvent.prototype.getPredictedEvents = function () { // how far it foresees depends on the machine
          return [new PointerEvent('pointermove', { clientX: this.clientX + far, clientY: this.clientY })];
        };
      }, FAR);
      const pad = await measure(page);
      const places = Array.from({ length: 20 }, (_, i) => [pad.x + 60 + 12 * (i + 1), pad.y + 150 + 6 * ((i + 1) % 3)]);
      await page.mouse.move(pad.x + 60, pad.y + 150);
      await page.mouse.down();
      const busy = page.evaluate(() => {
        const start = performance.now();
        while (performance.now() - start < 500);
      });
      await Promise.all([busy, ...places.map((place) => page.mouse.move(...place))]);
      await frame(page);
      const seen = await page.evaluate(() => globalThis.seen);
      const last = pad.unit(...places.at(-1));
      if (name === 'chromium') // Firefox sends each move on its own, and foresees nothing
        assert.ok(seen.parts > 2 && seen.ahead > 0, JSON.stringify(seen));
      const [ahead] = pad.unit(places.at(-1)[0] + FAR, 0);
      near((await painted(page)).right, ahead + PEN / 2, 4, 'ink ahead of the pen');
      await page.mouse.up();
      await until(async () => (await kept(page)).length, 1);
      const [stroke] = await kept(page);
      assert.equal(stroke.length, 21);
      places.forEach((place, i) => pad.unit(...place).forEach((v, k) => near(stroke[i + 1][k], v, 1, `point ${i + 1}`)));
      near((await painted(page)).right, last[0] + PEN / 2, 3, 'ink when the pen is up');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('a tap is a dot, as large as the pen, and belongs to the drawing', async () => {
      const opened = await fresh();
      const { page } = opened;
      const pad = await measure(page);
      const place = pad.at(0.4, 0.3);
      await page.mouse.click(...place);
      await until(async () => (await kept(page)).map((stroke) => stroke.length), [1]);
      const [x, y] = pad.unit(...place);
      const ink = await painted(page);
      near(ink.left, x - PEN / 2, 3, 'left');
      near(ink.right, x + PEN / 2, 3, 'right');
      near(ink.top, y - PEN / 2, 3, 'top');
      near(ink.bottom, y + PEN / 2, 3, 'bottom');
      assert.match(await text(page, '#verdict-title'), /^(It is|None)/);
      await draw(page, [[[0.4, 0.4], [0.4, 0.8]]]); // an i
      await until(async () => (await kept(page)).length, 2);
      await undo(page);
      await until(async () => (await kept(page)).map((stroke) => stroke.length), [1]);
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('as sharp as a dense screen; a window that changes while drawing loses nothing', async () => {
      const opened = await fresh({ deviceScaleFactor: 2 });
      const { page } = opened;
      const sharp = async () => {
        const { pixels, screen } = await painted(page);
        pixels.forEach((size, i) => near(size, screen[i], 0.5, 'pixels'));
      };
      await sharp();
      let pad = await measure(page);
      await page.mouse.move(...pad.at(0.3, 0.3));
      await page.mouse.down();
      await page.mouse.move(...pad.at(0.5, 0.7), { steps: 4 });
      await frame(page);
      const before = await painted(page);
      await page.setViewport({ width: 1000, height: 620, deviceScaleFactor: 2 });
      await until(async () => (await measure(page)).width < pad.width, true);
      await frame(page);
      await sharp();
      const after = await painted(page);
      for (const side of ['left', 'top', 'right', 'bottom']) near(after[side], before[side], 4, side);
      const corner = pad.unit(...pad.at(0.3, 0.3));
      pad = await measure(page);
      await page.mouse.move(...pad.at(0.7, 0.3), { steps: 4 }); // the same stroke goes on
      await page.mouse.up();
      await until(async () => (await kept(page)).length, 1);
      const [stroke] = await kept(page);
      corner.forEach((v, k) => near(stroke[0][k], v, 4, 'its start')); // browsers round to pixels
      pad.unit(...pad.at(0.7, 0.3)).forEach((v, k) => near(stroke.at(-1)[k], v, 4, 'its end'));
      // On another screen. With the density alone headless Chromium tells nobody.
      await page.setViewport({ width: 1000, height: 660, deviceScaleFactor: 1 });
      await until(() => page.evaluate(() => devicePixelRatio), 1);
      await frame(page);
      await sharp();
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('no menu comes on the pad, and only the first button draws', async () => {
      const opened = await fresh();
      const { page } = opened;
      await page.evaluate(() => {
        globalThis.menus = [];
        addEventListener('contextmenu', (event) => globalThis.menus.push(event.defaultPrevented));
      });
      const pad = await measure(page);
      for (const button of ['right', 'middle']) {
        await page.mouse.move(...pad.at(0.3, 0.3));
        await page.mouse.down({ button });
        await page.mouse.move(...pad.at(0.6, 0.6), { steps: 3 });
        await page.mouse.up({ button });
      }
      assert.deepEqual(await page.evaluate(() => globalThis.menus), [true]);
      assert.equal(await page.$eval('#clear', (b) => b.disabled), true, 'nothing is drawn');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('a second finger is ignored, and so is a palm', async () => {
      const opened = await fresh({ hasTouch: name === 'chromium' });
      const { page } = opened;
      await touch(name, page, [
        { 1: [0.3, 0.3] }, { 1: [0.5, 0.7] }, { 1: [0.5, 0.7], 2: [0.9, 0.9] },
        { 1: [0.5, 0.7], 2: [0.1, 0.9] }, { 1: [0.7, 0.3] },
      ]);
      await until(async () => (await kept(page)).length, 1);
      const [stroke] = await kept(page);
      const pad = await measure(page);
      const [, low] = pad.unit(...pad.at(0, 0.75));
      assert.ok(stroke.every(([, y]) => y < low), 'only the first finger');
      if (name === 'chromium') { // Firefox's protocol has no wide fingers
        await touch(name, page, [{ 3: [0.8, 0.8] }, { 3: [0.9, 0.9] }], 120);
        await new Promise((resolve) => setTimeout(resolve, 400)); // what is drawn would be kept by now
        assert.equal((await kept(page)).length, 1);
      }
      // By keyboard: after two fingers headless Chromium swallows the next tap, on any page.
      await undo(page);
      await until(() => page.$eval('#clear', (b) => b.disabled), true);
      assertQuiet(opened, at.origin);
      await page.close();
    });
  });
