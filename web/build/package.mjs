/**
 * Makes the folder of the npm package: what the page's own module needs, and no more.
 *
 *     node package.mjs --site DIR --out DIR
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const text = { type: /** @type {const} */ ('string') };
const { values } = parseArgs({ options: { site: text, out: text } });
const { site = '', out = '' } = values;
const web = dirname(dirname(fileURLToPath(import.meta.url)));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const name of [...readdirSync(site).filter((file) => file.endsWith('.wasm')), 'lib', 'models'])
  cpSync(join(site, name), join(out, name), { recursive: true });
cpSync(join(web, 'PACKAGE.md'), join(out, 'README.md'));
cpSync(join(dirname(web), 'LICENSE'), join(out, 'LICENSE'));
// What is needed to work on the package is no business of who installs it.
const { devDependencies, scripts, private: _, ...manifest } = JSON.parse(
  readFileSync(join(web, 'package.json'), 'utf8'),
);
writeFileSync(join(out, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
