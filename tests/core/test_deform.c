/* The image deformation model against its definition, and what it must be blind and not blind to.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fewshot/dataset.h"
#include "fewshot/deform.h"

enum {
  SIDE = OG_DEFORM_SIDE,
  STRIDE = OG_DEFORM_STRIDE,
  MARGIN = OG_DEFORM_MARGIN,
  WINDOW = OG_DEFORM_WINDOW
};

static float pixel(const float *plane, int y, int x) {
  return plane[(y + MARGIN) * STRIDE + x + MARGIN];
}

/* Squared difference of the gradients around (y, x) in `a` and (v, u) in `b`. */
static double context(const og_deform_image *a, const og_deform_image *b, int y, int x, int v,
                      int u) {
  double sum = 0;
  for (int i = -1; i <= 1; i++)
    for (int j = -1; j <= 1; j++) {
      double across =
          (double)pixel(a->across, y + i, x + j) - (double)pixel(b->across, v + i, u + j);
      double down = (double)pixel(a->down, y + i, x + j) - (double)pixel(b->down, v + i, u + j);
      sum += across * across + down * down;
    }
  return sum;
}

static int inside(int i) {
  return i >= 0 && i < SIDE;
}

/* From `a` to `b`: each pixel goes where it fits best, within the window and the image. */
static double one_way(const og_deform_image *a, const og_deform_image *b) {
  double sum = 0;
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      double least = (double)INFINITY;
      for (int v = y - WINDOW; v <= y + WINDOW; v++)
        for (int u = x - WINDOW; u <= x + WINDOW; u++)
          if (inside(v) && inside(u))
            least = fmin(least, context(a, b, y, x, v, u));
      sum += least;
    }
  return sum;
}

static og_deform_image images[4];

static int prepare(void **state) {
  (void)state;
  og_dataset *set;
  if (og_dataset_procedural(9, 1, 0, 2, 2, &set))
    return -1;
  int bad = 0;
  for (size_t i = 0; i < 4; i++)
    bad |= og_deform_prepare(og_dataset_raster(set, i), &images[i]) != OG_OK;
  og_dataset_free(set);
  return bad;
}

static void follows_its_definition(void **state) {
  (void)state;
  for (size_t i = 1; i < 4; i++) {
    double there = one_way(&images[0], &images[i]), back = one_way(&images[i], &images[0]);
    double distance = (double)og_deform_distance(&images[0], &images[i]);
    assert_true(fabs(distance - (there + back) / 2) < 1e-4 * distance);
  }
}

static void tells_symbols_and_not_hands(void **state) {
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    assert_true(og_deform_distance(&images[i], &images[i]) == 0);
    size_t same = i ^ 1;
    float alike = og_deform_distance(&images[i], &images[same]);
    assert_true(alike > 0);
    for (size_t j = 0; j < 4; j++) {
      float d = og_deform_distance(&images[i], &images[j]),
            r = og_deform_distance(&images[j], &images[i]);
      assert_true(fabsf(d - r) <= 1e-5f * d);
      assert_true(j == i || j == same || d > alike);
    }
  }
}

static void wants_ink(void **state) {
  (void)state;
  static const uint8_t blank[OG_RASTER_SIZE];
  uint8_t dot[OG_RASTER_SIZE] = {0};
  og_deform_image image;
  assert_int_equal(og_deform_prepare(blank, &image), OG_ERROR_EMPTY);
  dot[OG_RASTER_SIZE / 2] = 1;
  assert_int_equal(og_deform_prepare(dot, &image), OG_OK);
  assert_true(isfinite(og_deform_distance(&image, &images[0])));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(follows_its_definition),
      cmocka_unit_test(tells_symbols_and_not_hands),
      cmocka_unit_test(wants_ink),
  };
  return cmocka_run_group_tests(tests, prepare, NULL);
}
