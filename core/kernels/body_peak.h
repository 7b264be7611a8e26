/* What the vector units can do at most, written once over the vector words; included by body.h.
 *
 * Sums that do not depend on each other, as many as hide the latency of a multiply-add, and nothing
 * else: no weights to load, no ends of rows. A benchmark compares kernels with this. */

enum {
  /* Twelve sums and their two operands fit 16 registers. Each is multiplied, or a compiler would
   * move the products out of the loop. */
  OG_PEAK_SUMS = 12,
  /* Pairs of integers are only added to a sum, so their products must differ from round to round:
   * each round reads a few pairs anew, and multiplies each with all of four. */
  OG_PEAK_WEIGHTS = 4,
  OG_PEAK_READ = OG_MR > 6 ? 4 : 2, /* a set with larger tiles has more registers */
  OG_PEAK_LENGTH = 8,               /* vectors of memory that are read in turn */
};

static size_t peak_reals(size_t rounds, og_real *memory) {
  og_vec sum[OG_PEAK_SUMS], a = og_vload(memory), b = og_vload(memory + OG_LANES);
  OG_UNROLL
  for (int i = 0; i < OG_PEAK_SUMS; i++)
    sum[i] = og_vload(memory + i * OG_LANES);
  for (size_t r = 0; r < rounds; r++) {
    OG_UNROLL
    for (int i = 0; i < OG_PEAK_SUMS; i++)
      sum[i] = og_vmadd(sum[i], a, b);
  }
  OG_UNROLL
  for (int i = 0; i < OG_PEAK_SUMS; i++)
    og_vstore(memory + i * OG_LANES, sum[i]);
  return rounds * OG_PEAK_SUMS * OG_LANES;
}

static size_t peak_integers(size_t rounds, og_real *memory) {
  og_int sum[OG_PEAK_READ][OG_PEAK_WEIGHTS];
  og_pair w[OG_PEAK_WEIGHTS];
  OG_UNROLL
  for (int j = 0; j < OG_PEAK_WEIGHTS; j++) {
    w[j] = og_pair_load(memory + (OG_PEAK_LENGTH + j) * OG_LANES);
    OG_UNROLL
    for (int i = 0; i < OG_PEAK_READ; i++)
      sum[i][j] = og_int_zero();
  }
  for (size_t r = 0; r < rounds; r++) {
    const og_real *at = memory + r * OG_PEAK_READ % OG_PEAK_LENGTH * OG_LANES;
    OG_UNROLL
    for (int i = 0; i < OG_PEAK_READ; i++) {
      og_pair x = og_pair_load(at + i * OG_LANES);
      OG_UNROLL
      for (int j = 0; j < OG_PEAK_WEIGHTS; j++)
        sum[i][j] = og_int_dot(sum[i][j], x, w[j]);
    }
  }
  OG_UNROLL
  for (int i = 0; i < OG_PEAK_READ; i++)
    OG_UNROLL
  for (int j = 0; j < OG_PEAK_WEIGHTS; j++)
    og_vstore(memory + (i * OG_PEAK_WEIGHTS + j) * OG_LANES, og_int_to_real(sum[i][j]));
  return rounds * OG_PEAK_READ * OG_PEAK_WEIGHTS * OG_LANES * 2;
}

static size_t peak(int integers, size_t rounds, og_real *memory) {
  return integers ? peak_integers(rounds, memory) : peak_reals(rounds, memory);
}
