/* Strokes to rasters: the pen, the frame, and hostile drawings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rasters.h"
#include "ink/ink.h"

static og_status draw(const float *xy, uint32_t points, og_frame frame, uint8_t *raster) {
  og_strokes strokes = {xy, &points, 1};
  og_error error;
  og_status status = og_raster_from_strokes(&strokes, frame, raster, &error);
  if (status != OG_OK) {
    assert_int_equal(error.status, status);
    assert_true(error.text[0] != '\0');
  }
  return status;
}

static void test_dot_is_the_pens_mark(void **state) {
  (void)state;
  static const char mark[5][6] = {".###.", "#####", "#####", "#####", ".###."};
  const float places[][2] = {{0, 0}, {-7.5f, 3}, {1e30f, -1e30f}, {1e-30f, 0}};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    uint8_t raster[OG_RASTER_SIZE];
    assert_int_equal(draw(places[i], 1, OG_FRAME_FIT, raster), OG_OK);
    assert_int_equal(ink_of(raster), 21);
    for (int y = 0; y < 5; y++)
      for (int x = 0; x < 5; x++)
        assert_int_equal(raster[(50 + y) * OG_RASTER_SIDE + 50 + x], mark[y][x] == '#');
  }
}

static void test_rounding_noise_is_a_dot(void **state) {
  (void)state;
  const float xy[] = {1000, 1000, 1000.00006f, 1000, 1000, 1000.00012f};
  uint8_t raster[OG_RASTER_SIZE];
  assert_int_equal(draw(xy, 3, OG_FRAME_FIT, raster), OG_OK);
  assert_int_equal(ink_of(raster), 21);
}

static void test_line_is_five_wide(void **state) {
  (void)state;
  const float xy[] = {0, 0, 0, 10};
  uint8_t raster[OG_RASTER_SIZE];
  assert_int_equal(draw(xy, 2, OG_FRAME_FIT, raster), OG_OK);
  int first = OG_RASTER_SIDE, last = -1;
  for (int y = 0; y < OG_RASTER_SIDE; y++) {
    int width = 0;
    for (int x = 0; x < OG_RASTER_SIDE; x++)
      width += raster[y * OG_RASTER_SIDE + x];
    assert_true(width <= 5);
    if (width) {
      first = y < first ? y : first;
      last = y;
    }
  }
  assert_int_equal(last - first + 1, 69); /* Omniglot's median is 68 */
  assert_int_equal(first + last, OG_RASTER_SIDE - 1);
}

/* Moving and scaling by numbers that floats hold exactly must not change a pixel. */
static void test_fit_ignores_place_and_size(void **state) {
  (void)state;
  for (uint32_t symbol = 0; symbol < 50; symbol++) {
    og_drawing d;
    og_symbol_draw(OG_SYMBOL_JOINED, 5, symbol, 2, &d);
    for (size_t i = 0; i < OG_DRAWING_POINTS; i++)
      for (int c = 0; c < 2; c++)
        d.xy[i][c] = floorf(d.xy[i][c] * 16) / 16;
    og_strokes strokes = og_drawing_strokes(&d);
    uint8_t here[OG_RASTER_SIZE], there[OG_RASTER_SIZE];
    assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_FIT, here, NULL), OG_OK);
    for (size_t i = 0; i < OG_DRAWING_POINTS; i++) {
      d.xy[i][0] = d.xy[i][0] * 8 + 320;
      d.xy[i][1] = d.xy[i][1] * 8 - 1024;
    }
    assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_FIT, there, NULL), OG_OK);
    assert_memory_equal(here, there, OG_RASTER_SIZE);
  }
}

static void test_refusals(void **state) {
  (void)state;
  uint8_t raster[OG_RASTER_SIZE];
  const float bad[][2] = {{NAN, 0}, {0, INFINITY}, {-INFINITY, 0}};
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(draw(bad[i], 1, OG_FRAME_FIT, raster), OG_ERROR_FORMAT);
  assert_int_equal(draw(NULL, 0, OG_FRAME_FIT, raster), OG_ERROR_EMPTY);
  og_strokes none = {NULL, NULL, 0};
  assert_int_equal(og_raster_from_strokes(&none, OG_FRAME_FIT, raster, NULL), OG_ERROR_EMPTY);
  const float outside[] = {-50, 300};
  assert_int_equal(draw(outside, 1, OG_FRAME_OMNIGLOT, raster), OG_ERROR_EMPTY);
  /* Counts are judged before a coordinate is read. */
  assert_int_equal(draw(NULL, OG_MAX_POINTS + 1, OG_FRAME_FIT, raster), OG_ERROR_TOO_LARGE);
  assert_int_equal(draw(NULL, UINT32_MAX, OG_FRAME_FIT, raster), OG_ERROR_TOO_LARGE);
  uint32_t lengths[2] = {OG_MAX_POINTS, 1};
  og_strokes many = {NULL, lengths, 2}, strokes = {NULL, NULL, OG_MAX_STROKES + 1};
  assert_int_equal(og_raster_from_strokes(&many, OG_FRAME_FIT, raster, NULL), OG_ERROR_TOO_LARGE);
  assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_FIT, raster, NULL),
                   OG_ERROR_TOO_LARGE);
}

