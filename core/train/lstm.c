/* Gradients of long short-term memory. See lstm.h. */
#include "train/lstm.h"

#include <string.h>

void og_affine_backward(const og_real *weight, const og_real *input, const og_real *d_output,
                        size_t rows, size_t columns, og_real *restrict d_weight,
                        og_real *restrict d_bias, og_real *restrict d_input) {
  for (size_t c = 0; d_bias && c < columns; c++)
    d_bias[c] += d_output[c];
  for (size_t r = 0; r < rows; r++, weight += columns, d_weight += columns) {
    og_real x = input[r];
    for (size_t c = 0; c < columns; c++)
      d_weight[c] += x * d_output[c];
    d_input[r] += og_real_dot(weight, d_output, columns);
  }
}

void og_lstm_backward(const og_lstm *l, const og_real *input, const og_real *before,
                      const og_real *gates, const og_real *cells, const og_real *d_output,
                      og_real *d_cells, og_real *d_input, const og_lstm_gradient *gradient,
                      og_real *scratch) {
  size_t n = l->hidden;
  for (size_t j = 0; j < n; j++) {
    og_real in = gates[j], keep = gates[n + j], value = gates[2 * n + j], out = gates[3 * n + j];
    og_real seen = og_real_tanh(cells[j]);
    og_real d_cell = d_cells[j] + d_output[j] * out * (1 - seen * seen);
    scratch[j] = d_cell * value * in * (1 - in);
    scratch[n + j] = d_cell * before[j] * keep * (1 - keep);
    scratch[2 * n + j] = d_cell * in * (1 - value * value);
    scratch[3 * n + j] = d_output[j] * seen * out * (1 - out);
    d_cells[j] = d_cell * keep;
  }
  memset(d_input, 0, l->inputs * sizeof *d_input);
  og_affine_backward(l->weight, input, scratch, l->inputs, 4 * n, gradient->weight, gradient->bias,
                     d_input);
}
