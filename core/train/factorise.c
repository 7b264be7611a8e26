/* Principal directions. See factorise.h. */
#include "train/factorise.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"

/* Each round multiplies how far the wanted directions stand out by the square of the ratio of their
 * sizes. */
enum { ROUNDS = 6, SEED = 1 };

og_status og_project(const og_kernels *kernels, const float *rows, size_t count, size_t dim,
                     const float *basis, size_t rank, float *out) {
  og_real *packed = malloc(og_packed_size(kernels->nr, 1, dim, rank) * sizeof *packed);
  if (!packed)
    return OG_ERROR_MEMORY;
  const og_weights_view view = {
      .w = basis, .taps = 1, .inner = dim, .cols = rank, .inner_stride = 1, .col_stride = dim};
  og_pack_weights(kernels->nr, &view, NULL, packed);
  const og_conv product = {.lines = 1,
                           .rows = count,
                           .cols = rank,
                           .segments = 1,
                           .depth = dim,
                           .a = rows,
                           .a_row = dim,
                           .b = packed,
                           .c = out,
                           .c_row = rank};
  kernels->conv(&product);
  free(packed);
  return OG_OK;
}

/* Gram and Schmidt, each vector twice, for once leaves what rounding adds (Giraud and others 2005).
 * OG_ERROR_FORMAT if one is a sum of those before it, or not finite. */
static og_status make_orthonormal(float *basis, size_t rank, size_t dim) {
  for (size_t r = 0; r < rank; r++) {
    float *v = basis + r * dim;
    double before = 0, square = 0;
    for (size_t k = 0; k < dim; k++)
      before += (double)v[k] * (double)v[k];
    for (size_t again = 0; again < 2; again++)
      for (size_t s = 0; s < r; s++) {
        const float *u = basis + s * dim;
        double dot = 0;
        for (size_t k = 0; k < dim; k++)
          dot += (double)u[k] * (double)v[k];
        for (size_t k = 0; k < dim; k++)
          v[k] -= (float)dot * u[k];
      }
    for (size_t k = 0; k < dim; k++)
      square += (double)v[k] * (double)v[k];
    if (!(square > before * 1e-11) || !isfinite(square))
      return OG_ERROR_FORMAT;
    for (size_t k = 0; k < dim; k++)
      v[k] /= (float)sqrt(square);
  }
  return OG_OK;
}

/* What one round works in. */
typedef struct work {
  float *along;   /* [count][rank] */
  float *sum;     /* [dim][rank] */
  float *scratch; /* of conv_grad */
} work;

/* Multiplies the basis by rows^T rows. */
static og_status round_of(const og_kernels *kernels, const float *rows, size_t count, size_t dim,
                          size_t rank, work *w, float *basis) {
  og_status status = og_project(kernels, rows, count, dim, basis, rank, w->along);
  if (status)
    return status;
  for (size_t i = 0; i < dim * rank; i++)
    w->sum[i] = 0;
  const og_conv_grad back = {.lines = 1,
                             .rows = count,
                             .cols = rank,
                             .segments = 1,
                             .depth = dim,
                             .a = rows,
                             .a_row = dim,
                             .d = w->along,
                             .d_row = rank,
                             .dw = w->sum,
                             .scratch = w->scratch};
  kernels->conv_grad(&back);
  for (size_t r = 0; r < rank; r++)
    for (size_t k = 0; k < dim; k++)
      basis[r * dim + k] = w->sum[k * rank + r];
  return make_orthonormal(basis, rank, dim);
}

og_status og_principal_basis(const og_kernels *kernels, const float *rows, size_t count, size_t dim,
                             size_t rank, float *basis) {
  if (rank < 1 || rank > dim)
    return OG_ERROR_ARGUMENT;
  if (rank > count)
    return OG_ERROR_FORMAT;
  work w = {malloc(count * rank * sizeof(float)), malloc(dim * rank * sizeof(float)),
            malloc(count * kernels->nr * sizeof(float))};
  og_status status = w.along && w.sum && w.scratch ? OG_OK : OG_ERROR_MEMORY;
  og_random random = og_random_stream(SEED, 0);
  for (size_t i = 0; i < rank * dim; i++)
    basis[i] = og_random_normal(&random);
  for (int round = 0; !status && round < ROUNDS; round++)
    status = round_of(kernels, rows, count, dim, rank, &w, basis);
  free(w.along);
  free(w.sum);
  free(w.scratch);
  return status;
}
