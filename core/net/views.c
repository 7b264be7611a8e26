/* More than one look at a drawing, and a look at two.
 *
 * Averaging over views at test time (as Krizhevsky, Sutskever and Hinton 2012 average over crops):
 * what differs between two hands, slant, turn and proportion, partly cancels. */
#include <math.h>

#include "net/model.h"

const og_view og_views[OG_VIEWS] = {
    {.m = {1, 0, 0, 1}},
    {.m = {0.99027f, -0.13917f, 0.13917f, 0.99027f}}, /* turned by 8 degrees, and back */
    {.m = {0.99027f, 0.13917f, -0.13917f, 0.99027f}},
    {.m = {1.12f, 0, 0, 1 / 1.12f}}, /* narrow, wide */
    {.m = {1 / 1.12f, 0, 0, 1.12f}},
    {.m = {1, 0.15f, 0, 1}}, /* slanted */
    {.m = {1, -0.15f, 0, 1}},
    {.m = {0.96126f, -0.27564f, 0.27564f, 0.96126f}}, /* turned by 16 degrees */
    {.m = {0.96126f, 0.27564f, -0.27564f, 0.96126f}},
};

/* Sets `sum` [dim] to unit length; opposite embeddings that cancel give zeros. */
static void normalise(float *sum, size_t dim) {
  double square = 0;
  for (size_t i = 0; i < dim; i++)
    square += (double)sum[i] * (double)sum[i];
  float scale = square > 0 ? (float)(1 / sqrt(square)) : 0;
  for (size_t i = 0; i < dim; i++)
    sum[i] *= scale;
}

og_status og_embed_views(const og_model *m, og_workspace *w, const uint8_t raster[OG_RASTER_SIZE],
                         size_t count, float *embedding) {
  if (count < 1 || count > OG_VIEWS)
    return OG_ERROR_ARGUMENT;
  if (count == 1)
    return og_embed(m, w, raster, embedding);
  size_t dim = m->info.dim;
  og_status status =
      m->info.drawings == 1 ? og_glyph_prepare(&m->input, raster, &w->glyph) : OG_ERROR_UNSUPPORTED;
  for (size_t v = 0; !status && v < count; v++) {
    og_model_look(m, w, &w->glyph, &og_views[v], 0, 0);
    og_net_forward(m->kernels, &m->net, &m->plan, m->weights, w->arena, w->images, 1);
    status = og_model_take(m, w, 0, v > 0, embedding);
  }
  if (!status && m->head.kind == OG_HEAD_SIAMESE) /* differences have a size */
    for (size_t i = 0; i < dim; i++)
      embedding[i] /= (float)count;
  else if (!status)
    normalise(embedding, dim);
  return status;
}

og_status og_embed_example(const og_model *m, og_workspace *w, const uint8_t raster[OG_RASTER_SIZE],
                           float *embedding) {
  uint32_t count = m->info.calibration.example_views;
  return og_embed_views(m, w, raster, count ? count : 1, embedding);
}

og_status og_compare(const og_model *m, og_workspace *w, const og_glyph *a, const og_glyph *b,
                     size_t count, float *score) {
  if (m->info.drawings != 2 || count < 1 || count > OG_VIEWS)
    return OG_ERROR_ARGUMENT;
  og_status status = OG_OK;
  for (size_t v = 0; !status && v < count; v++)
    for (size_t order = 0; !status && order < 2; order++) {
      og_model_look(m, w, a, &og_views[v], 0, order);
      og_model_look(m, w, b, NULL, 0, 1 - order);
      og_net_forward(m->kernels, &m->net, &m->plan, m->weights, w->arena, w->images, 1);
      status = og_model_take(m, w, 0, v + order > 0, score);
    }
  *score /= (float)(2 * count);
  return status;
}
