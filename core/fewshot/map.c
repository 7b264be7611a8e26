/* A flat map of a support set: principal components by power iteration. See oneglyph.h.
 *
 * The covariance is never formed: its product with a direction is a sum over the examples. */
#include "fewshot/support.h"

enum { ROUNDS = 60 };

static double dot(const float *x, const float *y, size_t dim) {
  double sum = 0;
  for (size_t k = 0; k < dim; k++)
    sum += (double)x[k] * (double)y[k];
  return sum;
}

/* The same for an example. */
static double dot_example(const og_support *s, size_t example, const float *y) {
  double sum = 0;
  for (size_t k = 0; k < s->dim; k++)
    sum += (double)og_support_element(s, og_support_vector(s, example), k) * (double)y[k];
  return sum;
}

/* Takes `other` (unit length, or zero) out of `x` and gives it unit length; 0 if nothing is left.
 */
static int straighten(float *x, const float *other, size_t dim) {
  double part = other ? dot(x, other, dim) : 0;
  for (size_t k = 0; other && k < dim; k++)
    x[k] -= (float)part * other[k];
  double length = og_vector_length(x, dim);
  for (size_t k = 0; k < dim; k++)
    x[k] = length > 1e-6 ? (float)((double)x[k] / length) : 0;
  return length > 1e-6;
}

/* One step: `next` becomes the covariance times `axis`, times the number of examples. */
static void multiply(const og_support *s, const float *mean, const float *axis, float *next) {
  double middle = dot(mean, axis, s->dim);
  for (size_t k = 0; k < s->dim; k++)
    next[k] = 0;
  for (size_t i = 0; i < s->example_count; i++) {
    const float *x = og_support_vector(s, i);
    float along = (float)(dot_example(s, i, axis) - middle);
    for (size_t k = 0; k < s->dim; k++)
      next[k] += along * (og_support_element(s, x, k) - mean[k]);
  }
}

/* A direction to begin with where there is none: the farthest example from the mean. */
static void begin(const og_support *s, const float *mean, const float *other, float *axis,
                  float *scratch) {
  double farthest = -1;
  for (size_t i = 0; i < s->example_count; i++) {
    for (size_t k = 0; k < s->dim; k++)
      scratch[k] = og_support_element(s, og_support_vector(s, i), k) - mean[k];
    double along = other ? dot(scratch, other, s->dim) : 0;
    double distance = dot(scratch, scratch, s->dim) - along * along;
    if (distance <= farthest)
      continue;
    farthest = distance;
    for (size_t k = 0; k < s->dim; k++)
      axis[k] = scratch[k];
  }
}

static void find_axis(const og_support *s, const float *mean, const float *other, float *axis,
                      float *scratch) {
  if (!straighten(axis, other, s->dim)) {
    begin(s, mean, other, axis, scratch);
    straighten(axis, other, s->dim);
  }
  for (int round = 0; round < ROUNDS; round++) {
    multiply(s, mean, axis, scratch);
    if (!straighten(scratch, other, s->dim))
      break;
    for (size_t k = 0; k < s->dim; k++)
      axis[k] = scratch[k];
  }
}

void og_support_map(const og_support *s, float *frame) {
  size_t dim = s->dim;
  float *mean = frame, *first = frame + dim, *second = frame + 2 * dim, *scratch = frame + 3 * dim;
  for (size_t k = 0; k < dim; k++) {
    double sum = 0;
    for (size_t i = 0; i < s->example_count; i++)
      sum += (double)og_support_element(s, og_support_vector(s, i), k);
    mean[k] = s->example_count ? (float)(sum / (double)s->example_count) : 0;
  }
  find_axis(s, mean, NULL, first, scratch);
  find_axis(s, mean, first, second, scratch);
}

/* `along`: the embedding's parts in the directions of the axes. */
static void place(const float *frame, size_t dim, const double along[2], float xy[2]) {
  for (size_t axis = 0; axis < 2; axis++)
    xy[axis] = (float)(along[axis] - dot(frame, frame + (axis + 1) * dim, dim));
}

void og_map_place(const float *frame, size_t dim, const float *embedding, float xy[2]) {
  double length = og_vector_length(embedding, dim), along[2] = {0, 0};
  for (size_t axis = 0; axis < 2 && length > 0; axis++)
    along[axis] = dot(embedding, frame + (axis + 1) * dim, dim) / length;
  place(frame, dim, along, xy);
}

size_t og_support_places(const og_support *s, const float *frame, uint32_t *ids, float *xy) {
  for (size_t i = 0; i < s->example_count; i++) {
    const double along[2] = {dot_example(s, i, frame + s->dim),
                             dot_example(s, i, frame + 2 * s->dim)};
    ids[i] = s->ids[i];
    place(frame, s->dim, along, xy + 2 * i);
  }
  return s->example_count;
}
