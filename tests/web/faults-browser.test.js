/** A page whose model does not come, or comes broken: it says so, keeps what was drawn, and is well
 * again with the next load. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BROWSERS, labels, open, ready, text, until, visit, WIDE } from './browser.mjs';
import { brokenModels, without } from './helpers.mjs';

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
  });
