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

static og_view view_of(size_t view, uint32_t symmetry) {
  og_view turned = og_views[view];
  og_view_turn(&turned, symmetry);
  return turned;
}

og_status og_embed_views(const og_model *m, og_workspace *w, const uint8_t raster[OG_RASTER_SIZE],
                         og_seen seen, float *embedding) {
  size_t count = seen.views;
  if (count < 1 || count > OG_VIEWS || seen.symmetry > 7)
    return OG_ERROR_ARGUMENT;
  if (count == 1 && !seen.symmetry)
    return og_embed(m, w, raster, embedding);
  size_t dim = m->info.dim;
  og_status status =
      m->info.drawings == 1 ? og_glyph_prepare(&m->input, raster, &w->glyph) : OG_ERROR_UNSUPPORTED;
  for (size_t v = 0; !status && v < count; v++) {
    og_view view = view_of(v, seen.symmetry);
    og_model_look(m, w, &w->glyph, &view, 0, 0);
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
  return og_embed_views(m, w, raster, (og_seen){count ? count : 1, 0}, embedding);
}

og_status og_compare(const og_model *m, og_workspace *w, const og_glyph *a, const og_glyph *b,
                     size_t views, uint32_t symmetries, float *score) {
  if (m->info.drawings != 2 || views < 1 || views > OG_VIEWS || symmetries < 1 || symmetries > 8)
    return OG_ERROR_ARGUMENT;
  og_status status = OG_OK;
  size_t count = 2 * views * symmetries;
  for (size_t i = 0; !status && i < count; i++) {
    size_t order = i % 2;
    uint32_t symmetry = (uint32_t)(i / 2 / views);
    og_view of_a = view_of(i / 2 % views, symmetry), of_b = view_of(0, symmetry);
    og_model_look(m, w, a, &of_a, 0, order);
    og_model_look(m, w, b, &of_b, 0, 1 - order);
    og_net_forward(m->kernels, &m->net, &m->plan, m->weights, w->arena, w->images, 1);
    status = og_model_take(m, w, 0, i > 0, score);
  }
  *score /= (float)count;
  return status;
}
