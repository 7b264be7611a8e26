/** Driving a real browser: a page that records what it must not do, and a hand that draws. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { serve } from '../../web/serve.mjs';
import { repository, site } from './helpers.mjs';

const require = createRequire(join(repository, 'web', 'package.json'));

export const BROWSERS = {
  chromium: process.env.CHROMIUM ?? '/usr/bin/chromium',
  firefox: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
};

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
/** Why tests that need fingers must be skipped; false if they need not. */
export const touchless = (name) =>
  name === 'firefox' && 'WebDriver BiDi of Firefox has no phone mode';

const CHROMIUM_ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
  '--no-first-run', '--allow-file-access-from-files',
];

/** For Firefox, whose WebDriver BiDi cannot say what a reader prefers. */
export const DARK = { 'layout.css.prefers-color-scheme.content-override': 0 };

/** @param {keyof typeof BROWSERS} name @param {Record<string, unknown>} [preferences] of Firefox */
export async function launch(name, preferences = {}) {
  const { default: puppeteer } = await import(require.resolve('puppeteer-core'));
  const downloads = mkdtempSync(join(tmpdir(), 'oneglyph-saved-'));
  const options = { executablePath: BROWSERS[name], headless: true, protocolTimeout: 240000, timeout: 120000 };
  const browser =
    name === 'firefox'
      ? await puppeteer.launch({
          ...options,
          browser: 'firefox',
          extraPrefsFirefox: {
            'browser.download.folderList': 2,
            'browser.download.dir': downloads,
            'browser.download.useDownloadDir': true,
            'dom.ipc.processCount.webIsolated': 1, // one page at a time: no processes in reserve
            'dom.ipc.processPrelaunch.enabled': false,
            ...preferences,
          },
        })
      : await puppeteer.launch({ ...options, args: CHROMIUM_ARGUMENTS });
  return {
    downloads,
    browser,
    async close() {
      await browser.close();
      rmSync(downloads, { recursive: true, force: true });
    },
  };
}

/** A page whose errors and requests are kept. */
export async function open(browser, url, viewport, isReady = ready) {
  const page = await browser.newPage();
  page.setDefaultTimeout(120000);
  const faults = [];
  const requests = [];
  page.on('pageerror', (error) => faults.push(`error: ${error}`));
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => requests.push(request.url()));
  if (viewport) await page.setViewport(viewport);
  await page.bringToFront(); // transitions stand still in a page that is not shown
  await page.goto(url);
  await isReady(page);
  return { page, faults, requests };
}

export function ready(page) {
  return page.waitForSelector('html[data-ready]');
}

/** Strokes in fractions of the pad, by mouse. */
export async function draw(page, strokes, on = '#pad') {
  const { x, y, width, height } = await page.$eval(on, (pad) => pad.getBoundingClientRect().toJSON());
  const at = ([u, v]) => [x + u * width, y + v * height];
  for (const [first, ...rest] of strokes) {
    await page.mouse.move(...at(first));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...at(point), { steps: 4 });
    await page.mouse.up();
  }
}

/**
 * Fingers: in each step those that are down, by number, in fractions of the pad.
 * @param {Record<number, [u: number, v: number]>[]} steps @param {number} [wide] of a finger in pixels
 */
