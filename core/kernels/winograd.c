/* Packing weights for Winograd's form, and what it needs of memory. */
#include "kernels/winograd.h"

#include <stdint.h>
#include <string.h>

int og_winograd_there(size_t kernel, size_t tile) {
#define FORM(alpha, m) {alpha - m + 1, m},
  static const uint8_t forms[][2] = {OG_WINOGRAD_LIST(FORM)};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (kernel == forms[i][0] && tile == forms[i][1])
      return 1;
  return 0;
}

/* out[alpha] = G times a column of `kernel` weights, `stride` apart: the weights as a polynomial at
 * each point (at infinity its highest coefficient), divided by the product of the point's distances
 * from all other points, so that A^T and B^T need no division. */
static void g_times(size_t alpha, size_t kernel, const double *w, size_t stride, double out[8]) {
  /* For 1, 2 and 3 pairs of points: at 0, +-1, +-2, +-1/2. */
  static const float distances[3][4] = {{-1, 2}, {4, -6, 24}, {-1, -4.5f, 90, 1.40625f}};
  for (size_t p = 0; p < alpha - (alpha + 1) % 2; p++) {
    double at = p ? (double)og_winograd_point[(p - 1) / 2] : 0, sum = 0;
    for (size_t k = kernel; k-- > 0;)
      sum = sum * (p % 2 ? at : -at) + w[k * stride];
    out[p] = sum / (double)distances[(alpha - 1) / 2 - 1][(p + 1) / 2];
  }
  if (alpha % 2 == 0)
    out[alpha - 1] = w[(kernel - 1) * stride];
}

size_t og_winograd_packed_size(size_t nr, size_t kernel, size_t tile, size_t inner, size_t cols) {
  size_t alpha = tile + kernel - 1;
  return cols + alpha * alpha * og_packed_size(nr, 1, inner, cols);
}

/* u[alpha][alpha] = G g G^T of the kernel that joins input channel i to output channel n. */
static void transform(size_t alpha, size_t kernel, const og_weights_view *v, size_t i, size_t n,
                      double u[64]) {
  double g[64], down[64];
  for (size_t k = 0; k < kernel * kernel; k++) {
    size_t tap = v->flip ? kernel * kernel - 1 - k : k;
    g[k] = (double)v->w[tap * v->tap_stride + i * v->inner_stride + n * v->col_stride];
  }
  for (size_t k = 0; k < kernel; k++)
    g_times(alpha, kernel, g + k, kernel, down + k * alpha);
  for (size_t y = 0; y < alpha; y++)
    g_times(alpha, kernel, down + y, alpha, u + y * alpha);
}

void og_winograd_pack(size_t nr, size_t kernel, size_t tile, const og_weights_view *view,
                      const og_real *bias, og_real *packed) {
  size_t alpha = tile + kernel - 1, inner = view->inner, cols = view->cols;
  size_t step = og_packed_size(nr, 1, inner, cols);
  memset(packed, 0, og_winograd_packed_size(nr, kernel, tile, inner, cols) * sizeof *packed);
  for (size_t n = 0; n < cols; n++) {
    if (bias)
      packed[n] = bias[n];
    /* Where row 0 of column n lies in the matrix of the first point: behind its panel's biases. */
    og_real *column = packed + cols + n / nr * nr * (inner + 1) + nr + n % nr;
    for (size_t i = 0; i < inner; i++) {
      double u[64];
      transform(alpha, kernel, view, i, n, u);
      for (size_t point = 0; point < alpha * alpha; point++)
        column[point * step + i * nr] = (og_real)u[point];
    }
  }
}

size_t og_winograd_scratch(size_t kernel, size_t tile, size_t inner, size_t cols, size_t chunk) {
  size_t alpha = tile + kernel - 1;
  return alpha * alpha * (chunk * (inner + cols) + inner);
}
