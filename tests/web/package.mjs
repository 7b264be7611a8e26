/** The npm package as others get it: packed, installed into an empty project, built upon. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packaged, repository } from './helpers.mjs';

export const examples = join(repository, 'tests', 'examples');
const modules = join(repository, 'web', 'node_modules');

/** @param {string} command @param {string[]} args @param {string} cwd */
export async function run(command, args, cwd) {
  try {
    return (await promisify(execFile)(command, args, { cwd, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}: ${error.stdout}${error.stderr}`);
  }
}

/** A development tool of web/, at the version of its lock file. */
export const tool = {
  tsc: join(modules, 'typescript', 'bin', 'tsc'),
  vite: join(modules, 'vite', 'bin', 'vite.js'),
  types: join(modules, '@types'),
};

/** An empty project with the package in it, and what npm says of the package. */
export async function install() {
  const project = mkdtempSync(join(tmpdir(), 'oneglyph-project-'));
  const said = await run('npm', ['pack', '--json', '--pack-destination', project], packaged);
  const [facts] = JSON.parse(said);
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${facts.filename}`], project);
  return { project, facts };
}

/** The example page, built with Vite; the folder to serve it from. */
export async function buildPage(project) {
  const page = join(project, 'page');
  mkdirSync(page, { recursive: true });
  cpSync(join(examples, 'page'), page, { recursive: true });
  await run(process.execPath, [tool.vite, 'build', '--base', './', '--logLevel', 'warn', page], project);
  return join(page, 'dist');
}
