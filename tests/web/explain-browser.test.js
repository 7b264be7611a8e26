/** What explains: the reasons, the map, the cost of a threshold, the game and the tour. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { serve } from '../../web/serve.mjs';
import {
  allowDownloads, assertQuiet, BROWSERS, downloaded, draw, open, text, until, visit, WIDE,
} from './browser.mjs';
import { named, repository, site, tinyModel, without } from './helpers.mjs';

const OMNIGLOT = process.env.ONEGLYPH_DATA ?? join(repository, '..', 'shared', 'omniglot');

const facts = () => JSON.parse(readFileSync(join(site, named('facts.json')), 'utf8'));

/** Of a canvas: how many pixels are drawn on, and how many of them are rather red. */
const colours = (page, selector) => page.$eval(selector, (canvas) => {
  const { width, height } = canvas;
  const copy = Object.assign(document.createElement('canvas'), { width, height });
  const context = copy.getContext('2d', { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let [drawn, red] = [0, 0];
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] > 100) {
      drawn++;
      red += Number(data[i] > data[i + 2] + 60);
    }
  return { drawn, red };
});

const PLUS = [[[0.5, 0.25], [0.5, 0.75]], [[0.25, 0.5], [0.75, 0.5]]];

for (const [name, path] of Object.entries(BROWSERS))
  describe(name, { skip: without(path), timeout: 240000 }, () => {
    const at = visit(name);
    const fresh = async () => open(await at.driver.browser.createBrowserContext(), at.origin, WIDE);

    test('why: two drawings with what makes them alike, and a map that stays while drawing', async () => {
      const opened = await fresh();
      const { page } = opened;
      await page.$eval('#why summary', (e) => e.click());
      await page.waitForSelector('#why[data-done]');
      for (const canvas of ['#why-query', '#why-nearest']) {
        const { drawn, red } = await colours(page, canvas);
        assert.ok(drawn > 300 && red > 10 && red < drawn, `${canvas}: ${red} of ${drawn}`);
      }
      const before = await colours(page, '#map');
      assert.ok(before.red > 10, 'the ring');
      assert.match(await page.$eval('#map', (e) => e.getAttribute('aria-label')), /^Map of 6 examples/);
      await draw(page, [[[0.3, 0.5], [0.45, 0.7], [0.75, 0.3]]]);
      await page.waitForSelector('#why[data-done]');
      assert.ok((await colours(page, '#map')).red > 10);
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('the example most like it is beside the drawing, and strokes that match are told', async () => {
      const opened = await fresh();
      const { page } = opened;
      const beside = () => page.$eval('#pair', (e) => e.getAttribute('aria-label'));
      assert.equal(await beside(), 'Beside star: 1 of 1 strokes match');
      for (const canvas of ['#pair canvas:first-child', '#pair canvas:last-child'])
        assert.ok((await colours(page, canvas)).red > 300, canvas);
      await page.keyboard.press('Delete');
      await until(() => page.$eval('#pair', (e) => e.hidden), true);
      await draw(page, PLUS);
      await page.type('#new-label', 'plus');
      await page.keyboard.press('Enter');
      await draw(page, [...PLUS].reverse());
      await until(beside, 'Beside plus: 2 of 2 strokes match');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('the threshold says what it costs, and does what it says', async () => {
      const opened = await fresh();
      const { page } = opened;
      const { calibrated, rates } = facts();
      if (calibrated || rates.length) await until(() => page.$eval('#threshold-cost', (e) => e.hidden), false);
      const cost = await text(page, '#threshold-cost');
      if (calibrated) assert.ok(cost.includes(` ${Math.round(100 * calibrated[1])} are turned away`), cost);
      if (rates.length) assert.equal(rates.length, 51);
      await page.$$eval('#more details', (all) => all.forEach((d) => { d.open = true; }));
      await page.focus('#threshold');
      await page.keyboard.press('End');
      await until(() => text(page, '#verdict-title'), 'None of these');
      assert.match(await text(page, '#verdict-why'), /^Closest: star, but not close \(cosine 0\.\d\d\)\.$/);
      await page.click('#threshold-reset');
      await until(() => text(page, '#verdict-title'), 'It is star');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('pixels judge the same board otherwise', async () => {
      const opened = await fresh();
      const { page } = opened;
      const shares = () => page.$$eval('#ranking .percent', (all) => all.map((e) => e.textContent));
      const net = await shares();
      await page.$$eval('#more details', (all) => all.forEach((d) => { d.open = true; }));
      await page.select('#judge', 'pixels');
      await until(async () => (await shares()).join() !== net.join(), true);
      assert.equal((await shares()).at(-1), '0 %', 'no "none of these"');
      assert.match(await text(page, '#verdict-why'), /\(overlap \d\.\d\d\)\.$/);
      await draw(page, [[[0.3, 0.5], [0.45, 0.7], [0.75, 0.3]]]);
      await until(async () => /^It is /.test(await text(page, '#verdict-title')), true);
      await page.select('#judge', 'net');
      await until(async () => (await shares()).at(-1) !== '0 %', true);
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test("Koch's net judges the same board", async () => {
      const { page } = await open(await at.driver.browser.createBrowserContext(), at.origin, WIDE);
      const said = () => page.$eval('#verdict', (e) => e.querySelector('#ranking').textContent);
      await page.$$eval('#more details', (all) => all.forEach((d) => { d.open = true; }));
      const choice = () => page.$$eval('#judge option', (all) => all.find((o) => o.textContent === 'koch')?.value ?? '');
      await until(async () => /^models\/koch-/.test(await choice()), true);
      const file = await choice();
      await draw(page, PLUS);
      await until(async () => (await said()) !== '', true);
      const before = await said();
      await page.select('#judge', file);
      await until(async () => (await said()) !== before, true);
      assert.match(await text(page, '#verdict-why'), /cosine|similarity/);
      assert.equal(await page.$eval('#judge', (e) => e.value), file);
      await page.close();
    });

    test('another model may judge the same board', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'oneglyph-models-'));
      cpSync(site, folder, { recursive: true });
      writeFileSync(join(folder, 'tiny.safetensors'), tinyModel());
      const lost = { file: 'lost.safetensors', name: 'lost' };
      const models = [{ file: 'tiny.safetensors', name: 'tiny' }, lost];
      writeFileSync(join(folder, named('facts.json')), JSON.stringify({ ...facts(), models }));
      const server = await serve(folder, 0);
      const { page } = await open(await at.driver.browser.createBrowserContext(),
        `http://127.0.0.1:${server.address().port}/`, WIDE);
      const why = () => page.$eval('#verdict', (e) => e.querySelector('#verdict-why').textContent + e.querySelector('#ranking').textContent);
      const before = await why();
      await page.$$eval('#more details', (all) => all.forEach((d) => { d.open = true; }));
      const names = () => page.$$eval('#judge option', (all) => all.map((o) => o.textContent));
      await until(names, ['the net', 'tiny', 'lost', 'plain pixels']);
      await page.select('#judge', 'tiny.safetensors');
      await until(async () => (await why()) !== before, true);
      await draw(page, PLUS);
      await page.keyboard.press('1');
      await until(() => text(page, '#verdict-title'), 'It is star');
      await page.keyboard.down('Control');
      for (let i = 0; i < 3; i++) await page.keyboard.press('z');
      await page.keyboard.up('Control');
      await page.select('#judge', lost.file);
      await until(async () => /cannot load/.test(await text(page, '#toast')), true);
      await until(why, before);
      assert.equal(await page.$eval('#judge', (e) => e.value), 'net');
      await page.close();
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true });
    });

    test('a game of ten trials ends in a card', async () => {
      const opened = await open(at.driver.browser, at.origin, WIDE); // where downloads are allowed
      const { page } = opened;
      await page.click('#play');
      for (let i = 1; i <= 10; i++) {
        await until(() => page.$$eval('#game-choices button:enabled', (all) => all.length), 20);
        await page.$eval('#game-choices button:nth-child(3)', (b) => b.click());
        await until(async () => (await text(page, '#game-said')).startsWith(`${i} of 10.`), true);
        assert.equal((await page.$$('#game-choices .right')).length, 1);
      }
      await page.waitForSelector('#game-card table');
      const rows = await page.$$eval('#game-card td', (cells) => cells.map((c) => c.textContent));
      for (const row of rows.slice(0, 3)) assert.match(row, /^\d+ of 10: \d+ % \(95 %: \d+ to \d+\)/);
      assert.deepEqual(rows.slice(3), ['95.5 %', '97.2 %']);
      const [, net] = rows.map((row) => parseInt(row, 10));
      assert.ok(net >= 5, rows[1]); // far above chance, which is one of twenty
      if (name === 'chromium') await allowDownloads(page, at.driver.downloads);
      await page.click('#game-card .row button:nth-child(2)');
      const png = await downloaded(at.driver.downloads, '.png');
      assert.deepEqual([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)], ['PNG', 1280, 840]);
      await page.click('#game-card .row button:nth-child(3)');
      const svg = (await downloaded(at.driver.downloads, '.svg')).toString();
      for (const row of rows) assert.ok(svg.includes(row), row);
      if (name === 'chromium') { // on paper there is the card alone
        await page.emulateMediaType('print');
        const seen = (selector) => page.$eval(selector, (e) => e.checkVisibility());
        assert.deepEqual([await seen('#game-card table'), await seen('#game-card button'), await seen('#board')], [true, false, false]);
        await page.emulateMediaType('screen');
      }
      await page.$eval('#game-card .row button', (b) => b.click());
      await page.waitForSelector('#game-choices button:enabled');
      await page.keyboard.press('Escape');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('the game takes the reader\'s own Omniglot', { skip: without(join(OMNIGLOT, 'all_runs.zip')) }, async () => {
      const opened = await fresh();
      const { page } = opened;
      await page.click('#play');
      await page.waitForSelector('#game-choices button');
      for (const [zip, trials] of [['images_background_small1.zip', 7], ['all_runs.zip', 10]]) {
        await (await page.$('#game-file')).uploadFile(join(OMNIGLOT, zip));
        await until(() => page.$eval('#game-trial', (e) => e.dataset.source), zip);
        let net = 0;
        for (let i = 1; i <= trials; i++) {
          await until(() => page.$$eval('#game-choices button:enabled', (all) => all.length), 20);
          await page.$eval('#game-choices button', (b) => b.click());
          await until(async () => (await text(page, '#game-said')).startsWith(`${i} of 10.`), true);
          net += Number((await text(page, '#game-said')).includes('net ✓'));
        }
        assert.ok(net > trials / 2, `${zip}: ${net} of ${trials}`);
      }
      await page.waitForSelector('#game-card table');
      assert.match(await text(page, '#game-card caption'), /^all_runs\.zip: /);
      await (await page.$('#game-file')).uploadFile(join(site, 'index.html'));
      await until(() => text(page, '#game-said'), 'index.html cannot be opened: it is no zip file.');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('how other hands may draw it', async () => {
      const opened = await fresh();
      const { page } = opened;
      const sheet = () => page.$$eval('#imagined canvas', (all) => all.map((c) => c.toDataURL()));
      await page.click('#imagine-open');
      const first = await sheet();
      assert.equal(new Set(first).size, 12, 'twelve, no two alike');
      await page.click('#imagine-more');
      assert.equal(new Set([...first, ...await sheet()]).size, 24, 'and others the next time');
      await page.click('#imagine form button');
      await page.waitForSelector('#imagine:not([open])');
      await page.click('#clear'); // nothing is drawn: nothing to imagine
      await until(() => page.$eval('#imagine-open', (e) => e.disabled), true);
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('the tour shows live figures and what was measured', async () => {
      const opened = await fresh();
      const { page } = opened;
      await page.click('#tour-open');
      await page.waitForSelector('#tour-body section');
      assert.ok((await page.$$('#tour-body canvas')).length >= 10);
      const { curves, literature } = facts();
      assert.equal((await page.$$('#tour-body .chart .line')).length, curves.length);
      const rows = await page.$$eval('#tour-body tbody tr', (all) => all.map((tr) => tr.textContent));
      assert.equal(rows.length, literature.length);
      assert.ok(rows.some((row) => /^people4\.5$/.test(row)) && rows.some((row) => /^glyph(\d\.\d\d){4}/.test(row)), rows.join('\n'));
      assert.ok(await page.$eval('#tour-body .scroll', (e) => e.scrollWidth <= e.clientWidth), 'the table fits');
      await page.keyboard.press('Escape');
      assertQuiet(opened, at.origin);
      await page.close();
    });
  });
