/* Packing weights for Winograd's form, and what it needs of memory. */
#include "kernels/winograd.h"

#include <string.h>

int og_winograd_there(size_t kernel, size_t tile) {
#define THERE(alpha, m)                                                                            \
  if (tile == m && kernel == alpha - m + 1)                                                        \
    return 1;
  OG_WINOGRAD_LIST(THERE)
  return 0;
}

/* Row `point` of G: the kernel as a polynomial, at the point, divided by the product of the
 * point's distances from all other points, so that A^T and B^T need no division. */
static void g_row(size_t alpha, size_t kernel, size_t point, double row[8]) {
  size_t pairs = (alpha - 1) / 2, pair = (point - 1) / 2;
  if (alpha % 2 == 0 && point == alpha - 1) {
    for (size_t k = 0; k < kernel; k++)
      row[k] = k + 1 == kernel;
    return;
  }
  double at = point == 0 ? 0 : (double)og_winograd_point[pair] * (point % 2 ? 1 : -1), scale = 1;
  for (size_t p = 0; p < pairs; p++) {
    double q = (double)og_winograd_point[p];
    if (point == 0 || p != pair)
      scale *= at * at - q * q;
  }
  if (point)
    scale *= 2 * at * at;
  double power = 1 / scale;
  for (size_t k = 0; k < kernel; k++, power *= at)
    row[k] = power;
}

size_t og_winograd_packed_size(size_t nr, size_t kernel, size_t tile, size_t inner, size_t cols) {
  size_t alpha = tile + kernel - 1;
  return cols + alpha * alpha * og_packed_size(nr, 1, inner, cols);
}

void og_winograd_pack(size_t nr, size_t kernel, size_t tile, const og_weights_view *view,
                      const og_real *bias, og_real *transformed, og_real *packed) {
  size_t alpha = tile + kernel - 1, inner = view->inner, cols = view->cols;
  for (size_t n = 0; n < cols; n++)
    *packed++ = bias ? bias[n] : 0;
  og_weights_view point = {transformed, 1, inner, cols, 0, cols, 1, 0};
  for (size_t y = 0; y < alpha; y++)
    for (size_t x = 0; x < alpha; x++) {
      double down[8], across[8];
      g_row(alpha, kernel, y, down);
      g_row(alpha, kernel, x, across);
      for (size_t i = 0; i < inner; i++)
        for (size_t n = 0; n < cols; n++) {
          double sum = 0;
          for (size_t k = 0; k < kernel * kernel; k++) {
            size_t tap = view->flip ? kernel * kernel - 1 - k : k;
            sum +=
                down[k / kernel] * across[k % kernel] *
                (double)
                    view->w[tap * view->tap_stride + i * view->inner_stride + n * view->col_stride];
          }
          transformed[i * cols + n] = (og_real)sum;
        }
      og_pack_weights(nr, &point, NULL, packed);
      packed += og_packed_size(nr, 1, inner, cols);
    }
}

size_t og_winograd_scratch(size_t kernel, size_t tile, size_t inner, size_t cols, size_t chunk) {
  size_t alpha = tile + kernel - 1;
  return alpha * alpha * (chunk * (inner + cols) + inner);
}
