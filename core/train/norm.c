/* Batch normalisation (Ioffe and Szegedy 2015), forward and backward.
 *
 * Forward: y = gamma * (z - mean) / deviation + beta, with mean and (biased) variance over all
 * pixels of the batch. Backward, with x = (z - mean) / deviation and averages over the same pixels:
 * dz = gamma / deviation * (dy - average(dy) - x * average(dy * x)). */
#include <string.h>

#include "train/pass_internal.h"

static const og_real epsilon = (og_real)1e-5, momentum = (og_real)0.1;

static size_t pixels_of(const og_layer *l) {
  return (size_t)l->height * l->width;
}

/* The two sums over the batch, [channels] each. */
static const og_real *add_up(og_pass *p, const og_layer *l) {
  og_pass_sum(p, p->sums, 2 * l->channels);
  return p->sums[0];
}

static void clear(const og_pass *p, const og_layer *l) {
  for (uint32_t s = 0; s < p->slices; s++)
    memset(p->sums[s], 0, 2 * l->channels * sizeof(og_real));
}

void og_norm_sum(og_pass *p, size_t layer, size_t image, uint32_t slice) {
  const og_layer *l = &p->net->layers[layer];
  size_t channels = l->channels;
  const og_real *z = og_pass_dense(p, p->before, layer, image).at;
  og_real *restrict sum = p->sums[slice], *restrict square = sum + channels;
  for (size_t i = 0; i < pixels_of(l); i++, z += channels)
    for (size_t c = 0; c < channels; c++) {
      sum[c] += z[c];
      square[c] += z[c] * z[c];
    }
}

/* Mean and inverse deviation of every channel. */
static void measure(og_pass *p, const og_layer *l, size_t layer, og_real *variance) {
  og_real count = (og_real)(p->batch * pixels_of(l));
  const og_real *sum = add_up(p, l), *square = sum + l->channels;
  for (size_t c = 0; c < l->channels; c++) {
    og_real mean = sum[c] / count, spread = square[c] / count - mean * mean;
    variance[c] = spread > 0 ? spread : 0;
    p->norm_mean[layer][c] = mean;
    p->norm_inverse[layer][c] = 1 / og_real_sqrt(variance[c] + epsilon);
  }
}

/* What a norm does to each channel. */
static void combine(og_pass *p, const og_layer *l, size_t layer, const og_real *parameters) {
  const og_slots *s = &p->layout.slots[layer];
  for (size_t c = 0; c < l->channels; c++) {
    og_real scale = parameters[s->gamma + c] * p->norm_inverse[layer][c];
    p->norm_scale[layer][c] = scale;
    p->norm_shift[layer][c] = parameters[s->bias + c] - p->norm_mean[layer][c] * scale;
  }
}

void og_norm_finish(og_pass *p, size_t layer, const og_real *parameters, og_real *statistics) {
  const og_layer *l = &p->net->layers[layer];
  const og_slots *s = &p->layout.slots[layer];
  og_real *variance = p->norm_scale[layer]; /* until that is known */
  measure(p, l, layer, variance);
  for (size_t c = 0; statistics && c < l->channels; c++) {
    og_real *mean = &statistics[s->mean + c], *spread = &statistics[s->variance + c];
    *mean += momentum * (p->norm_mean[layer][c] - *mean);
    *spread += momentum * (variance[c] - *spread);
  }
  combine(p, l, layer, parameters);
  clear(p, l);
}

void og_norm_settle(og_pass *p, size_t layer, og_real *parameters, og_real *statistics) {
  const og_layer *l = &p->net->layers[layer];
  const og_slots *s = &p->layout.slots[layer];
  measure(p, l, layer, statistics + s->variance);
  for (size_t c = 0; c < l->channels; c++) {
    statistics[s->mean + c] = p->norm_mean[layer][c];
    parameters[s->gamma + c] = 1 / p->norm_inverse[layer][c];
    parameters[s->bias + c] += p->norm_mean[layer][c];
  }
  combine(p, l, layer, parameters);
  clear(p, l);
}