export async function touch(name, page, steps, wide = 1) {
  const { x, y, width, height } = await page.$eval('#pad', (pad) => pad.getBoundingClientRect().toJSON());
  const at = ([u, v]) => ({ x: Math.round(x + u * width), y: Math.round(y + v * height) });
  if (name === 'chromium') {
    const devtools = await page.createCDPSession();
    let before = {};
    for (const step of [...steps, {}]) {
      const fresh = Object.keys(step).some((id) => !(id in before));
      await devtools.send('Input.dispatchTouchEvent', {
        type: fresh ? 'touchStart' : Object.keys(step).length ? 'touchMove' : 'touchEnd', // who is not named any more is up
        touchPoints: Object.entries(step).map(([id, place]) => ({ id: Number(id), ...at(place), radiusX: wide / 2, radiusY: wide / 2 })),
      });
      before = step;
    }
    return;
  }
  const actions = [...new Set(steps.flatMap((step) => Object.keys(step)))].map((id) => ({
    type: 'pointer', id: `finger ${id}`, parameters: { pointerType: 'touch' },
    actions: [...steps, {}].flatMap((step, i, all) => {
      const [now, before] = [step[id], all[i - 1]?.[id]];
      const size = { width: wide, height: wide };
      return [
        now ? { type: 'pointerMove', ...at(now), duration: 20, ...size } : { type: 'pause', duration: 20 },
        now && !before ? { type: 'pointerDown', button: 0, ...size } : before && !now ? { type: 'pointerUp', button: 0 } : { type: 'pause' },
      ];
    }),
  }));
  await page.browser().connection.send('input.performActions', { context: page.mainFrame()._id, actions });
}

/** The strokes on the pad, as they are kept; that takes a moment. */
export const kept = (page) => page.evaluate(() =>
  JSON.parse(localStorage['oneglyph.session.1'] ?? '{"drawing":{}}').drawing.strokes ?? []);

/**
 * For a suite: the served page in a browser, from before its tests until after them. The fields of
 * what is returned are there when the tests run.
 * @param {keyof typeof BROWSERS} name
 * @returns {{driver: any, origin: string}}
 */
export function visit(name) {
  /** @type {any} */
  const at = {};
  before(async () => {
    at.server = await serve(site, 0);
    at.origin = `http://127.0.0.1:${at.server.address().port}/`;
    at.driver = await launch(name);
  });
  after(async () => {
    await at.driver?.close();
    at.server?.close();
    at.server?.closeAllConnections();
  });
  return at;
}

/** Nothing failed in a page that open() opened, and it asked nobody else for anything. */
export function assertQuiet({ faults, requests }, origin) {
  assert.deepEqual(faults, []);
  const foreign = requests.filter((url) => !url.startsWith(origin) && !/^(data|blob|about):/.test(url));
  assert.deepEqual(foreign, []);
}

/** Ctrl+Z, or with more keys held. */
export async function undo(page, ...more) {
  for (const key of ['Control', ...more]) await page.keyboard.down(key);
  await page.keyboard.press('z');
  for (const key of [...more, 'Control']) await page.keyboard.up(key);
}

export const text = (page, selector) => page.$eval(selector, (e) => e.textContent);
export const labels = (page) =>
  page.$$eval('#classes .name', (names) => names.map((name) => name.value));
export const examples = (page) =>
  page.$$eval('#classes .examples', (strips) => strips.map((s) => s.querySelectorAll('.example').length));

/** Waits until `read` gives `wanted`. */
export async function until(read, wanted) {
  let got;
  for (let i = 0; i < 300; i++) {
    got = await read();
    if (JSON.stringify(got) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(got, wanted);
}

/** Gives the page a file, as its reader would. @param {string} file its name */
export async function bring(page, file, content, input = '#file') {
  const folder = mkdtempSync(join(tmpdir(), 'oneglyph-brought-'));
  writeFileSync(join(folder, file), content);
  await (await page.$(input)).uploadFile(join(folder, file));
  await page.waitForFunction((which) => document.querySelector(which).value === '', {}, input); // it was read
  rmSync(folder, { recursive: true });
}

/** Lets Chromium save files in a folder; Firefox was told at its start. */
export async function allowDownloads(page, folder) {
  const session = await page.createCDPSession();
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
}

/**
 * The file with such an ending that lies in a folder once a download is done. Until then Firefox
 * holds its place with an empty one of a random name, which may go between two looks.
 */
export async function downloaded(folder, ending) {
  let content = Buffer.alloc(0);
  await until(async () => {
    const files = readdirSync(folder).filter((f) => f.endsWith(ending));
    try {
      content = files.length === 1 ? readFileSync(join(folder, files[0])) : Buffer.alloc(0);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      return false; // it was renamed
    }
    return content.length > 0;
  }, true);
  return content;
}
