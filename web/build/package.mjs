/**
 * Makes the folder of the npm package: what the page's own module needs, and no more. Names stay
 * plain here: bundlers give their own.
 *
 *     node package.mjs --wasm DIR --model FILE --out DIR
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const text = { type: /** @type {const} */ ('string') };
const { values } = parseArgs({ options: { wasm: text, model: text, out: text } });
const { wasm = '', model = '', out = '' } = values;
const web = dirname(dirname(fileURLToPath(import.meta.url)));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const build of readdirSync(wasm).filter((file) => file.endsWith('.wasm')))
  cpSync(join(wasm, build), join(out, build));
cpSync(join(web, 'lib'), join(out, 'lib'), { recursive: true });
cpSync(model, join(out, 'models', 'glyph.safetensors'));
cpSync(join(web, 'PACKAGE.md'), join(out, 'README.md'));
cpSync(join(dirname(web), 'LICENSE'), join(out, 'LICENSE'));
// What is needed to work on the package is no business of who installs it.
const { devDependencies, scripts, private: _, ...manifest } = JSON.parse(
  readFileSync(join(web, 'package.json'), 'utf8'),
);
writeFileSync(join(out, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
