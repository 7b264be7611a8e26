/* Strokes and pictures of one drawing must mean the same to the net: the exact strokes of
 * Omniglot's small sets, drawn by us, against the official images of the same drawings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_load.h"
#include "dataset_strokes.h"
#include "embedding.h"
#include "files.h"
#include "native/omniglot.h"

enum { THREADS = 2 };

static float dot(const float *a, const float *b, size_t dim) {
  float sum = 0;
  for (size_t k = 0; k < dim; k++)
    sum += a[k] * b[k];
  return sum;
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return x < y ? -1 : x > y;
}

/* Part of the drawn strokes whose most similar image, among all images of their alphabet, is the
 * image of the same drawing. */
static double own_image_first(const og_dataset *set, const float *images, const float *drawn,
                              size_t dim) {
  size_t hits = 0;
  for (size_t i = 0; i < set->drawings; i++) {
    uint32_t alphabet = set->alphabet_of[set->class_of[i]];
    uint32_t first = set->class_start[set->alphabet_start[alphabet]];
    uint32_t end = set->class_start[set->alphabet_start[alphabet + 1]];
    float own = dot(drawn + i * dim, images + i * dim, dim);
    int best = 1;
    for (uint32_t j = first; j < end; j++)
      best &= j == i || dot(drawn + i * dim, images + j * dim, dim) < own;
    hits += (size_t)best;
  }
  return (double)hits / (double)set->drawings;
}

/* Draws every drawing's strokes; both lists are in the order of their names. */
static uint8_t *draw_all(const stroke_set *strokes, og_frame frame) {
  uint8_t *rasters = malloc(strokes->count * OG_RASTER_SIZE);
  assert_non_null(rasters);
  for (size_t i = 0; i < strokes->count; i++) {
    og_strokes s = stroke_drawing_strokes(&strokes->drawings[i]);
    assert_int_equal(og_raster_from_strokes(&s, frame, rasters + i * OG_RASTER_SIZE, NULL), OG_OK);
  }
  return rasters;
}

static void check_set(const char *dir, const og_model *model, const char *name) {
  og_dataset *set;
  stroke_set strokes;
  og_error error = {0};
  if (dataset_load(dir, name, &set, &error) || strokes_load(dir, name, &strokes, &error)) {
    print_message("skipped: %s\n", error.text);
    skip();
  }
  assert_int_equal(set->drawings, strokes.count);
  size_t dim = og_model_get_info(model)->dim, n = set->drawings;
  float *images = malloc(n * dim * sizeof *images), *drawn = malloc(n * dim * sizeof *drawn);
  float *cosines = malloc(n * sizeof *cosines);
  assert_true(images && drawn && cosines);
  assert_int_equal(embed_rasters(model, 1, set->rasters, NULL, n, THREADS, images, dim), OG_OK);
  for (int frame = OG_FRAME_FIT; frame <= OG_FRAME_OMNIGLOT; frame++) {
    uint8_t *rasters = draw_all(&strokes, (og_frame)frame);
    assert_int_equal(embed_rasters(model, 1, rasters, NULL, n, THREADS, drawn, dim), OG_OK);
    for (size_t i = 0; i < n; i++)
      cosines[i] = dot(images + i * dim, drawn + i * dim, dim);
    qsort(cosines, n, sizeof *cosines, by_value);
    double first = own_image_first(set, images, drawn, dim);
    print_message("%s, %s: %zu drawings, cosine median %.4f, 5th percentile %.4f; own image "
                  "nearest of its alphabet %.2f %%\n",
                  name, frame == OG_FRAME_FIT ? "fitted as on the page" : "placed as in Omniglot",
                  n, (double)cosines[n / 2], (double)cosines[n / 20], 100 * first);
    assert_true(cosines[n / 2] >= 0.97f);
    /* Fitting changes the pen against the drawing, so a near copy may come first there. */
    assert_true(first >= (frame == OG_FRAME_FIT ? 0.85 : 0.97));
    free(rasters);
  }
  free(images);
  free(drawn);
  free(cosines);
  strokes_free(&strokes);
  og_dataset_free(set);
}

static void strokes_mean_what_images_mean(void **state) {
  (void)state;
  const char *dir = omniglot_folder();
  uint8_t *bytes;
  size_t size;
  og_model *model = NULL;
  og_error error = {0};
  if (file_read(ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors", 1 << 24, &bytes, &size, &error) ||
      og_model_load(bytes, size, NULL, &model, &error))
    fail_msg("%s", error.text);
  free(bytes);
  check_set(dir, model, "background_small1");
#ifndef ONEGLYPH_SANITIZE /* the same code again, and slow there */
  check_set(dir, model, "background_small2");
#endif
  og_model_free(model);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(strokes_mean_what_images_mean)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
