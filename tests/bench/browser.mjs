/** Runners in a page of Chromium. */
import { existsSync } from 'node:fs';
import { BROWSERS, launch } from '../web/browser.mjs';
import { serve } from './serve.mjs';

/** Null where there is no Chromium. @param {string} data the folder of models and inputs */
export async function openBrowser(data) {
  if (!existsSync(BROWSERS.chromium)) return null;
  const { server, base } = await serve(data);
  const chromium = await launch('chromium').catch((error) => {
    server.close();
    throw error;
  });
  return {
    version: await chromium.browser.version(),
    /** A page of its own, because ONNX Runtime's number of threads is the page's. */
    async page() {
      const page = await chromium.browser.newPage();
      const faults = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      await page.bringToFront();
      await page.goto(`${base}/bench/page.html`);
      await page.waitForSelector('html[data-ready]', { timeout: 60000 }).catch((error) => {
        throw new Error(faults[0] ?? error.message);
      });
      return {
        /** @param {string} name @param {string} kind @param {any} options */
        async open(name, kind, options) {
          await page.evaluate((...all) => globalThis.bench.open(...all), name, kind, options);
          return {
            outputs: () => page.evaluate((n) => globalThis.bench.outputs(n), name),
            run: (count) => page.evaluate((n, c) => globalThis.bench.run(n, c), name, count),
          };
        },
        close: () => page.close(),
      };
    },
    async close() {
      await chromium.close();
      server.close();
    },
  };
}