void og_norm_apply(og_pass *p, size_t layer, size_t image) {
  const og_layer *l = &p->net->layers[layer];
  size_t channels = l->channels;
  const og_real *z = og_pass_dense(p, p->before, layer, image).at;
  const og_real *restrict scale = p->norm_scale[layer], *restrict shift = p->norm_shift[layer];
  og_plane out = og_pass_plane(p, layer, image), skip = {0};
  if (l->add >= 0)
    skip = og_pass_plane(p, (size_t)l->add, image);
  for (size_t y = 0; y < l->height; y++)
    for (size_t x = 0; x < l->width; x++, z += channels) {
      og_real *restrict o = out.at + y * out.line + x * channels;
      const og_real *restrict a = skip.at ? skip.at + y * skip.line + x * channels : NULL;
      for (size_t c = 0; c < channels; c++)
        o[c] = z[c] * scale[c] + shift[c];
      if (a)
        for (size_t c = 0; c < channels; c++)
          o[c] += a[c];
      if (l->relu)
        for (size_t c = 0; c < channels; c++)
          o[c] = o[c] > 0 ? o[c] : 0;
      if (l->sigmoid)
        for (size_t c = 0; c < channels; c++)
          o[c] = og_real_sigmoid(o[c]);
    }
}

void og_norm_gradient_sum(og_pass *p, size_t layer, size_t image, uint32_t slice) {
  const og_layer *l = &p->net->layers[layer];
  size_t channels = l->channels;
  const og_real *z = og_pass_dense(p, p->before, layer, image).at;
  const og_real *dy = og_pass_dense(p, p->gradient, layer, image).at;
  const og_real *restrict mean = p->norm_mean[layer], *restrict inverse = p->norm_inverse[layer];
  og_real *restrict sum = p->sums[slice], *restrict product = sum + channels;
  for (size_t i = 0; i < pixels_of(l); i++, z += channels, dy += channels)
    for (size_t c = 0; c < channels; c++) {
      sum[c] += dy[c];
      product[c] += dy[c] * ((z[c] - mean[c]) * inverse[c]);
    }
}

void og_norm_gradient_finish(og_pass *p, size_t layer, og_real *gradient) {
  const og_layer *l = &p->net->layers[layer];
  const og_slots *s = &p->layout.slots[layer];
  og_real count = (og_real)(p->batch * pixels_of(l));
  const og_real *sum = add_up(p, l), *product = sum + l->channels;
  for (size_t c = 0; c < l->channels; c++) {
    gradient[s->bias + c] = sum[c];
    gradient[s->gamma + c] = product[c];
    p->grad_mean[layer][c] = sum[c] / count;
    p->grad_slope[layer][c] = product[c] / count * p->norm_inverse[layer][c];
  }
  clear(p, l);
}

void og_norm_gradient_apply(const og_pass *p, size_t layer, size_t image, og_plane delta) {
  const og_layer *l = &p->net->layers[layer];
  size_t channels = l->channels;
  const og_real *z = og_pass_dense(p, p->before, layer, image).at;
  const og_real *dy = og_pass_dense(p, p->gradient, layer, image).at;
  const og_real *restrict mean = p->norm_mean[layer], *restrict scale = p->norm_scale[layer];
  const og_real *restrict offset = p->grad_mean[layer], *restrict slope = p->grad_slope[layer];
  for (size_t y = 0; y < l->height; y++)
    for (size_t x = 0; x < l->width; x++, z += channels, dy += channels) {
      og_real *restrict d = delta.at + y * delta.line + x * channels;
      for (size_t c = 0; c < channels; c++)
        d[c] = scale[c] * (dy[c] - offset[c] - (z[c] - mean[c]) * slope[c]);
    }
}
