/**
 * The 95 % interval of a share (Wilson 1927), 0 to 1.
 * @param {number} right @param {number} all
 */
export function wilson(right, all) {
  if (!all) return [0, 1];
  const [z2, p] = [1.959964 ** 2, right / all];
  const middle = p + z2 / (2 * all);
  const half = Math.sqrt(z2 * ((p * (1 - p)) / all + z2 / (4 * all * all)));
  return [(middle - half) / (1 + z2 / all), (middle + half) / (1 + z2 / all)];
}
