/** Reading a zip file where it lies: the list of what is in it, and single files of that. */
import { through } from './link.js';

/** Bytes of one file, unpacked; Omniglot's are a few hundred. */
const LIMIT = 1 << 22;
/** Files in a zip; Omniglot's largest has 32,460 drawings. */
const MOST = 200000;

/** @typedef {{name: string, method: number, size: number, at: number}} Entry */

/** @param {Blob} file @param {number} from @param {number} to */
async function view(file, from, to) {
  return new DataView(await file.slice(from, to).arrayBuffer());
}

/**
 * The files in a zip by name (APPNOTE.TXT of PKWARE: the directory is at the end).
 * @param {Blob} file
 * @returns {Promise<Map<string, Entry>>}
 */
export async function listZip(file) {
  const from = Math.max(0, file.size - 66000);
  const tail = await view(file, from, file.size);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error('it is no zip file');
  const [count, size, at] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const directory = await view(file, at, at + size);
  const text = new TextDecoder();
  const entries = new Map();
  for (let p = 0, i = 0; i < count && i < MOST && p + 46 <= directory.byteLength; i++) {
    if (directory.getUint32(p, true) !== 0x02014b50) throw new Error('its directory is damaged');
    const [name, extra, comment] = [28, 30, 32].map((o) => directory.getUint16(p + o, true));
    const label = text.decode(new Uint8Array(directory.buffer, p + 46, Math.min(name, directory.byteLength - p - 46)));
    entries.set(label, {
      name: label,
      method: directory.getUint16(p + 10, true),
      size: directory.getUint32(p + 20, true),
      at: directory.getUint32(p + 42, true),
    });
    p += 46 + name + extra + comment;
  }
  return entries;
}

/** @param {Blob} file @param {Entry} entry @returns {Promise<Uint8Array>} */
export async function unzip(file, { name, method, size, at }) {
  const head = await view(file, at, at + 30);
  if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50) throw new Error(`${name}: it is damaged`);
  const from = at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const bytes = new Uint8Array(await file.slice(from, from + size).arrayBuffer());
  if (method === 0) return bytes;
  if (method !== 8) throw new Error(`${name}: it is packed in a way that is not known here`);
  return through(bytes, new DecompressionStream('deflate-raw'), LIMIT);
}
