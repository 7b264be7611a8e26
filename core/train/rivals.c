/* Rivals. See rivals.h. */
#include "train/rivals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 16, PIXELS = SIDE * SIDE };

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

static float cosine(const float *a, const float *b) {
  float sum = 0;
  for (size_t p = 0; p < PIXELS; p++)
    sum += a[p] * b[p];
  return sum;
}

/* Sorts the other classes of c's alphabet into list: insertion, for alphabets are short. */
static void rank(const og_dataset *set, const float *means, uint32_t c, float *scores,
                 uint32_t *list) {
  uint32_t alphabet = set->alphabet_of[c], count = 0;
  for (uint32_t r = set->alphabet_start[alphabet]; r < set->alphabet_start[alphabet + 1]; r++) {
    if (r == c)
      continue;
    float score = cosine(means + (size_t)c * PIXELS, means + (size_t)r * PIXELS);
    uint32_t at = count++;
    for (; at && scores[at - 1] < score; at--) {
      scores[at] = scores[at - 1];
      list[at] = list[at - 1];
    }
    scores[at] = score;
    list[at] = r;
  }
}

og_status og_rivals_find(const og_dataset *set, const og_glyph *glyphs, const og_input *input,
                         uint32_t threads, og_rivals *out) {
  og_input coarse = *input;
  coarse.side = SIDE;
  size_t total = 0, longest = 0;
  for (size_t a = 0; a < set->alphabets; a++) {
    size_t n = set->alphabet_start[a + 1] - set->alphabet_start[a];
    total += n * n; /* n times n - 1, and room to count on */
    longest = n > longest ? n : longest;
  }
  float *means = malloc((set->classes * PIXELS + longest) * sizeof *means);
  *out = (og_rivals){.list = malloc((total + 1) * sizeof *out->list),
                     .start = calloc(set->classes + 1, sizeof *out->start)};
  if (!means || !out->list || !out->start) {
    free(means);
    og_rivals_free(out);
    return OG_ERROR_MEMORY;
  }
#pragma omp parallel for num_threads((int)threads)
  for (size_t c = 0; c < set->classes; c++)
    mean_drawing(set, glyphs, &coarse, c, means + c * PIXELS);
  for (uint32_t c = 0; c < set->classes; c++) {
    uint32_t a = set->alphabet_of[c];
    rank(set, means, c, means + set->classes * PIXELS, out->list + out->start[c]);
    out->start[c + 1] = out->start[c] + set->alphabet_start[a + 1] - set->alphabet_start[a] - 1;
  }
  free(means);
  return OG_OK;
}

void og_rivals_free(og_rivals *r) {
  free(r->list);
  free(r->start);
  *r = (og_rivals){0};
}
