/* Gradients of long short-term memory and affine maps (fewshot/lstm.h). */
#ifndef OG_TRAIN_LSTM_H
#define OG_TRAIN_LSTM_H

#include "fewshot/lstm.h"

/* Where gradients are added up: by the weights and biases of an og_lstm. */
typedef struct og_lstm_gradient {
  og_real *weight, *bias;
} og_lstm_gradient;

/* One step backward. `gates`, `cells` are what og_lstm_step made of `input` and `cells_before`;
 * d_output is the gradient by its output. `d_cells` comes in as that by `cells` (from the step
 * after) and goes out as that by `cells_before`. Writes d_input [inputs]; adds to `gradient`.
 * `scratch` is [4][hidden]. */
void og_lstm_backward(const og_lstm *lstm, const og_real *input, const og_real *cells_before,
                      const og_real *gates, const og_real *cells, const og_real *d_output,
                      og_real *d_cells, og_real *d_input, const og_lstm_gradient *gradient,
                      og_real *scratch);

/* Of og_affine: adds to d_weight, d_bias (NULL: none) and d_input. */
void og_affine_backward(const og_real *weight, const og_real *input, const og_real *d_output,
                        size_t rows, size_t columns, og_real *d_weight, og_real *d_bias,
                        og_real *d_input);

#endif
