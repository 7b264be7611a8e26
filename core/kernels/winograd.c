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

/* Kernels are transformed LANES output channels at a time, in plain loops that compilers turn into
 * vector code. */
enum { LANES = 16 };
typedef og_real lanes[LANES];

/* out[alpha] = G times a column of `kernel` weights, `stride` apart: the weights as a polynomial at
 * each point (at infinity its highest coefficient), divided by the product of the point's distances
 * from all other points, so that A^T and B^T need no division. */
static void g_times(size_t alpha, size_t kernel, const lanes *w, size_t stride, lanes *out) {
  /* For 1, 2 and 3 pairs of points: at 0, +-1, +-2, +-1/2. */
  static const float distances[3][4] = {{-1, 2}, {4, -6, 24}, {-1, -4.5f, 90, 1.40625f}};
  for (size_t p = 0; p < alpha; p++, out++) {
    const og_real *highest = w[(kernel - 1) * stride];
    memcpy(out, highest, sizeof *out);
    if (alpha % 2 == 0 && p == alpha - 1)
      return;
    og_real at = p ? og_winograd_point[(p - 1) / 2] : 0;
    og_real scale = 1 / (og_real)distances[(alpha - 1) / 2 - 1][(p + 1) / 2];
    at = p % 2 ? at : -at;
    for (size_t k = kernel - 1; k-- > 0;)
      for (size_t j = 0; j < LANES; j++)
        (*out)[j] = (*out)[j] * at + w[k * stride][j];
    for (size_t j = 0; j < LANES; j++)
      (*out)[j] *= scale;
  }
}

size_t og_winograd_packed_size(size_t nr, size_t kernel, size_t tile, size_t inner, size_t cols) {
  size_t alpha = tile + kernel - 1;
  return cols + alpha * alpha * og_packed_size(nr, 1, inner, cols);
}

/* u[alpha][alpha] = G g G^T of the kernels that join input channel i to LANES output channels. */
static void transform(size_t alpha, size_t kernel, const og_weights_view *v, size_t i, size_t n,
                      lanes *u) {
  lanes g[64], down[64];
  for (size_t k = 0; k < kernel * kernel; k++) {
    size_t tap = v->flip ? kernel * kernel - 1 - k : k;
    const og_real *w = v->w + tap * v->tap_stride + i * v->inner_stride + n * v->col_stride;
    for (size_t j = 0; j < LANES; j++)
      g[k][j] = w[j * v->col_stride];
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
  if (bias)
    memcpy(packed, bias, cols * sizeof *bias);
  for (size_t n0 = 0; n0 < cols; n0 += LANES)
    for (size_t i = 0; i < inner; i++) {
      lanes u[64];
      transform(alpha, kernel, view, i, n0, u);
      for (size_t j = 0; j < LANES; j++) {
        /* Where this number lies in the matrix of the first point, behind its panel's biases. */
        size_t n = n0 + j;
        og_real *to = packed + cols + n / nr * nr * (inner + 1) + (i + 1) * nr + n % nr;
        for (size_t point = 0; point < alpha * alpha; point++)
          to[point * step] = u[point][j];
      }
    }
}

/* Adds G^T times a column of alpha numbers, `stride` apart, to out[kernel], `to` apart. */
static void g_transposed(size_t alpha, size_t kernel, const lanes *u, size_t stride, lanes *out,
                         size_t to) {
  lanes unit[8] = {{0}}, g[8];
  for (size_t k = 0; k < kernel; k++)
    for (size_t j = 0; j < LANES; j++)
      unit[k][j] = j == k; /* lane k of G times this is column k of G */
  g_times(alpha, kernel, unit, 1, g);
  for (size_t k = 0; k < kernel; k++)
    for (size_t p = 0; p < alpha; p++)
      for (size_t j = 0; j < LANES; j++)
        out[k * to][j] += g[p][k] * u[p * stride][j];
}

void og_winograd_unpack(size_t kernel, size_t tile, size_t inner, size_t cols, const og_real *du,
                        og_real *dw) {
  size_t alpha = tile + kernel - 1, step = inner * cols;
  for (size_t at = 0; at < step; at += LANES) {
    lanes u[64], across[64] = {{0}}, g[64] = {{0}};
    for (size_t point = 0; point < alpha * alpha; point++)
      memcpy(u[point], du + point * step + at, sizeof u[point]);
    for (size_t y = 0; y < alpha; y++)
      g_transposed(alpha, kernel, u + y * alpha, 1, across + y * kernel, 1);
    for (size_t x = 0; x < kernel; x++)
      g_transposed(alpha, kernel, across + x, kernel, g + x, kernel);
    for (size_t k = 0; k < kernel * kernel; k++)
      for (size_t j = 0; j < LANES; j++)
        dw[k * step + at + j] += g[k][j];
  }
}

size_t og_winograd_scratch(size_t kernel, size_t tile, size_t inner, size_t cols, size_t chunk) {
  size_t alpha = tile + kernel - 1;
  /* The edge tile, a transformed tile on its way to integers, V and M. */
  return alpha * alpha * (chunk * (inner + cols) + 3 * OG_WINOGRAD_GAP + 2 * inner);
}
