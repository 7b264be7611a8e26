/** onnxruntime-node, if `npm ci` was run in tests/bench. */

/** The package, or null where it is not installed. */
export async function onnxruntime() {
  try {
    return (await import('onnxruntime-node')).default;
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** A session that runs `batch` drawings at a time on `threads` threads. `run` gives the outputs.
 * @param {any} ort @param {string} path of the ONNX file
 * @param {{batch: number, threads: number, side: number}} how */
export async function openSession(ort, path, { batch, threads, side }) {
  const session = await ort.InferenceSession.create(path, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const [input] = session.inputNames, [output] = session.outputNames;
  return {
    /** @param {Float32Array} numbers of one or more batches */
    feeds(numbers) {
      const size = batch * side * side, all = [];
      for (let at = 0; at + size <= numbers.length; at += size)
        all.push({
          [input]: new ort.Tensor('float32', numbers.slice(at, at + size), [batch, 1, side, side]),
        });
      return all;
    },
    run: async (feed) => (await session.run(feed))[output].data,
    stop: () => session.release(),
  };
}
