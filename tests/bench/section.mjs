/** Parts of README.md that programs write: what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../web/helpers.mjs';

export const readmePath = join(repository, 'README.md');

/** @param {string} readme @param {string} name @param {string} text what goes in */
export function withSection(readme, name, text) {
  const begin = `<!-- ${name} -->`, from = readme.indexOf(begin), to = readme.indexOf(`<!-- /${name} -->`);
  if (from < 0 || to < from)
    throw new Error(`README.md: no ${begin} ... <!-- /${name} --> for the table to go in`);
  return `${readme.slice(0, from + begin.length)}\n${text}\n${readme.slice(to)}`;
}

/** Writes a file whole, or leaves it as it was. @param {string} path @param {string} text */
export function replaceFile(path, text) {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
