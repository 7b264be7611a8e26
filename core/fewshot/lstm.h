/* One step of long short-term memory (Hochreiter and Schmidhuber, Long short-term memory, Neural
 * Computation 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000). */
#ifndef OG_LSTM_H
#define OG_LSTM_H

#include <stddef.h>

#include "base/real.h"

/* `inputs` counts all that a step reads, the hidden state before it included: what is fed back is
 * the caller's business. Of the four gates in weights and bias the first lets in, the second
 * forgets, the third is what may come in, the fourth lets out. */
typedef struct og_lstm {
  size_t inputs, hidden;
  const og_real *weight; /* [inputs][4][hidden] */
  const og_real *bias;   /* [4][hidden] */
} og_lstm;

/* From input[inputs] and the cells before, to the gates' values [4][hidden], cells and outputs
 * [hidden]. Cells may be the same memory as those before. */
void og_lstm_step(const og_lstm *lstm, const og_real *input, const og_real *cells_before,
                  og_real *gates, og_real *cells, og_real *output);

/* output[columns] = bias (NULL: 0) + input[rows] weight[rows][columns]. */
void og_affine(const og_real *weight, const og_real *bias, const og_real *input, size_t rows,
               size_t columns, og_real *output);

static inline og_real og_real_tanh(og_real x) {
  return 2 * og_real_sigmoid(2 * x) - 1;
}

/* The sum of a[i] b[i], in eight sums that compilers make vectors of. */
og_real og_real_dot(const og_real *a, const og_real *b, size_t count);

/* x[count] to weights that sum to 1. */
void og_softmax(og_real *x, size_t count);

#endif
