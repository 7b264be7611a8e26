/**
 * Names by content: what a page loads moves to assets/ under names that hold a hash of its bytes, so
 * that a browser may keep it for ever and never mixes two versions. Plain names stay with what is
 * asked for by name: pages, the worker, sets, types, and the modules that others import.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

const ASSETS = 'assets';
const PLAIN = /\.html$|\.d\.ts$|\.map$|^sets\//;
/** What other pages import. They become a line each that leads to the named module. */
const ENTRIES = ['lib/oneglyph.js', 'lib/oneglyph-pad.js'];
/** Comments of a line's length or more, which name types and not files to load, or the path of a file in quotes. */
const TOKENS = /^ *\/\*[^]*?\*\/|^ *\/\/.*|(['"])([\w./-]+\.\w+)\1/gm;

/** All files below a folder, by their paths from there. @param {string} folder */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/**
 * The text of a file with the paths in it replaced. Modules name others from where they are
 * themselves (./ or ../); other paths in them are the page's.
 * @param {string} file @param {string} text @param {(path: string) => string | undefined} named
 */
function rewrite(file, text, named) {
  const html = file.endsWith('.html');
  return text.replace(TOKENS, (whole, quote, path) => {
    if (!path) return whole;
    const own = html || /^\.\.?\//.test(path);
    const name = named(own ? posix.join(posix.dirname(file), path) : path);
    if (!name) return whole;
    if (!own) return quote + name + quote;
    const to = posix.relative(html ? posix.dirname(file) : posix.join(ASSETS, posix.dirname(file)), name);
    return quote + (html || to.startsWith('.') ? to : `./${to}`) + quote;
  });
}

/**
 * Gives the files of a finished folder their names.
 * @param {string} site
 * @returns {Record<string, string>} new paths by old ones
 */
export function nameByContent(site) {
  const files = filesBelow(site);
  const assets = new Set(files.filter((file) => !PLAIN.test(file)));
  /** @type {Record<string, string>} */
  const names = {};
  /** @type {Set<string>} */
  const under = new Set();
  const used = new Set(ENTRIES);

  /** @param {string} path @returns {string | undefined} */
  const named = (path) => {
    if (!assets.has(path)) return undefined;
    used.add(path);
    if (names[path]) return names[path];
    if (under.has(path)) throw new Error(`${path}: imports itself by way of others, so no hash can name it`);
    under.add(path);
    const from = join(site, path);
    if (/\.(js|css)$/.test(path)) writeFileSync(from, rewrite(path, readFileSync(from, 'utf8'), named));
    const hash = createHash('sha256').update(readFileSync(from)).digest('hex').slice(0, 10);
    const { dir, name, ext } = posix.parse(path);
    names[path] = posix.join(ASSETS, dir, `${name}-${hash}${ext}`);
    const to = join(site, names[path]);
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
    if (files.includes(`${path}.map`)) {
      renameSync(`${from}.map`, `${to}.map`);
      writeFileSync(to, readFileSync(to, 'utf8').replace(`${posix.basename(path)}.map`, `${basename(to)}.map`));
    }
    return names[path];
  };

  for (const file of files.filter((each) => each.endsWith('.html')))
    writeFileSync(join(site, file), rewrite(file, readFileSync(join(site, file), 'utf8'), named));
  for (const entry of ENTRIES) {
    const to = posix.relative(posix.dirname(entry), named(entry) ?? '');
    writeFileSync(join(site, entry), `export * from '${to}';\n`);
  }
  for (const file of assets)
    if (!used.has(file)) throw new Error(`${file}: nothing in the page names it`);
  for (const folder of new Set(files.map((file) => join(site, dirname(file)))))
    if (!readdirSync(folder).length) rmdirSync(folder);
  return names;
}
