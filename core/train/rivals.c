/* Rivals. See rivals.h. */
#include "train/rivals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/model.h"

enum { SIDE = 16, PIXELS = SIDE * SIDE, LOOKS = 8 };
static const uint32_t no_alphabet = UINT32_MAX;

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

typedef struct og_means {
  float *values; /* [classes][dim] */
  size_t dim;
} og_means;

static float product(const float *a, const float *b, size_t dim) {
  float sum = 0;
  for (size_t k = 0; k < dim; k++)
    sum += a[k] * b[k];
  return sum;
}

/* The most alike of classes first .. end - 1, c itself and those of `apart` left out: up to `keep`
 * of them, in order. Insertion, for lists are short. */
static void rank(const og_dataset *set, const og_means *means, uint32_t c, uint32_t first,
                 uint32_t end, uint32_t apart, uint32_t keep, float *scores, uint32_t *list) {
  uint32_t count = 0;
  for (uint32_t r = first; r < end; r++) {
    if (r == c || set->alphabet_of[r] == apart)
      continue;
    float score =
        product(means->values + c * means->dim, means->values + r * means->dim, means->dim);
    if (count == keep && !(score > scores[count - 1]))
      continue;
    uint32_t at = count < keep ? count++ : count - 1;
    for (; at && scores[at - 1] < score; at--) {
      scores[at] = scores[at - 1];
      list[at] = list[at - 1];
    }
    scores[at] = score;
    list[at] = r;
  }
}

/* Classes that every class finds outside of its alphabet: the largest alphabet says it. */
static size_t fewest_strangers(const og_dataset *set) {
  size_t longest = 0;
  for (size_t a = 0; a < set->alphabets; a++) {
    size_t n = set->alphabet_start[a + 1] - set->alphabet_start[a];
    longest = n > longest ? n : longest;
  }
  return set->classes - longest;
}

/* Where each class's rivals begin; returns how many there are. */
static size_t lay_out(const og_dataset *set, og_rivals *out) {
  for (uint32_t c = 0; c < set->classes; c++) {
    uint32_t a = set->alphabet_of[c];
    out->start[c + 1] = out->start[c] + set->alphabet_start[a + 1] - set->alphabet_start[a] - 1;
  }
  return out->start[set->classes];
}

/* Ranks by the cosines of `means`, of unit length. */
static og_status rank_all(const og_dataset *set, const og_means *means, uint32_t strangers,
                          uint32_t threads, og_rivals *out) {
  size_t fewest = fewest_strangers(set), room = set->classes + 1;
  uint32_t all = (uint32_t)set->classes;
  *out = (og_rivals){.reach = strangers < fewest ? strangers : (uint32_t)fewest};
  out->start = calloc(room, sizeof *out->start);
  out->list = out->start ? malloc((lay_out(set, out) + 1) * sizeof *out->list) : NULL;
  out->strangers = malloc((set->classes * out->reach + 1) * sizeof *out->strangers);
  float *scores = malloc(threads * room * sizeof *scores);
  og_status status = scores && out->list && out->strangers ? OG_OK : OG_ERROR_MEMORY;
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
  for (uint32_t thread = 0; thread < threads; thread++)
    for (uint32_t c = thread; !status && c < all; c += threads) {
      uint32_t a = set->alphabet_of[c];
      float *mine = scores + thread * room;
      rank(set, means, c, set->alphabet_start[a], set->alphabet_start[a + 1], no_alphabet, all,
           mine, out->list + out->start[c]);
      if (out->reach)
        rank(set, means, c, 0, all, a, out->reach, mine, out->strangers + (size_t)c * out->reach);
    }
  free(scores);
  if (status)
    og_rivals_free(out);
  return status;
}

og_status og_rivals_find(const og_dataset *set, const og_glyph *glyphs, const og_input *input,
                         uint32_t strangers, uint32_t threads, og_rivals *out) {
  og_input coarse = *input;
  coarse.side = SIDE;
  float *means = malloc((set->classes * PIXELS + 1) * sizeof *means);
  if (!means)
    return OG_ERROR_MEMORY;
#pragma omp parallel for num_threads((int)threads)
  for (size_t c = 0; c < set->classes; c++)
    mean_drawing(set, glyphs, &coarse, c, means + c * PIXELS);
  og_status status = rank_all(set, &(og_means){means, PIXELS}, strangers, threads, out);
  free(means);
  return status;
}

og_status og_rivals_ask(const og_dataset *set, const og_model *model, uint32_t strangers,
                        uint32_t threads, og_rivals *out) {
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
    status = rank_all(set, &(og_means){means, dim}, strangers, threads, out);
  free(means);
  return status;
}

void og_rivals_free(og_rivals *r) {
  free(r->list);
  free(r->start);
  free(r->strangers);
  *r = (og_rivals){0};
}