static void test_empty_strokes_are_nothing(void **state) {
  (void)state;
  const float xy[] = {0, 0, 10, 10, 3, 4};
  uint32_t plain[] = {2, 1}, gaps[] = {0, 2, 0, 0, 1, 0};
  og_strokes a = {xy, plain, 2}, b = {xy, gaps, 6};
  uint8_t one[OG_RASTER_SIZE], other[OG_RASTER_SIZE];
  assert_int_equal(og_raster_from_strokes(&a, OG_FRAME_FIT, one, NULL), OG_OK);
  assert_int_equal(og_raster_from_strokes(&b, OG_FRAME_FIT, other, NULL), OG_OK);
  assert_memory_equal(one, other, OG_RASTER_SIZE);
}

/* One end so far out that the way to the other rounds to all of it; found by fuzzing. */
static void test_far_ends_of_unlike_size(void **state) {
  (void)state;
  const float xy[] = {-3e38f, 50, -1.4e12f, 52, 1e30f, -2e20f, 50, 50};
  uint8_t raster[OG_RASTER_SIZE];
  assert_int_equal(draw(xy, 4, OG_FRAME_OMNIGLOT, raster), OG_OK);
  assert_true(raster[50 * OG_RASTER_SIDE + 50]);
}

static void test_line_from_far_outside_crosses(void **state) {
  (void)state;
  const float xy[] = {-1e6f, 52, 1e6f, 52};
  uint8_t raster[OG_RASTER_SIZE];
  assert_int_equal(draw(xy, 2, OG_FRAME_OMNIGLOT, raster), OG_OK);
  assert_int_equal(ink_of(raster), 5 * OG_RASTER_SIDE);
}

/* All points a drawing may have, spread over every size a float can: the sanitizers watch, and
 * anything quadratic would run into the test's time limit. */
static void test_largest_drawings(void **state) {
  (void)state;
  float *xy = malloc(2 * OG_MAX_POINTS * sizeof *xy);
  assert_non_null(xy);
  const float sizes[] = {1e-44f, 1e-3f, 100, 2000, 1e12f, 1e30f, 3.4e38f};
  og_random r = {9};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (size_t i = 0; i < 2 * OG_MAX_POINTS; i++)
      xy[i] = og_random_signed(&r) * sizes[s];
    uint8_t raster[OG_RASTER_SIZE];
    assert_int_equal(draw(xy, OG_MAX_POINTS, OG_FRAME_FIT, raster), OG_OK);
    assert_true(ink_of(raster) > 3000);
    og_status status = draw(xy, OG_MAX_POINTS, OG_FRAME_OMNIGLOT, raster);
    assert_true(status == OG_OK || status == OG_ERROR_EMPTY);
  }
  free(xy);
}

/* Every machine and compiler must draw these pixels; so must WebAssembly (tests/web). */
static void test_golden_hash(void **state) {
  (void)state;
  uint64_t hash = HASH_START;
  for (uint32_t symbol = 0; symbol < 100; symbol++) {
    og_drawing d;
    og_symbol_draw(OG_SYMBOL_JOINED, 1, symbol, symbol % 7, &d);
    og_strokes strokes = og_drawing_strokes(&d);
    uint8_t raster[OG_RASTER_SIZE];
    for (int frame = 0; frame < 2; frame++) {
      assert_int_equal(og_raster_from_strokes(&strokes, (og_frame)frame, raster, NULL), OG_OK);
      hash = hash_bytes(hash, raster, sizeof raster);
    }
  }
  assert_int_equal(hash, 0x6786b4661e458699u);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_dot_is_the_pens_mark),
      cmocka_unit_test(test_rounding_noise_is_a_dot),
      cmocka_unit_test(test_line_is_five_wide),
      cmocka_unit_test(test_fit_ignores_place_and_size),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_empty_strokes_are_nothing),
      cmocka_unit_test(test_far_ends_of_unlike_size),
      cmocka_unit_test(test_line_from_far_outside_crosses),
      cmocka_unit_test(test_largest_drawings),
      cmocka_unit_test(test_golden_hash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
