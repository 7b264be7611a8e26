/** Sets that are kept, brought along and taken away, in real browsers; and what is broken on the way. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  allowDownloads, assertQuiet, BROWSERS, downloaded, draw, examples, labels, open, ready, text, until,
  visit, WIDE,
} from './browser.mjs';
import { CROSS, LINE, named, numbers, without } from './helpers.mjs';

const INKML = `<?xml version="1.0"?>
<ink xmlns="http://www.w3.org/2003/InkML">
  <traceFormat><channel name="T"/><channel name="X"/><channel name="Y"/></traceFormat>
  <traceGroup><annotation type="truth">up &amp; down</annotation>
    <trace>0 10 10, 5 20 30, 9 30 10</trace><trace>12 15 20, 15 25 20</trace></traceGroup>
  <traceGroup><annotation type="truth">step</annotation><trace>0 '0 '0, 1 10 0, 2 0 10, 3 10 0</trace></traceGroup>
</ink>`;

for (const [name, path] of Object.entries(BROWSERS))
  describe(name, { skip: without(path), timeout: 240000 }, () => {
    const at = visit(name);
    const fresh = async () => open(await at.driver.browser.createBrowserContext(), at.origin, WIDE);
    async function bring(page, file, content) {
      const path_ = join(at.driver.downloads, file);
      writeFileSync(path_, content);
      await (await page.$('#file')).uploadFile(path_);
    }

    test('several sets by name, and starters', async () => {
      const opened = await fresh();
      const { page } = opened;
      await page.click('#open-sets');
      await page.click('#starters button:nth-child(3)');
      await until(() => labels(page), ['spade', 'heart', 'diamond', 'club']);
      assert.equal(await text(page, '#board-title'), 'Cards');
      await page.click('#open-sets');
      await page.click('#set-name', { count: 3 });
      await page.keyboard.type('Whist');
      await page.keyboard.press('Tab');
      await until(() => text(page, '#board-title'), 'Whist');
      await page.$$eval('#set-list li button:first-child', (all) =>
        all.find((b) => b.textContent === 'My symbols').click());
      await until(async () => (await labels(page)).length, 6);
      await page.click('#open-sets');
      const others = () => page.$$eval('#set-list li button:first-child', (all) => all.map((b) => b.textContent));
      await until(others, ['Whist']);
      await page.click('#set-list li button:last-child');
      await until(others, []);
      await page.$eval('#toast button', (b) => b.click());
      await until(others, ['Whist']);
      await page.keyboard.press('Escape');
      await page.reload();
      await ready(page);
      await page.click('#open-sets');
      assert.deepEqual(await others(), ['Whist']);
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('ink as JSON lines and as InkML', async () => {
      const opened = await fresh();
      const { page } = opened;
      await bring(page, 'ink.jsonl', ['a', 'b', 'a'].map((label, i) =>
        JSON.stringify({ class: label, drawer: i, strokes: (i ? LINE : CROSS).strokes })).join('\n'));
      await until(() => labels(page), ['a', 'b']);
      assert.deepEqual(await examples(page), [2, 1]);
      assert.equal(await text(page, '#board-title'), 'ink');
      await page.click('#open-sets'); // what was there is kept
      await until(() => page.$eval('#set-list', (e) => e.textContent.includes('My symbols')), true);
      await page.keyboard.press('Escape');
      await bring(page, 'two.inkml', INKML);
      await until(() => labels(page), ['up & down', 'step']);
      const [up, step] = await page.evaluate(async (inkml, reader) => {
        const { readInkml } = await import(reader);
        return readInkml(inkml).map((d) => d.strokes);
      }, INKML, named('app/inkml.js'));
      assert.deepEqual(up, [[[10, 10], [20, 30], [30, 10]], [[15, 20], [25, 20]]]);
      assert.deepEqual(step, [[[0, 0], [10, 0], [10, 10], [20, 10]]]);
      await bring(page, 'one.inkml', '<ink><trace>0 0, 5 9, 10 0</trace></ink>');
      await until(() => page.$eval('#pad-hint', (e) => e.hidden), true);
      for (const broken of ['<ink><trace>0 x</trace></ink>', '<svg/>', '<ink>', '{"strokes":[[["a"]]]}']) {
        await page.$eval('#toast', (e) => e.replaceChildren());
        await bring(page, 'broken.txt', broken);
        await until(async () => /broken.txt cannot be opened/.test(await text(page, '#toast')), true);
      }
      assert.deepEqual(await labels(page), ['up & down', 'step']);
      // Browsers report broken XML on their own; Chromium in a style that the policy forbids it.
      opened.faults = opened.faults.filter((fault) => !/Applying inline style|XML Parsing Error/.test(fault));
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('a picture of several symbols is cut into them, or is one drawing', async () => {
      const opened = await fresh();
      const { page } = opened;
      const drop = () => page.evaluate(async () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 500, height: 200 });
        const context = canvas.getContext('2d');
        context.fillStyle = '#f4efe0';
        context.fillRect(0, 0, 500, 200);
        context.lineWidth = 8;
        for (let i = 0; i < 3; i++) {
          context.beginPath();
          context.moveTo(40 + 150 * i, 40);
          context.lineTo(120 + 150 * i, 150 - 30 * i);
          context.lineTo(60 + 150 * i, 160);
          context.stroke();
        }
        const blob = await new Promise((resolve) => canvas.toBlob(resolve));
        const transfer = new DataTransfer();
        transfer.items.add(new File([blob], 'sheet.png', { type: 'image/png' }));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
      });
      await drop();
      await page.waitForSelector('#cut[open]');
      assert.equal((await page.$$('#cut-pieces canvas')).length, 3);
      await page.click('#cut-many');
      await until(async () => (await labels(page)).slice(6), ['symbol 1', 'symbol 2', 'symbol 3']);
      await drop();
      await page.waitForSelector('#cut[open]');
      await page.click('#cut-one');
      await until(() => page.$eval('#clear', (b) => b.disabled), false);
      assert.equal((await labels(page)).length, 9);
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('drawings and embeddings are taken away', async () => {
      const opened = await open(at.driver.browser, at.origin, WIDE);
      const { page } = opened;
      if (name === 'chromium') await allowDownloads(page, at.driver.downloads);
      await page.click('#open-sets');
      for (const [n, ending, wanted] of [[2, '.svg', /^<svg/], [3, '.png', /^.PNG/s], [5, '.csv', /^label,e0/]]) {
        await page.click(`#forms button:nth-child(${n})`);
        assert.match((await downloaded(at.driver.downloads, ending)).toString('latin1'), wanted);
      }
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('no damage to what was kept, or to a link, stops the page', async () => {
      const opened = await fresh();
      const { page } = opened;
      await draw(page, [[[0.3, 0.5], [0.7, 0.4]]]);
      await page.keyboard.press('1');
      await page.keyboard.press('Delete');
      await new Promise((resolve) => setTimeout(resolve, 500));
      const faults = await page.evaluate(async (seeds, keep, links) => {
        const { keptSets, lastSession } = await import(keep);
        const { fromLink, toLink } = await import(links);
        const session = localStorage['oneglyph.session.1'];
        const hash = new URL(await toLink(lastSession().symbols)).hash;
        const letters = '{}[]",:0919e-nultrue ';
        const wrong = [];
        for (const [a, b] of seeds) {
          const at = Math.floor(a * session.length);
          localStorage['oneglyph.session.1'] = localStorage['oneglyph.sets.1'] =
            session.slice(0, at) + letters[Math.floor(b * letters.length)] + session.slice(at + 1 + Math.floor(8 * b));
          try {
            const doc = lastSession();
            keptSets();
            if (doc && (!Array.isArray(doc.symbols) || !doc.drawing || !doc.tally)) wrong.push(`shape at ${at}`);
          } catch (error) {
            wrong.push(String(error));
          }
          const cut = Math.floor(a * hash.length);
          await fromLink(hash.slice(0, cut) + letters[Math.floor(b * 20)] + hash.slice(cut + 1)).catch(() => {});
        }
        localStorage['oneglyph.session.1'] = '{"name":[],"drawing":{"strokes":[]},"set":{"format":"oneglyph-support","version":1,"classes":[]},"queries":7,"tally":{"right":-1,"all":"x"}}';
        localStorage['oneglyph.sets.1'] = '[[1],{}]';
        return wrong;
      }, Array.from({ length: 300 }, ((random) => () => [random(), random()])(numbers(11))), named('app/keep.js'), named('app/link.js'));
      assert.deepEqual(faults, []);
      await page.reload();
      await ready(page);
      await page.click('#open-sets');
      await page.goto(`${at.origin}#set=AAAA`);
      await until(async () => /damaged/.test(await text(page, '#toast')), true);
      assertQuiet(opened, at.origin);
      await page.close();
    });
  });
