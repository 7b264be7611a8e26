/** The benchmark page in real browsers: that it measures all it can, and says what it measured. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertQuiet, BROWSERS, open, text, visit } from './browser.mjs';
import { named, without, withoutRelaxed } from './helpers.mjs';

const PHONE = { width: 360, height: 740, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const BUILDS = ['scalar', 'simd', ...(withoutRelaxed ? [] : ['relaxed'])];

for (const [name, path] of Object.entries(BROWSERS))
  describe(`benchmark page, ${name}`, { skip: without(path), timeout: 600000 }, () => {
    const at = visit(name);

    test('every build this browser runs, whole and by layer', async () => {
      const opened = await open(at.driver.browser, at.origin, PHONE);
      const { page } = opened;
      await Promise.all([page.waitForNavigation(), page.click('footer a[href="bench.html"]')]);
      await page.waitForSelector('html[data-ready]');
      assert.ok(page.url().endsWith('/bench.html'));
      assert.equal(await page.$eval('#copy', (button) => button.disabled), true);
      await page.click('#run');
      await page.waitForSelector('html[data-done]', { timeout: 240000 });
      assert.match(await text(page, '#said'), /^Done: \d builds\./);
      const report = JSON.parse(await text(page, '#json'));
      assert.equal(report.userAgent, await page.evaluate(() => navigator.userAgent));
      assert.ok(report.cores >= 1 && /^\d+\.\d+\.\d+/.test(report.version));
      assert.ok(Math.abs(Date.now() - Date.parse(report.date)) < 600000);

      const able = await page.evaluate(async (builds, wasm) => {
        const { canRun } = await import(wasm);
        return builds.filter((build) => canRun(build));
      }, BUILDS, named('lib/wasm.js'));
      assert.deepEqual([...new Set(report.builds.map((b) => b.build))], able);
      for (const build of report.builds) {
        assert.ok(build.embed_ms.min > 0 && build.embed_ms.min <= build.embed_ms.median);
        assert.equal(build.layers[0].name, 'x');
        assert.deepEqual(build.layers[0].shape, [40, 40, 1]);
        const forms = build.layers.map((layer) => layer.form);
        assert.ok(forms[1].startsWith('direct'), forms[1]);
        assert.ok(forms.some((form) => form.startsWith('winograd')));
        assert.equal(forms.some((form) => form.endsWith('int16')), build.precision === 'int16');
        for (const { form, ms, gflops } of build.layers)
          assert.ok(ms.min >= 0 && ms.min <= ms.median && gflops > 0 === (form !== ''));
        assert.match(build.signature, /^[0-9a-f]{8}$/);
      }
      const of = (build, precision) =>
        report.builds.find((b) => b.build === build && b.precision === precision);
      assert.equal(of('simd', 'f32').signature, of('scalar', 'f32').signature);
      assert.ok(of('simd', 'f32').embed_ms.min < of('scalar', 'f32').embed_ms.min);

      const rows = await page.$$eval('#builds tr th', (cells) => cells.map((c) => c.textContent));
      assert.equal(rows.length, report.builds.length);
      await page.select('#which', '0');
      const layers = await page.$$eval('#layers tr th', (cells) => cells.map((c) => c.textContent));
      assert.deepEqual(layers, report.builds[0].layers.map((layer) => layer.name));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} pixels too wide`);
      await page.click('#copy');
      await page.waitForFunction(() => /^(Copied|Selected)/.test(document.querySelector('#said')?.textContent ?? ''));
      assertQuiet(opened, at.origin);
      await page.close();
    });
  });
