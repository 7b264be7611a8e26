/** Pictures that are taken away: written as SVG, and painted from that where pixels are wanted. */
import { make, saveAs } from './page.js';

/** Pixels that all browsers let a canvas be wide or high. */
const MOST = 16000;

/** @param {string} text */
export const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** @param {number} width @param {number} height @param {string} paper its colour @param {string} body */
export const toImage = (width, height, paper, body) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">
<rect width="100%" height="100%" fill="${paper}"/>
${body}
</svg>
`;

/** @param {string} svg on paper of its own size @param {string} name of the file */
export async function savePng(svg, name) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  await image.decode();
  const density = Math.min(2, MOST / image.height);
  const canvas = make('canvas', { width: density * image.width, height: density * image.height });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  canvas.toBlob((png) => png && saveAs(png, name, 'image/png'));
}
