/** What the page owes everyone: access, weight, words, and life without a network. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { serve } from '../../web/serve.mjs';
import {
  assertQuiet, BROWSERS, DARK, draw, labels, launch, open, PHONE, ready, text, touchless, until, visit, WIDE,
} from './browser.mjs';
import { packaged, repository, site, without } from './helpers.mjs';

const require = createRequire(join(repository, 'web', 'package.json'));
/** The folder of a page that has no figures to show, and in whose script alone that differs. */
function nextVersion(out) {
  const from = (name) => join(packaged, name);
  mkdirSync(join(out, 'results'), { recursive: true });
  execFileSync(process.execPath, [join(repository, 'web', 'build', 'site.mjs'), '--wasm', packaged,
    '--model', from('models/glyph.safetensors'), '--results', join(out, 'results'),
    '--esbuild', join(repository, 'web', 'node_modules', '.bin', 'esbuild'), '--out', out]);
  return join(out, 'site');
}

const TICK = [[[0.3, 0.5], [0.45, 0.7], [0.75, 0.3]]];

/** What axe finds wrong, in a line each. */
async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis)))
    await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  // Colours are looked at when they no longer change.
  await until(() => page.evaluate(() => document.getAnimations().filter((a) => a.playState === 'running').length), 0);
  return page.evaluate(async () => {
    const { violations: found } = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.html.slice(0, 120)} ${n.failureSummary}`));
  });
}

for (const [name, path] of Object.entries(BROWSERS))
  describe(name, { skip: without(path), timeout: 240000 }, () => {
    const at = visit(name);
    const fresh = async (viewport = WIDE, url = at.origin) =>
      open(await at.driver.browser.createBrowserContext(), url, viewport);

    for (const scheme of ['light', 'dark'])
      test(`axe finds no violation, ${scheme}`, async (t) => {
        const dark = scheme === 'dark' && name === 'firefox' ? await launch(name, DARK) : null;
        t.after(() => dark?.close());
        for (const viewport of touchless(name) ? [WIDE] : [WIDE, PHONE]) {
          const { page } = dark ? await open(dark.browser, at.origin, viewport) : await fresh(viewport);
          if (scheme === 'dark' && !dark) await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
          assert.equal(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches), scheme === 'dark');
          await page.$$eval('details', (all) => all.forEach((d) => { d.open = true; }));
          assert.deepEqual(await violations(page), []);
          if (viewport === PHONE) {
            for (const sheet of ['more', 'board']) {
              await page.tap(`#${sheet}-open`);
              assert.deepEqual(await violations(page), []);
              await page.keyboard.press('Escape');
            }
          } else
            for (const [opener, dialog] of [['#open-sets', '#sets'], ['#play', '#game'], ['#tour-open', '#tour'], ['#imagine-open', '#imagine']]) {
              if (!(await page.$(opener))) continue;
              await page.click(opener);
              await page.waitForSelector(`${dialog}[open]`);
              assert.deepEqual(await violations(page), []);
              await page.keyboard.press('Escape');
            }
          await page.close();
        }
      });

    test('by keys alone: draw nothing, correct, name; what is said is announced', async () => {
      const opened = await fresh();
      const { page } = opened;
      const live = await page.$eval('#verdict-title', (e) => [e.getAttribute('aria-live'), e.textContent]);
      assert.deepEqual(live, ['polite', 'It is star']);
      // From the top by Tab to the first line of the ranking; Enter says that it was that.
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(() => document.activeElement?.closest('#ranking') !== null)) break;
      }
      const said = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
      assert.match(said, /^star, \d+ %\. It was that: teach it\.$/);
      await page.keyboard.press('Enter');
      await until(async () => /Learnt: that was “star”/.test(await text(page, '#toast')), true);
      assert.equal(await page.$eval('#toast', (e) => e.getAttribute('role')), 'status');
      await page.keyboard.press('n');
      await page.keyboard.type('second star');
      await page.keyboard.press('Enter');
      await until(async () => (await labels(page)).at(-1), 'second star');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('in Chinese, with nothing lost on the way', async () => {
      const opened = await fresh();
      const { page } = opened;
      await page.click('#language');
      await page.waitForSelector('html[lang="zh-Hans"][data-ready]');
      assert.equal(await text(page, '#new-from-drawing'), '+ 新符号');
      assert.equal(await page.$eval('#pad', (e) => e.getAttribute('aria-label').slice(0, 3)), '绘画区');
      // The page's names are said in Chinese, of the set and its symbols; what the reader wrote stays.
      assert.equal(await text(page, '#verdict-title'), '这是星');
      assert.equal(await text(page, '#board-title'), '我的符号');
      await page.click('#classes > li:nth-child(2) .name', { count: 3 });
      await page.keyboard.type('heart');
      await page.keyboard.press('Enter');
      await page.click('#language');
      await page.waitForSelector('html[lang="en"][data-ready]');
      assert.deepEqual((await labels(page)).slice(0, 3), ['star', 'heart', 'spiral']);
      await page.click('#language');
      await page.waitForSelector('html[lang="zh-Hans"][data-ready]');
      assert.deepEqual((await labels(page)).slice(0, 3), ['星', 'heart', '螺旋']);
      await page.click('#open-sets');
      assert.equal((await page.$$('#set-list li')).length, 0, 'the set is there once');
      await page.keyboard.press('Escape');
      await page.click('#clear-all');
      await until(() => text(page, '#verdict-title'), '还什么都不认得');
      await page.click('#language');
      await page.waitForSelector('html[lang="en"][data-ready]');
      assert.equal(await text(page, '#verdict-title'), 'Nothing is known yet');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('without a network after one visit, from a path below the root; a new version is offered', async () => {
      const root = mkdtempSync(join(tmpdir(), 'oneglyph-site-'));
      const below = join(root, 'some', 'where');
      cpSync(site, below, { recursive: true });
      const next = nextVersion(join(root, 'next'));
      const server = await serve(root, 0);
      const { port } = server.address();
      const url = `http://127.0.0.1:${port}/some/where/`;
      const { page } = await fresh(WIDE, url);
      const active = () => page.evaluate(() => navigator.serviceWorker.getRegistration()
        .then((r) => r?.active?.state ?? 'none'));
      await until(active, 'activated');
      server.close();
      server.closeAllConnections();
      await page.reload();
      await ready(page);
      await draw(page, TICK);
      await until(async () => /^(It is|None)/.test(await text(page, '#verdict-title')), true);
      await page.click('#open-sets'); // what is loaded late is there too
      await page.click('#starters button');
      await until(() => text(page, '#board-title'), 'Music');
      const kept = await page.evaluate(() => caches.keys());
      rmSync(below, { recursive: true });
      renameSync(next, below);
      const again = await serve(root, port);
      const asked = [];
      again.on('request', ({ url }) => asked.push(url));
      await page.reload();
      await ready(page);
      await until(async () => /new version/.test(await text(page, '#toast')), true);
      await Promise.all([page.waitForNavigation(), page.$eval('#toast button', (b) => b.click())]);
      await ready(page);
      await until(() => page.evaluate(async (old) => (await caches.keys()).filter((k) => old.includes(k)), kept), []);
      assert.ok(asked.some((url) => url.endsWith('/sw.js')) && asked.some((url) => /\/main-/.test(url)), asked.join(' '));
      assert.deepEqual(asked.filter((url) => /\.(wasm|safetensors)$|\/ink-/.test(url)), []); // these have not changed
      await page.close();
      again.close();
      again.closeAllConnections();
      rmSync(root, { recursive: true });
    });
  });
