/* Pictures to rasters: whatever the pen, paper and camera, the same drawing gives about the raster
 * that its strokes give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/pictures.h"
#include "core/rasters.h"

static og_status raster_of(const picture *p, uint8_t *raster) {
  og_error error;
  og_status status = og_raster_from_rgba(p->rgba, p->width, p->height, raster, &error);
  if (status != OG_OK)
    assert_int_equal(error.status, status);
  return status;
}

/* Frees the picture; fails unless it overlaps with the drawing's own raster. */
static void assert_like(picture p, const og_drawing *d, double least) {
  uint8_t expected[OG_RASTER_SIZE], raster[OG_RASTER_SIZE];
  og_strokes strokes = og_drawing_strokes(d);
  assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_FIT, expected, NULL), OG_OK);
  assert_int_equal(raster_of(&p, raster), OG_OK);
  double overlap = overlap_within_pixel(expected, raster);
  if (overlap < least)
    print_message("overlap %.3f\n", overlap);
  assert_true(overlap >= least);
  free(p.rgba);
}

enum { SYMBOLS = 6 };

static void draw(uint32_t symbol, og_drawing *d) {
  og_symbol_draw(OG_SYMBOL_JOINED, 42, symbol, symbol + 1, d);
}

static void test_pens_of_all_widths(void **state) {
  (void)state;
  const double scales[] = {2, 5, 10}, pens[] = {0.012, 0.03, 0.06}; /* of the canvas */
  for (uint32_t symbol = 0; symbol < SYMBOLS; symbol++)
    for (int s = 0; s < 3; s++)
      for (int k = 0; k < 3; k++) {
        og_drawing d;
        draw(symbol, &d);
        size_t side = (size_t)(105 * scales[s]);
        picture p = picture_create(side, side, 250, 255);
        paint(&p, &d, scales[s], pens[k] * (double)side, 20);
        assert_like(p, &d, k == 2 ? 0.85 : 0.95);
      }
}

static void test_hair_line_in_a_large_photograph(void **state) {
  (void)state;
  og_drawing d;
  draw(1, &d);
  picture p = picture_create(3600, 2700, 210, 255);
  paint(&p, &d, 25, 4, 70);
  photograph(&p, 4, 0.5);
  assert_like(p, &d, 0.95);
}

static void test_light_on_dark(void **state) {
  (void)state;
  for (uint32_t symbol = 0; symbol < SYMBOLS; symbol++) {
    og_drawing d;
    draw(symbol, &d);
    picture p = picture_create(420, 420, 30, 255);
    paint(&p, &d, 4, 14, 220);
    photograph(&p, 5, symbol % 2 ? 0.4 : 0);
    assert_like(p, &d, 0.95);
  }
}

static void test_transparent_is_paper(void **state) {
  (void)state;
  og_drawing d;
  draw(2, &d);
  picture dark = picture_create(315, 315, 0, 0);
  paint(&dark, &d, 3, 9, 0);
  assert_like(dark, &d, 0.95);
}

static void test_specks_do_not_move_the_frame(void **state) {
  (void)state;
  og_drawing d;
  draw(3, &d);
  picture p = picture_create(840, 840, 240, 255);
  paint(&p, &d, 8, 20, 40);
  paint_dot(&p, 5, 6, 4, 90);
  paint_dot(&p, 833, 700, 5, 60);
  assert_like(p, &d, 0.95);
}

static void test_omniglots_own_pass_unchanged(void **state) {
  (void)state;
  for (uint32_t symbol = 0; symbol < 20; symbol++) {
    og_drawing d;
    draw(symbol, &d);
    og_strokes strokes = og_drawing_strokes(&d);
    uint8_t expected[OG_RASTER_SIZE], raster[OG_RASTER_SIZE];
    assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_OMNIGLOT, expected, NULL), OG_OK);
    for (int inverted = 0; inverted < 2; inverted++) {
      picture p = picture_create(OG_RASTER_SIDE, OG_RASTER_SIDE, 0, 255);
      for (size_t i = 0; i < OG_RASTER_SIZE; i++)
        memset(p.rgba + 4 * i, expected[i] == inverted ? 255 : 0, 3);
      assert_int_equal(raster_of(&p, raster), OG_OK);
      assert_memory_equal(raster, expected, OG_RASTER_SIZE);
      free(p.rgba);
    }
  }
}

static void test_empty_pictures(void **state) {
  (void)state;
  const size_t sizes[][2] = {{1, 1}, {105, 105}, {8192, 1}, {1, 8192}, {640, 480}};
  uint8_t raster[OG_RASTER_SIZE];
  for (int k = 0; k < 5; k++) {
    for (int alpha = 0; alpha < 256; alpha += 255) {
      picture p = picture_create(sizes[k][0], sizes[k][1], 77, (uint8_t)alpha);
      assert_int_equal(raster_of(&p, raster), OG_ERROR_EMPTY);
      free(p.rgba);
    }
  }
  picture noise = picture_create(640, 480, 180, 255);
  photograph(&noise, 6, 0);
  assert_int_equal(raster_of(&noise, raster), OG_ERROR_EMPTY);
  free(noise.rgba);
}

static void test_limits(void **state) {
  (void)state;
  uint8_t raster[OG_RASTER_SIZE], pixel[4] = {0};
  assert_int_equal(og_raster_from_rgba(pixel, 0, 1, raster, NULL), OG_ERROR_ARGUMENT);
  assert_int_equal(og_raster_from_rgba(pixel, 1, 0, raster, NULL), OG_ERROR_ARGUMENT);
  const size_t sizes[][2] = {{8193, 1}, {1, 8193}, {8192, 4097}, {SIZE_MAX, SIZE_MAX}};
  for (int k = 0; k < 4; k++)
    assert_int_equal(og_raster_from_rgba(pixel, sizes[k][0], sizes[k][1], raster, NULL),
                     OG_ERROR_TOO_LARGE);
}

static void test_odd_shapes_do_no_harm(void **state) {
  (void)state;
  og_random r = {3};
  for (int k = 0; k < 300; k++) {
    size_t width = 1 + (size_t)og_random_below(&r, k % 10 ? 40 : 1500);
    size_t height = 1 + (size_t)og_random_below(&r, k % 10 ? 40 : 30);
    picture p = picture_create(width, height, 0, 255);
    for (size_t i = 0; i < 4 * width * height; i++)
      p.rgba[i] = (uint8_t)(k % 3 ? og_random_bits(&r) : og_random_below(&r, 2) * 255);
    uint8_t raster[OG_RASTER_SIZE];
    og_status status = raster_of(&p, raster);
    assert_true(status == OG_OK || status == OG_ERROR_EMPTY);
    if (status == OG_OK)
      assert_true(ink_of(raster) > 0);
    free(p.rgba);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pens_of_all_widths),
      cmocka_unit_test(test_hair_line_in_a_large_photograph),
      cmocka_unit_test(test_light_on_dark),
      cmocka_unit_test(test_transparent_is_paper),
      cmocka_unit_test(test_specks_do_not_move_the_frame),
      cmocka_unit_test(test_omniglots_own_pass_unchanged),
      cmocka_unit_test(test_empty_pictures),
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_odd_shapes_do_no_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
