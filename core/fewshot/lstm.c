/* Long short-term memory. See lstm.h. */
#include "fewshot/lstm.h"

void og_affine(const og_real *weight, const og_real *bias, const og_real *restrict input,
               size_t rows, size_t columns, og_real *restrict output) {
  for (size_t c = 0; c < columns; c++)
    output[c] = bias ? bias[c] : 0;
  for (size_t r = 0; r < rows; r++, weight += columns) {
    og_real x = input[r];
    for (size_t c = 0; c < columns; c++)
      output[c] += x * weight[c];
  }
}

og_real og_real_dot(const og_real *a, const og_real *b, size_t count) {
  enum { LANES = 8 };
  og_real lane[LANES] = {0}, sum = 0;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (size_t k = 0; k < LANES; k++)
      lane[k] += a[i + k] * b[i + k];
  for (; i < count; i++)
    sum += a[i] * b[i];
  for (size_t k = 0; k < LANES; k++)
    sum += lane[k];
  return sum;
}

void og_softmax(og_real *x, size_t count) {
  og_real most = x[0], sum = 0;
  for (size_t i = 1; i < count; i++)
    most = x[i] > most ? x[i] : most;
  for (size_t i = 0; i < count; i++)
    sum += x[i] = og_real_exp(x[i] - most);
  for (size_t i = 0; i < count; i++)
    x[i] /= sum;
}

void og_lstm_step(const og_lstm *l, const og_real *input, const og_real *before, og_real *gates,
                  og_real *cells, og_real *output) {
  size_t n = l->hidden;
  og_affine(l->weight, l->bias, input, l->inputs, 4 * n, gates);
  for (size_t j = 0; j < n; j++) {
    og_real in = og_real_sigmoid(gates[j]), keep = og_real_sigmoid(gates[n + j]);
    og_real value = og_real_tanh(gates[2 * n + j]), out = og_real_sigmoid(gates[3 * n + j]);
    gates[j] = in;
    gates[n + j] = keep;
    gates[2 * n + j] = value;
    gates[3 * n + j] = out;
    cells[j] = keep * before[j] + in * value;
    output[j] = out * og_real_tanh(cells[j]);
  }
}
