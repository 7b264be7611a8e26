/** Pictures as drawings: dropped on the pad, pasted, or opened. They are kept as rasters. */
import { encodeRaster } from '../lib/png.js';

/**
 * @param {import('../lib/oneglyph.js').Oneglyph} og
 * @param {Blob} file
 */
export async function readPicture(og, file) {
  const raster = og.rasterize(await og.decode(file));
  return { image: encodeRaster(raster) };
}

/**
 * @param {HTMLElement} target where things may be dropped
 * @param {(file: Blob) => void} open
 */
export function listenToPictures(target, open) {
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    target.classList.add('drop');
  });
  for (const type of ['dragleave', 'drop'])
    document.addEventListener(type, () => target.classList.remove('drop'));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) open(file);
  });
  document.addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    open(file);
  });
}
