/* Within-class whitening. See whiten.h. */
#include "train/whiten.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* out = a b, square; `out` is neither. */
static void multiply(const double *a, const double *b, size_t n, double *out) {
  memset(out, 0, n * n * sizeof *out);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++)
      for (size_t j = 0; j < n; j++)
        out[i * n + j] += a[i * n + k] * b[k * n + j];
}

/* Adds the scatter of values[count][dim] around their mean; `mean` is scratch. */
static void add_scatter(const float *values, size_t count, size_t dim, double *mean,
                        double *scatter) {
  memset(mean, 0, 2 * dim * sizeof *mean);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < dim; k++)
      mean[k] += (double)values[i * dim + k] / (double)count;
  double *apart = mean + dim;
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < dim; k++)
      apart[k] = (double)values[i * dim + k] - mean[k];
    for (size_t r = 0; r < dim; r++)
      for (size_t k = 0; k < dim; k++)
        scatter[r * dim + k] += apart[r] * apart[k];
  }
}

static double trace(const double *a, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += a[i * n + i];
  return sum;
}

/* z = y^(-1/2) up to a factor, y destroyed, by the coupled Newton-Schulz iteration (Higham,
 * Functions of Matrices, 2008, section 6.7), which converges for a positive definite matrix whose
 * eigenvalues are at most 1. Returns whether it did. */
static int inverse_root(double *y, double *z, size_t n, double *step, double *next) {
  enum { MOST_STEPS = 100 };
  for (size_t i = 0; i < n * n; i++)
    z[i] = i % (n + 1) == 0;
  for (int s = 0; s < MOST_STEPS; s++) {
    multiply(z, y, n, step);
    double far = 0;
    for (size_t i = 0; i < n * n; i++) {
      double one = i % (n + 1) == 0;
      far = fmax(far, fabs(step[i] - one));
      step[i] = 1.5 * one - step[i] / 2;
    }
    if (!isfinite(far))
      return 0;
    if (far < 1e-9)
      return 1;
    multiply(y, step, n, next);
    memcpy(y, next, n * n * sizeof *y);
    multiply(step, z, n, next);
    memcpy(z, next, n * n * sizeof *z);
  }
  return 0;
}

og_status og_whitening(const float *values, const uint32_t *class_of, size_t count, size_t dim,
                       float ridge, float *map) {
  size_t n = dim * dim;
  double *memory = calloc(4 * n + 2 * dim, sizeof *memory);
  if (!memory)
    return OG_ERROR_MEMORY;
  double *scatter = memory, *root = scatter + n, *step = root + n, *next = step + n;
  for (size_t first = 0, end; first < count; first = end) {
    for (end = first; end < count && class_of[end] == class_of[first];)
      end++;
    add_scatter(values + first * dim, end - first, dim, next + n, scatter);
  }
  double sum = trace(scatter, dim);
  og_status status = sum > 0 && isfinite(sum) && ridge > 0 ? OG_OK : OG_ERROR_FORMAT;
  for (size_t i = 0; i < n; i++) /* no eigenvalue is above the trace */
    scatter[i] = scatter[i] / sum + (i % (dim + 1) == 0 ? (double)ridge / (double)dim : 0);
  for (size_t i = 0; i < n; i++)
    scatter[i] /= 1 + (double)ridge / (double)dim;
  if (!status && !inverse_root(scatter, root, dim, step, next))
    status = OG_ERROR_FORMAT;
  double mean = trace(root, dim) / (double)dim;
  for (size_t i = 0; !status && i < n; i++)
    map[i] = (float)(root[i] / mean);
  free(memory);
  return status;
}

og_status og_whitening_apply(const float *map, size_t dim, float *rows, size_t count) {
  double *sum = malloc(dim * sizeof *sum);
  if (!sum)
    return OG_ERROR_MEMORY;
  for (size_t r = 0; r < count; r++, rows += dim) {
    memset(sum, 0, dim * sizeof *sum);
    for (size_t k = 0; k < dim; k++)
      for (size_t j = 0; j < dim; j++)
        sum[j] += (double)rows[k] * (double)map[k * dim + j];
    for (size_t j = 0; j < dim; j++)
      rows[j] = (float)sum[j];
  }
  free(sum);
  return OG_OK;
}
