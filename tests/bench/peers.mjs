/** The comparison with other runtimes; tests/bench/peers builds what it needs and starts it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './browser.mjs';
import { legs } from './legs.mjs';
import { load, machine, versions } from './machine.mjs';
import { onnxruntime } from './ort.mjs';
import { rowLine, writeResults } from './table.mjs';

/** Load from which on the figures are doubtful. */
const BUSY = 0.5;

/** @param {string} text */
function give(text) {
  console.error(`peers: ${text}`);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({
      options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
    }).values;
  } catch (error) {
    return give(error.message);
  }
}

async function main() {
  const { quick, only } = options();
  for (const id of only ?? [])
    if (!legs.some((leg) => leg.id === id))
      give(`--only ${id}: the legs are ${legs.map((leg) => leg.id).join(', ')}`);
  const before = load();
  if (before > BUSY) console.error(`peers: the machine is busy (load ${before}): expect poor figures`);
  const folder = mkdtempSync(join(tmpdir(), 'oneglyph-peers-'));
  let browser = null;
  const context = {
    folder, quick, ort: await onnxruntime(),
    browser: async () => (browser ??= await openBrowser(folder)),
  };
  const rows = [];
  try {
    for (const leg of legs.filter((each) => !only || only.includes(each.id))) {
      const found = await leg.run(context, leg);
      for (const row of found) console.log(rowLine(row));
      rows.push(...found);
    }
    if (quick || only) return void console.log('Part of the table only: nothing was written.');
    writeResults({
      command: 'tests/bench/peers', machine: machine(before), versions: versions(browser?.version), rows,
    });
  } finally {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(`peers: ${error.message}`);
  process.exitCode = 1;
});
