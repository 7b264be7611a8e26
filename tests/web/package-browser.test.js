/** A page that was built with Vite upon the installed npm package, below a sub-path. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { serve } from '../../web/serve.mjs';
import { BROWSERS, launch, text, until } from './browser.mjs';
import { packaged, without } from './helpers.mjs';
import { buildPage, install } from './package.mjs';

describe('the npm package in a Vite build', { skip: without(packaged) || without(BROWSERS.chromium), timeout: 300000 }, () => {
  let project, server, driver;
  before(async () => {
    ({ project } = await install());
    const root = join(project, 'host');
    mkdirSync(join(root, 'some'), { recursive: true });
    renameSync(await buildPage(project), join(root, 'some', 'where'));
    server = await serve(root, 0);
    driver = await launch('chromium');
  });
  after(async () => {
    await driver?.close();
    server?.close();
    if (project) rmSync(project, { recursive: true, force: true });
  });

  test('recognises, in the page and in a worker', async () => {
    const page = await driver.browser.newPage();
    const faults = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('requestfailed', (request) => faults.push(request.url()));
    await page.goto(`http://127.0.0.1:${server.address().port}/some/where/`);
    for (const where of ['#page', '#worker']) await until(() => text(page, where), 'a roof');
    assert.deepEqual(faults, []);
  });
});
