/** The build with relaxed instructions in real browsers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BROWSERS, open, visit } from './browser.mjs';
import { command, DRAWINGS, relaxedEmbeddings, without, withoutRelaxed } from './helpers.mjs';

/** In the page: embeddings, or the code of the error. */
async function embedAll(drawings) {
  const { Oneglyph } = await import('/lib/oneglyph.js');
  try {
    const og = await Oneglyph.load({ build: 'relaxed' });
    return drawings.map((drawing) => [...og.embed(drawing)]);
  } catch (error) {
    return error.code ?? String(error);
  }
}

for (const [name, path] of Object.entries(BROWSERS))
  describe(name, {
    skip: without(path) || withoutRelaxed || without(command), timeout: 600000,
  }, () => {
    const at = visit(name);
    test('relaxed has the bits of one arithmetic class, or says that it cannot run', async () => {
      const { page } = await open(at.driver.browser, at.origin);
      const got = await page.evaluate(embedAll, DRAWINGS);
      if (typeof got === 'string') {
        assert.equal(got, 'unsupported');
        assert.notEqual(name, 'chromium', 'Chromium has had relaxed SIMD since version 114');
        return;
      }
      const same = relaxedEmbeddings('f32').map((want) =>
        got.every((e, i) => e.every((x, n) => x === want[i][n])));
      assert.ok(same.includes(true), 'neither multiply-then-add nor fused');
    });
  });
