/* Rivals. See rivals.h. */
#include "train/rivals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/model.h"

enum { SIDE = 16, PIXELS = SIDE * SIDE, LOOKS = 8 };

/* The mean drawing of class c, without its mean, at unit length. */
static void mean_drawing(const og_dataset *set, const og_glyph *glyphs, const og_input *coarse,
                         size_t c, float out[PIXELS]) {
  float one[PIXELS], mean = 0, square = 0;
  memset(out, 0, PIXELS * sizeof *out);
  for (size_t i = set->class_start[c]; i < set->class_start[c + 1]; i++) {
    og_glyph_sample(coarse, &glyphs[i], NULL, one);
    for (size_t p = 0; p < PIXELS; p++)
      out[p] += one[p];
  }
  for (size_t p = 0; p < PIXELS; p++)
    mean += out[p] / PIXELS;
  for (size_t p = 0; p < PIXELS; p++) {
    out[p] -= mean;
    square += out[p] * out[p];
  }
  for (size_t p = 0; p < PIXELS; p++)
    out[p] *= square > 0 ? 1 / sqrtf(square) : 0;
}

/* The mean embedding of the first drawings of class c, at unit length. */
static og_status mean_embedding(const og_dataset *set, const og_model *model, og_workspace *w,
                                size_t c, float *one, float *out) {
  size_t dim = og_model_get_info(model)->dim, first = set->class_start[c];
  size_t count = set->class_start[c + 1] - first;
  og_status status = OG_OK;
  float square = 0;
  memset(out, 0, dim * sizeof *out);
  for (size_t i = 0; !status && i < count && i < LOOKS; i++) {
    status = og_embed(model, w, og_dataset_raster(set, first + i), one);
    for (size_t k = 0; !status && k < dim; k++)
      out[k] += one[k];
  }
  for (size_t k = 0; k < dim; k++)
    square += out[k] * out[k];
  for (size_t k = 0; k < dim; k++)
    out[k] *= square > 0 ? 1 / sqrtf(square) : 0;
  return status;
}

static float product(const float *a, const float *b, size_t dim) {
  float sum = 0;
  for (size_t k = 0; k < dim; k++)
    sum += a[k] * b[k];
  return sum;
}

/* Sorts the other classes of c's alphabet into list: insertion, for alphabets are short. */
static void rank(const og_dataset *set, const float *means, size_t dim, uint32_t c, float *scores,
                 uint32_t *list) {
  uint32_t alphabet = set->alphabet_of[c], count = 0;
  for (uint32_t r = set->alphabet_start[alphabet]; r < set->alphabet_start[alphabet + 1]; r++) {
    if (r == c)
      continue;
    float score = product(means + c * dim, means + r * dim, dim);
    uint32_t at = count++;
    for (; at && scores[at - 1] < score; at--) {
      scores[at] = scores[at - 1];
      list[at] = list[at - 1];
    }
    scores[at] = score;
    list[at] = r;
  }
}

/* Ranks by the cosines of `means` [classes][dim], of unit length. */
static og_status rank_all(const og_dataset *set, const float *means, size_t dim, og_rivals *out) {
  size_t total = 0, longest = 0;
  for (size_t a = 0; a < set->alphabets; a++) {
    size_t n = set->alphabet_start[a + 1] - set->alphabet_start[a];
    total += n * n; /* n times n - 1, and room to count on */
    longest = n > longest ? n : longest;
  }
  float *scores = malloc((longest + 1) * sizeof *scores);
  *out = (og_rivals){.list = malloc((total + 1) * sizeof *out->list),
                     .start = calloc(set->classes + 1, sizeof *out->start)};
  og_status status = scores && out->list && out->start ? OG_OK : OG_ERROR_MEMORY;
  for (uint32_t c = 0; !status && c < set->classes; c++) {
    uint32_t a = set->alphabet_of[c];
    rank(set, means, dim, c, scores, out->list + out->start[c]);
    out->start[c + 1] = out->start[c] + set->alphabet_start[a + 1] - set->alphabet_start[a] - 1;
  }
  free(scores);
  if (status)
    og_rivals_free(out);
  return status;
}

og_status og_rivals_find(const og_dataset *set, const og_glyph *glyphs, const og_input *input,
                         uint32_t threads, og_rivals *out) {
  og_input coarse = *input;
  coarse.side = SIDE;
  float *means = malloc((set->classes * PIXELS + 1) * sizeof *means);
  if (!means)
    return OG_ERROR_MEMORY;
#pragma omp parallel for num_threads((int)threads)
  for (size_t c = 0; c < set->classes; c++)
    mean_drawing(set, glyphs, &coarse, c, means + c * PIXELS);
  og_status status = rank_all(set, means, PIXELS, out);
  free(means);
  return status;
}

og_status og_rivals_ask(const og_dataset *set, const og_model *model, uint32_t threads,
                        og_rivals *out) {
  size_t dim = og_model_get_info(model)->dim;
  float *means = malloc((set->classes * dim + 1) * sizeof *means);
  og_status status = means ? OG_OK : OG_ERROR_MEMORY;
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
  for (uint32_t thread = 0; thread < threads; thread++) {
    og_workspace *w = NULL;
    float *one = malloc((dim + 1) * sizeof *one);
    og_status mine = one && means ? og_workspace_create(model, &w) : OG_ERROR_MEMORY;
    for (size_t c = thread; !mine && c < set->classes; c += threads)
      mine = mean_embedding(set, model, w, c, one, means + c * dim);
    og_workspace_free(w);
    free(one);
#pragma omp critical
    status = status ? status : mine;
  }
  if (!status)
    status = rank_all(set, means, dim, out);
  free(means);
  return status;
}

void og_rivals_free(og_rivals *r) {
  free(r->list);
  free(r->start);
  *r = (og_rivals){0};
}
