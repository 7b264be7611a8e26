/** A long sitting at the page: thousands of looks at a full board cost neither memory nor time. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { assertQuiet, bring, BROWSERS, draw, labels, open, undo, until, visit, WIDE } from './browser.mjs';
import { DRAWINGS, without } from './helpers.mjs';

/** In so many parts, at a board of so many symbols with so many examples each. */
const [PARTS, SYMBOLS, EXAMPLES] = [10, 100, 5];
/** In all; fewer where no heap but only processes can be measured, which tells little. */
const LOOKS = { chromium: 10000, firefox: 4000 };

/** Bytes that a process and all below it hold in memory, as Linux counts them: shared pages once for each. */
function resident(process) {
  const parents = new Map(readdirSync('/proc').filter((id) => /^\d+$/.test(id)).flatMap((id) => {
    try {
      const [, parent] = readFileSync(`/proc/${id}/stat`, 'utf8').replace(/.*\) . /s, '. ').split(' ');
      return [[Number(id), Number(parent)]];
    } catch {
      return []; // it has ended
    }
  }));
  const below = (id) => id === process || (parents.has(id) && below(parents.get(id)));
  return [...parents.keys()].filter(below).reduce((sum, id) => {
    try {
      return sum + 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return sum;
    }
  }, 0);
}

for (const [name, path] of Object.entries(BROWSERS))
  describe(name, { skip: without(path), timeout: 400000 }, () => {
    const at = visit(name);
    const looks = LOOKS[name] / PARTS;

    test(`${LOOKS[name]} looks at ${SYMBOLS * EXAMPLES} examples: memory flat, no slowdown`, async (t) => {
      const opened = await open(await at.driver.browser.createBrowserContext(), at.origin, WIDE);
      const { page } = opened;
      const classes = Array.from({ length: SYMBOLS }, (_, i) => ({
        label: `symbol ${i}`, examples: Array.from({ length: EXAMPLES }, (_, k) => DRAWINGS[(i + 40 * k) % 200]),
      }));
      await bring(page, 'board.json', JSON.stringify({ format: 'oneglyph-support', version: 1, classes }));
      await until(async () => (await labels(page)).length, SYMBOLS);
      const session = name === 'chromium' && (await page.createCDPSession());
      /** Bytes of the heap once rubbish is out; of a browser that does not tell, of all its processes. */
      const heap = async () => {
        if (!session) return resident(at.driver.browser.process().pid);
        await session.send('HeapProfiler.collectGarbage');
        return (await session.send('Runtime.getHeapUsage')).usedSize;
      };
      const [times, sizes] = [[], []];
      for (let part = 0; part < PARTS; part++) {
        // A drawing is made, taught and taken back, as people do; then the page looks at it.
        await draw(page, [[[0.3, 0.3 + 0.03 * part], [0.5, 0.7], [0.7, 0.3]]]);
        await page.keyboard.press(String(1 + (part % 9)));
        await undo(page);
        times.push(await page.evaluate((wanted) => {
          const slider = document.querySelector('#threshold'); // each of its steps is a whole look
          const start = performance.now();
          for (let i = 0; i < wanted; i++) {
            slider.value = String(0.5 + 0.01 * (i % 40));
            slider.dispatchEvent(new Event('input', { bubbles: true }));
          }
          return performance.now() - start;
        }, looks));
        sizes.push(await heap());
      }
      const early = Math.min(...times.slice(0, PARTS / 2));
      const late = Math.min(...times.slice(PARTS / 2));
      t.diagnostic(`${name}: ${(early / looks).toFixed(2)}, then ${(late / looks).toFixed(2)} ms a look; ${session ? 'heap' : 'processes'} ${sizes[1]}, then ${sizes.at(-1)} bytes`);
      assert.ok(late < 2 * early, times.map(Math.round).join()); // machines have other work too
      // Processes hold rubbish too, and how much depends on when it was taken out last.
      if (session) assert.ok(sizes.at(-1) <= 1.1 * sizes[1] + 1e6, sizes.join());
      else assert.ok(sizes.at(-1) > 0 && sizes.at(-1) <= 1.15 * sizes[1] + 64e6, sizes.join());
      assertQuiet(opened, at.origin);
      await page.close();
    });
  });
