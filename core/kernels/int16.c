/* Packing weights as 16-bit integers. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/kernels.h"

size_t og_int16_packed_size(size_t nr, size_t segments, size_t depth, size_t cols) {
  return (cols + nr - 1) / nr * nr * (segments * depth + 2);
}

/* The largest factor at which no weight of column j leaves 16 bits and no block of integers times
 * OG_INT16_MOST leaves 32, roundings included; 0 for a column of zeros. */
static og_real column_factor(size_t nr, size_t segments, size_t depth, const og_real *w) {
  og_real most = 0, sum_most = 0;
  for (size_t s = 0; s < segments; s++)
    for (size_t k = 0; k < depth; k += OG_INT16_BLOCK) {
      og_real sum = 0;
      for (size_t i = k; i < depth && i < k + OG_INT16_BLOCK; i++)
        for (size_t half = 0; half < 2; half++) {
          og_real at = w[(2 * (s * depth + i) + half) * nr], size = at < 0 ? -at : at;
          most = size > most ? size : most;
          sum += size;
        }
      sum_most = sum > sum_most ? sum : sum_most;
    }
  og_real by_sum = ((og_real)INT32_MAX / OG_INT16_MOST - 2 * OG_INT16_BLOCK) / sum_most;
  og_real by_size = 32767 / most;
  og_real least = by_size < by_sum ? by_size : by_sum;
  return most > 0 && isfinite(least) ? least : 0;
}

static int16_t integer(og_real x) {
  x = x > -32767 ? x : -32767; /* also what is no number */
  return (int16_t)((x < 32767 ? x : 32767) + OG_REAL_ROUND - OG_REAL_ROUND);
}

void og_int16_pack(size_t nr, size_t segments, size_t depth, size_t cols, og_real factor,
                   const og_real *packed, og_real *out) {
  size_t pairs = segments * depth;
  for (size_t n = 0; n < cols; n += nr, packed += (2 * pairs + 1) * nr, out += (pairs + 2) * nr)
    for (size_t j = 0; j < nr; j++) {
      const og_real *w = packed + nr + j;
      og_real column = column_factor(nr, segments, depth, w);
      out[j] = column > 0 && factor > 0 ? 1 / column / factor : 0;
      out[nr + j] = packed[j];
      for (size_t k = 0; k < pairs; k++) {
        int16_t pair[2] = {integer(w[2 * k * nr] * column), integer(w[(2 * k + 1) * nr] * column)};
        memcpy(out + (k + 2) * nr + j, pair, sizeof pair);
      }
    }
}
