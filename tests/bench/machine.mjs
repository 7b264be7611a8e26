/** Where a comparison ran, and against what. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, glyph } from './ours.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

function quietly(...command) {
  try {
    const [file, ...rest] = command;
    return execFileSync(file, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

function packageVersion(name) {
  const path = join(here, 'node_modules', name, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : null;
}

/** Processes that want a processor, over the last minute: before a run, none should. */
export const load = () => Number(loadavg()[0].toFixed(2));

/** @param {number} before the load when the run began */
export function machine(before) {
  return {
    cpu: cpus()[0].model.trim(),
    cores: availableParallelism(),
    system: `Linux ${release()}`,
    kernels: describe(glyph).isa,
    load: before,
  };
}

/** @param {string | undefined} chromium as the browser gives it: "Chrome/1.2.3" */
export function versions(chromium) {
  return {
    node: process.versions.node,
    chromium: chromium?.split('/')[1] ?? null,
    'onnxruntime-node': packageVersion('onnxruntime-node'),
    'onnxruntime-web': packageVersion('onnxruntime-web'),
    'tfjs-wasm': packageVersion('@tensorflow/tfjs-backend-wasm'),
    pytorch: quietly('/usr/bin/python3', join(here, 'train_torch.py'), 'versions'),
  };
}
