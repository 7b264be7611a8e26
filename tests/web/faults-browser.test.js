/** A page whose model does not come, comes broken or finds no memory: it says so, keeps what was
 * drawn, and is well again with the next load, or with less to keep. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bring, BROWSERS, draw, labels, open, ready, text, undo, until, visit, WIDE } from './browser.mjs';
import { brokenModels, DRAWINGS, limited, pagesOfModel, site, without } from './helpers.mjs';

/** Answers for the model in place of the server's own. */
const answers = {
  'a download that breaks off': (response) => {
    response.writeHead(200, { 'content-length': 100000 });
    response.write(new Uint8Array(50000), () => response.destroy());
  },
  'nothing there': (response) => void response.writeHead(404).end('not found'),
};
for (const [what, [bytes]] of Object.entries(brokenModels()))
  answers[what] = (response) => void response.writeHead(200).end(bytes);

for (const [name, path] of Object.entries(BROWSERS))
  describe(name, { skip: without(path), timeout: 600000 }, () => {
    const at = visit(name);

    test('a model that is broken is told, and the page lives on', async () => {
      const [serve] = at.server.listeners('request');
      let broken = '';
      at.server.removeAllListeners('request');
      at.server.on('request', (request, response) =>
        broken && /safetensors/.test(request.url) ? answers[broken](response) : serve(request, response));
      const told = (page) =>
        until(async () => /^It cannot start here/.test(await text(page, '#verdict-title')), true);
      for (broken of Object.keys(answers)) {
        const { page, faults } = await open(at.driver.browser, at.origin, WIDE, told);
        assert.equal((await labels(page)).length, 6, broken);
        assert.deepEqual(faults.filter((fault) => fault.startsWith('error:')), [], broken);
        if (broken !== Object.keys(answers).at(-1)) {
          await page.close();
          continue;
        }
        broken = '';
        await page.reload();
        await ready(page);
        assert.equal(await text(page, '#verdict-title'), 'It is star');
        await page.close();
      }
    });

    test('without memory it says so, and knows again what fits', async () => {
      const [serve] = at.server.listeners('request');
      let pages = 0;
      at.server.removeAllListeners('request');
      at.server.on('request', (request, response) => {
        const { pathname } = new URL(request.url, at.origin);
        if (!pathname.endsWith('.wasm')) return serve(request, response);
        response.writeHead(200, { 'content-type': 'application/wasm' });
        response.end(limited(readFileSync(join(site, pathname)), pages));
      });
      const context = () => at.driver.browser.createBrowserContext();
      const told = (page) => until(async () => await text(page, '#verdict-title'), 'It cannot start here');
      const none = await open(await context(), at.origin, WIDE, told);
      assert.match(await text(none.page, '#verdict'), /out of memory/);
      assert.equal((await labels(none.page)).length, 6);
      assert.deepEqual(none.faults.filter((fault) => fault.startsWith('error:')), []);
      await none.page.close();

      pages = (await pagesOfModel('simd')) + 16;
      const { page, faults } = await open(await context(), at.origin, WIDE);
      assert.equal(await text(page, '#verdict-title'), 'It is star');
      const classes = Array.from({ length: 100 }, (_, i) => ({
        label: `symbol ${i}`, examples: Array.from({ length: 20 }, (_, k) => DRAWINGS[(i + k) % 200]),
      }));
      await bring(page, 'board.json', JSON.stringify({ format: 'oneglyph-support', version: 1, classes }));
      await page.waitForFunction(() => /memory/.test(document.querySelector('#toast').textContent));
      await draw(page, [[[0.3, 0.3], [0.5, 0.7], [0.7, 0.3]]]); // it still answers, by what it has
      await until(async () => /^(It is|None)/.test(await text(page, '#verdict-title')), true);
      for (let i = 0; i < 2; i++) await undo(page);
      await until(async () => (await labels(page)).length, 6);
      await until(async () => await text(page, '#verdict-title'), 'It is star');
      assert.deepEqual(faults.filter((fault) => fault.startsWith('error:')), []);
      await page.close();
    });
  });
