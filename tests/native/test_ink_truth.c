/* Omniglot's pen against the truth: strokes drawn by us beside the images of the same drawings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "core/rasters.h"

enum { MOST = 8000, POINTS = 1 << 14, STROKES = 64, STEP = 4 /* every fourth drawing */ };

static zip_t *open_zip(const char *name) {
  const char *dir = getenv("ONEGLYPH_DATA");
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", dir ? dir : ONEGLYPH_SOURCE_DIR "/../shared/omniglot", name);
  return zip_open(path, ZIP_RDONLY, NULL);
}

static size_t read_entry(zip_t *zip, const char *name, char *bytes, size_t limit) {
  zip_file_t *file = zip_fopen(zip, name, 0);
  if (!file)
    return 0;
  zip_int64_t size = zip_fread(file, bytes, limit - 1);
  zip_fclose(file);
  bytes[size > 0 ? size : 0] = '\0';
  return size > 0 ? (size_t)size : 0;
}

/* Lines x,y,t between START and BREAK; y is up. */
static void read_strokes(char *text, float (*xy)[2], uint32_t *lengths, og_strokes *out) {
  size_t points = 0, strokes = 0;
  for (char *line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n")) {
    if (strcmp(line, "START") == 0) {
      lengths[0] = 0;
    } else if (strcmp(line, "BREAK") == 0) {
      assert_true(strokes + 1 < STROKES);
      lengths[++strokes] = 0;
    } else {
      assert_true(points < POINTS);
      char *comma;
      xy[points][0] = strtof(line, &comma);
      xy[points++][1] = -strtof(comma + 1, NULL);
      lengths[strokes]++;
    }
  }
  *out = (og_strokes){&xy[0][0], lengths, strokes};
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct scores {
  double iou[MOST], overlap[MOST];
  size_t count;
} scores;

static void compare_set(int set, scores *all) {
  char name[64];
  snprintf(name, sizeof name, "strokes_background_small%d.zip", set);
  zip_t *strokes = open_zip(name);
  snprintf(name, sizeof name, "images_background_small%d.zip", set);
  zip_t *images = open_zip(name);
  if (!strokes || !images) {
    printf("SKIP: no Omniglot stroke and image zips (set ONEGLYPH_DATA)\n");
    exit(77);
  }
  static char text[1 << 20], png[1 << 16];
  static float xy[POINTS][2];
  for (zip_int64_t i = 0; i < zip_get_num_entries(strokes, 0); i += STEP) {
    const char *entry = zip_get_name(strokes, (zip_uint64_t)i, 0), *tail = strchr(entry, '/');
    size_t length = strlen(entry);
    if (length < 4 || strcmp(entry + length - 4, ".txt") != 0 || strstr(entry, "__MACOSX"))
      continue;
    char path[512];
    snprintf(path, sizeof path, "images_background_small%d%.*s.png", set,
             (int)(length - 4 - (size_t)(tail - entry)), tail);
    size_t size = read_entry(images, path, png, sizeof png);
    if (size == 0 || read_entry(strokes, entry, text, sizeof text) == 0)
      continue;
    uint32_t lengths[STROKES];
    og_strokes drawing;
    uint8_t truth[OG_RASTER_SIZE], ours[OG_RASTER_SIZE];
    read_strokes(text, xy, lengths, &drawing);
    assert_int_equal(og_raster_from_image(png, size, truth, NULL), OG_OK);
    assert_int_equal(og_raster_from_strokes(&drawing, OG_FRAME_OMNIGLOT, ours, NULL), OG_OK);
    assert_true(all->count < MOST);
    all->iou[all->count] = intersection_over_union(ours, truth);
    all->overlap[all->count++] = overlap_within_pixel(ours, truth);
  }
  zip_close(strokes);
  zip_close(images);
}

static void test_pen_is_omniglots(void **state) {
  (void)state;
  static scores all;
  compare_set(1, &all);
  compare_set(2, &all);
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
