/** <oneglyph-pad> and its examples, in real browsers. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertQuiet, BROWSERS, draw, open, text, until, visit } from './browser.mjs';
import { repository, without } from './helpers.mjs';

/** A symbol of an example's set, in fractions of the pad; few points, to be drawn fast. */
function symbol(file, label) {
  const { classes } = JSON.parse(readFileSync(join(repository, 'web', 'sets', file), 'utf8'));
  const { strokes } = classes.find((c) => c.label === label).examples[0];
  return strokes.map((stroke) =>
    stroke.filter((_, i) => i % 4 === 0 || i === stroke.length - 1).map(([x, y]) => [x / 1000, y / 1000]));
}

const PAD = 'oneglyph-pad';
/** From before its script runs on: whether the pad has its set. */
const loaded = (page) => page.waitForFunction(() => document.querySelector('oneglyph-pad')?.set);

for (const [name, path] of Object.entries(BROWSERS))
  describe(name, { skip: without(path), timeout: 240000 }, () => {
    const at = visit(name);
    const visitExample = (file) =>
      open(at.driver.browser, `${at.origin}examples/${file}`, { width: 900, height: 700 }, loaded);

    test('a field of a form: its value is sent, and a reset clears it', async () => {
      const opened = await visitExample('form.html');
      const { page } = opened;
      await draw(page, symbol('cards.json', 'heart'), PAD);
      await until(() => page.$eval(PAD, (pad) => pad.value), 'heart');
      await page.click('form button');
      await until(() => text(page, '#sent'), '{"player":"Ada","suit":"heart"}');
      await page.click('[type=reset]');
      assert.deepEqual(await page.$eval(PAD, (pad) => [pad.value, pad.strokes.length, pad.answer]), ['', 0, null]);
      await draw(page, symbol('cards.json', 'spade'), PAD);
      await page.focus(PAD);
      await page.keyboard.press('Escape');
      assert.equal(await page.$eval(PAD, (pad) => pad.strokes.length), 0);
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('gestures edit a list', async () => {
      const opened = await visitExample('gestures.html');
      const { page } = opened;
      const lines = () => page.$$eval('#list li', (all) => all.map((li) => li.className));
      await draw(page, symbol('gestures.json', 'tick'), PAD);
      await until(lines, ['done', '', '']);
      await draw(page, symbol('gestures.json', 'insert'), PAD);
      await until(lines, ['done', '', '', '']);
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('cards are asked, checked and taught', async () => {
      const opened = await visitExample('quiz.html');
      const { page } = opened;
      await until(async () => (await text(page, '#card')).length > 2, true);
      await draw(page, symbol('music.json', await text(page, '#card')), PAD);
      await page.click('#check');
      await until(() => text(page, '#said'), 'Right.');
      await page.click('#next');
      await draw(page, [[[0.1, 0.1], [0.9, 0.12], [0.1, 0.14], [0.9, 0.16]]], PAD);
      await page.click('#check');
      await until(() => page.$eval('#teach', (b) => b.hidden), false);
      await page.click('#teach');
      assert.equal(await text(page, '#score'), '2 of 2');
      assertQuiet(opened, at.origin);
      await page.close();
    });

    test('errors are events, and a set can be made by hand', async () => {
      const opened = await open(at.driver.browser, `${at.origin}examples/`, undefined, () => {});
      const { page } = opened;
      const said = await page.evaluate(async () => {
        await import('/lib/oneglyph-pad.js');
        const pad = document.createElement('oneglyph-pad');
        const event = (type) => new Promise((resolve) => pad.addEventListener(type, resolve, { once: true }));
        document.body.append(pad);
        await event('load');
        pad.strokes = [[[0, 0], [500, 500], [900, 0]]];
        pad.teach('vee');
        const known = [pad.value, pad.answer.ranking.length];
        pad.set.add('line', { strokes: [[[0, 0], [9, 0]]] });
        pad.undo();
        const failed = event('error');
        pad.setAttribute('set', 'index.html');
        return [...known, pad.answer, (await failed).message];
      });
      assert.deepEqual(said.slice(0, 3), ['vee', 1, null]);
      assert.match(said[3], /not JSON/);
      assertQuiet(opened, at.origin);
      await page.close();
    });
  });
