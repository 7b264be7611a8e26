/* Omniglot's pen against the truth: strokes drawn by us beside the images of the same drawings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/rasters.h"
#include "dataset_strokes.h"
#include "native/omniglot.h"
#include "tree.h"

enum { MOST = 8000, STEP = 4 /* every fourth drawing */ };

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct scores {
  double iou[MOST], overlap[MOST];
  size_t count;
} scores;

static const tree_file *find_image(const tree *images, const char *name) {
  size_t length = strlen(name);
  for (size_t i = 0; i < images->count; i++)
    if (!strncmp(images->files[i].name, name, length) &&
        !strcmp(images->files[i].name + length, ".png"))
      return &images->files[i];
  return NULL;
}

static void compare_set(const char *set, scores *all) {
  const char *dir = omniglot_folder();
  char name[64];
  snprintf(name, sizeof name, "images_%s", set);
  const tree_spec spec = {name, NULL, tree_set_places};
  stroke_set strokes;
  tree images = {0};
  og_error error = {0};
  if (strokes_load(dir, set, &strokes, &error) || tree_read(dir, &spec, &images, &error)) {
    if (error.status != OG_ERROR_EMPTY)
      fail_msg("%s", error.text);
    printf("SKIP: no Omniglot stroke and image zips (set ONEGLYPH_DATA)\n");
    exit(77);
  }
  for (size_t i = 0; i < strokes.count; i += STEP) {
    const tree_file *image = find_image(&images, strokes.drawings[i].name);
    assert_non_null(image);
    const og_strokes drawing = stroke_drawing_strokes(&strokes.drawings[i]);
    uint8_t truth[OG_RASTER_SIZE], ours[OG_RASTER_SIZE];
    assert_int_equal(og_raster_from_image(image->bytes, image->size, truth, NULL), OG_OK);
    assert_int_equal(og_raster_from_strokes(&drawing, OG_FRAME_OMNIGLOT, ours, NULL), OG_OK);
    assert_true(all->count < MOST);
    all->iou[all->count] = intersection_over_union(ours, truth);
    all->overlap[all->count++] = overlap_within_pixel(ours, truth);
  }
  strokes_free(&strokes);
  tree_free(&images);
}

static void test_pen_is_omniglots(void **state) {
  (void)state;
  static scores all;
  compare_set("background_small1", &all);
  compare_set("background_small2", &all);
  assert_true(all.count > 1000);
  qsort(all.iou, all.count, sizeof *all.iou, compare);
  qsort(all.overlap, all.count, sizeof *all.overlap, compare);
  print_message("%zu drawings: median intersection over union %.3f (worst twentieth %.3f), "
                "median overlap within a pixel %.3f (%.3f)\n",
                all.count, all.iou[all.count / 2], all.iou[all.count / 20],
                all.overlap[all.count / 2], all.overlap[all.count / 20]);
  assert_true(all.iou[all.count / 2] > 0.93);
  assert_true(all.overlap[all.count / 2] > 0.99);
  assert_true(all.overlap[all.count / 20] > 0.97);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_pen_is_omniglots)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
