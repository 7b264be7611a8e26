/** The layer list of core/net/net.h, as far as a runtime with operations of its own needs it. */

/**
 * @typedef {object} Layer
 * @property {string} name
 * @property {'input' | 'conv' | 'maxpool' | 'l2norm'} op
 * @property {string} [source] the layer it reads
 * @property {string} [add] the skip connection
 * @property {number} [size] of a pooling
 * @property {number[]} [weights] their shape: kernel height and width, channels in and out
 * @property {'same' | 'valid'} [pad]
 * @property {'relu' | 'sigmoid' | 'linear'} [activation]
 */

/**
 * @param {{net: string, shapes: Record<string, number[]>}} list the text, and the shape of each
 *     layer's output: height, width, channels
 * @returns {Layer[]}
 */
export function netLayers({ net, shapes }) {
  return net.split(/[\n;]/).map((line) => line.replace(/#.*/, '').trim()).filter(Boolean)
    .map((line) => {
      const [name, , op, source, ...words] = line.split(/\s+/);
      if (op === 'input') return { name, op };
      if (op === 'maxpool') return { name, op, source, size: Number(words[0]) };
      if (op === 'l2norm') return { name, op, source };
      const [high, wide, inner] = shapes[source];
      const kernel = op === 'fc' ? [high, wide] : words[1].split('x').map(Number);
      return {
        name, op: 'conv', source,
        weights: [...kernel, inner, Number(words[0])],
        pad: words.includes('same') ? 'same' : 'valid',
        add: words.find((word) => word.startsWith('add='))?.slice(4),
        activation: words.includes('relu') ? 'relu' : words.includes('sigmoid') ? 'sigmoid' : 'linear',
      };
    });
}
