/* Rasters to the net's input: against a plain reference, and at the edges. */
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

enum { SIDE = OG_RASTER_SIDE };

static const char standard[] =
    "side=40 half_width=2.4 blur=1.1025 tone_threshold=0.28 tone_gain=14";

static og_input parse(const char *text) {
  og_input input;
  assert_int_equal(og_input_parse(text, &input, NULL), OG_OK);
  return input;
}

static void draw_symbol(uint32_t symbol, uint8_t *raster) {
  og_drawing d;
  og_symbol_draw(OG_SYMBOL_JOINED, 3, symbol, symbol, &d);
  og_strokes strokes = og_drawing_strokes(&d);
  assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_OMNIGLOT, raster, NULL), OG_OK);
}

static void test_parse(void **state) {
  (void)state;
  og_input in = parse("  tone_gain=14   side=40 blur=1.1025 half_width=2.4 tone_threshold=0.28 ");
  assert_true(in.side == 40 && in.half_width == 2.4f && in.blur == 1.1025f);
  assert_true(in.tone_threshold == 0.28f && in.tone_gain == 14);
  static const char *const bad[] = {
      "",
      "side=40",
      "side=40 half_width=2.4 blur=1.1 tone_threshold=0.28 tone_gain=14 side=40",
      "side=0 half_width=2.4 blur=1.1 tone_threshold=0.28 tone_gain=14",
      "side=257 half_width=2.4 blur=1.1 tone_threshold=0.28 tone_gain=14",
      "side=40.5 half_width=2.4 blur=1.1 tone_threshold=0.28 tone_gain=14",
      "side=40 half_width=nan blur=1.1 tone_threshold=0.28 tone_gain=14",
      "side=40 half_width=-1 blur=1.1 tone_threshold=0.28 tone_gain=14",
      "side=40 half_width=2.4 blur=1e9 tone_threshold=0.28 tone_gain=14",
      "side=40 half_width=2.4 blur=1. tone_threshold=0.28 tone_gain=14",
      "side=40 half_width=2.4 blur=.5 tone_threshold=0.28 tone_gain=14",
      "side=40 half_width=2.4 blur=17 tone_threshold=0.28 tone_gain=14",
      "side=40 half_width=2.4 blur=1.1.1 tone_threshold=0.28 tone_gain=14",
      "side=40,half_width=2.4 blur=1.1 tone_threshold=0.28 tone_gain=14",
      "side=40 half_width=2.4 blur=1.1 tone_threshold=0.28 tone_gain=14 more=1",
      "side=00000000000000000000000040 half_width=2 blur=1 tone_threshold=0 tone_gain=0",
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    og_error error;
    assert_int_equal(og_input_parse(bad[i], &in, &error), OG_ERROR_FORMAT);
    assert_true(error.text[0] != '\0');
  }
}

static void test_raw_input_is_the_raster(void **state) {
  (void)state;
  og_input input = parse("side=105 half_width=0 blur=0 tone_threshold=0 tone_gain=0");
  for (uint32_t symbol = 0; symbol < 20; symbol++) {
    uint8_t raster[OG_RASTER_SIZE];
    draw_symbol(symbol, raster);
    og_glyph glyph;
    assert_int_equal(og_glyph_prepare(&input, raster, &glyph), OG_OK);
    float out[OG_RASTER_SIZE];
    og_glyph_sample(&input, &glyph, NULL, out);
    for (int i = 0; i < OG_RASTER_SIZE; i++)
      assert_true(out[i] == (float)raster[i]);
  }
}

/* ---- The reference: doubles, whole planes, nothing clever ------------------------------------ */

static double soft_at(const uint8_t *raster, double deviation, int x, int y) {
  int radius = (int)(3 * deviation + 0.5);
  double sum = 0, weights = 0;
  for (int v = -radius; v <= radius; v++) {
    for (int u = -radius; u <= radius; u++) {
      double w = exp(-(u * u + v * v) / (2 * deviation * deviation));
      weights += w;
      if (x + u >= 0 && x + u < SIDE && y + v >= 0 && y + v < SIDE)
        sum += w * raster[(y + v) * SIDE + x + u];
    }
  }
  return sum / weights;
}

static void reference(const uint8_t *raster, const og_view *view, double *out) {
  static double soft[SIDE][SIDE];
  double mass = 0, sum[2] = {0}, square[2] = {0};
  for (int y = 0; y < SIDE; y++) {
    for (int x = 0; x < SIDE; x++) {
      soft[y][x] = soft_at(raster, 1.1025, x, y);
      double at[2] = {(x + 0.5) / SIDE * 2 - 1, (y + 0.5) / SIDE * 2 - 1};
      mass += raster[y * SIDE + x];
      for (int c = 0; c < 2; c++) {
        sum[c] += raster[y * SIDE + x] * at[c];
        square[c] += raster[y * SIDE + x] * at[c] * at[c];
      }
    }
  }
  double cx = sum[0] / mass, cy = sum[1] / mass;
  double variance = (square[0] / mass - cx * cx + square[1] / mass - cy * cy) / 2;
  double half = fmax(2.4 * sqrt(fmax(variance, 1e-4)), 0.15);
  for (int j = 0; j < 40; j++) {
    for (int i = 0; i < 40; i++) {
      double u = (2 * i + 1) / 40.0 - 1, v = (2 * j + 1) / 40.0 - 1;
      const float *m = view->m;
      double wx = view->warp ? view->warp[j * 40 + i] : 0;
      double wy = view->warp ? view->warp[1600 + j * 40 + i] : 0;
      double x = cx + half * ((double)m[0] * u + (double)m[1] * v + (double)view->t[0] + wx);
      double y = cy + half * ((double)m[2] * u + (double)m[3] * v + (double)view->t[1] + wy);
      x = ((x + 1) * SIDE - 1) / 2;
      y = ((y + 1) * SIDE - 1) / 2;
      double ink = 0;
      for (int t = (int)floor(y); t <= (int)floor(y) + 1; t++)
        for (int s = (int)floor(x); s <= (int)floor(x) + 1; s++)
          if (s >= 0 && s < SIDE && t >= 0 && t < SIDE)
            ink += soft[t][s] * (1 - fabs(x - s)) * (1 - fabs(y - t));
      out[j * 40 + i] = 1 / (1 + exp(-(ink - 0.28 - (double)view->tone_shift) * 14)) - 0.02;
    }
  }
}

static void test_against_reference(void **state) {
  (void)state;
  og_input input = parse(standard);
  static float warp[2 * 1600];
  og_random r = {4};
  for (size_t i = 0; i < 3200; i++)
    warp[i] = 0.1f * og_random_signed(&r);
  const og_view views[] = {
      {.m = {1, 0, 0, 1}},
      {.m = {0.9f, 0.3f, -0.2f, 1.1f}, .t = {0.1f, -0.05f}, .warp = warp, .tone_shift = 0.1f},
      {.m = {0, -3, 3, 0}, .t = {1, 1}, .tone_shift = -0.1f},
  };
  for (uint32_t symbol = 0; symbol < 12; symbol++) {
    uint8_t raster[OG_RASTER_SIZE];
    draw_symbol(symbol, raster);
    og_glyph glyph;
    assert_int_equal(og_glyph_prepare(&input, raster, &glyph), OG_OK);
    const og_view *view = &views[symbol % 3];
    float out[1600];
    double expected[1600];
    og_glyph_sample(&input, &glyph, view, out);
    reference(raster, view, expected);
    for (int i = 0; i < 1600; i++) /* 8 bits of ink times the tone's steepest slope, 14 / 4 */
      assert_true(fabs((double)out[i] - expected[i]) < 0.6 / 255 * 14 / 4);
  }
}

static void test_identity_view_is_no_view(void **state) {
  (void)state;
  og_input input = parse(standard);
  uint8_t raster[OG_RASTER_SIZE];
  draw_symbol(7, raster);
  og_glyph glyph;
  assert_int_equal(og_glyph_prepare(&input, raster, &glyph), OG_OK);
  float none[1600], warped[1600];
  static const float still[3200];
  og_view view = {.m = {1, 0, 0, 1}, .warp = still};
  og_glyph_sample(&input, &glyph, NULL, none);
  og_glyph_sample(&input, &glyph, &view, warped);
  assert_memory_equal(none, warped, sizeof none);
}

/* Shifting the ink by whole pixels shifts the window with it. */
static void test_place_is_taken_out(void **state) {
  (void)state;
  og_input input = parse(standard);
  uint8_t here[OG_RASTER_SIZE] = {0}, there[OG_RASTER_SIZE] = {0};
  for (int y = 20; y < 60; y++)
    for (int x = 20; x < 25; x++) {
      here[y * SIDE + x] = here[(y / 4 + 30) * SIDE + x + 10] = 1;
      there[(y + 31) * SIDE + x + 43] = there[(y / 4 + 61) * SIDE + x + 53] = 1;
    }
  og_glyph glyph;
  float a[1600], b[1600];
  assert_int_equal(og_glyph_prepare(&input, here, &glyph), OG_OK);
  og_glyph_sample(&input, &glyph, NULL, a);
  assert_int_equal(og_glyph_prepare(&input, there, &glyph), OG_OK);
  og_glyph_sample(&input, &glyph, NULL, b);
  for (int i = 0; i < 1600; i++)
    assert_true(fabsf(a[i] - b[i]) < 1e-3f);
}

static void test_any_raster_gives_numbers(void **state) {
  (void)state;
  static const char *const inputs[] = {
      standard,
      "side=1 half_width=16 blur=16 tone_threshold=1 tone_gain=1000",
      "side=256 half_width=0.1 blur=0.01 tone_threshold=0 tone_gain=0",
  };
  static uint8_t rasters[5][OG_RASTER_SIZE];
  rasters[0][0] = 1;
  rasters[1][OG_RASTER_SIZE - 1] = 255;
  memset(rasters[2], 1, OG_RASTER_SIZE);
  memset(rasters[3], 255, OG_RASTER_SIZE);
  for (size_t i = 0; i < OG_RASTER_SIZE; i++)
    rasters[4][i] = (uint8_t)(i * 7919 >> 3 & 1);
  static float out[256 * 256], warp[2 * 256 * 256];
  const float extremes[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f, 0};
  for (size_t i = 0; i < sizeof warp / sizeof *warp; i++)
    warp[i] = extremes[i % 6];
  og_view view = {.m = {1, 0, 0, 1}, .warp = warp};
  for (size_t k = 0; k < 3; k++) {
    og_input input = parse(inputs[k]);
    for (size_t i = 0; i < 5; i++) {
      og_glyph glyph;
      assert_int_equal(og_glyph_prepare(&input, rasters[i], &glyph), OG_OK);
      for (int warped = 0; warped < 2; warped++) {
        og_glyph_sample(&input, &glyph, warped ? &view : NULL, out);
        for (size_t p = 0; p < (size_t)input.side * input.side; p++)
          assert_true(out[p] >= -0.02f && out[p] <= 1);
      }
    }
  }
  og_glyph glyph;
  og_input input = parse(standard);
  static const uint8_t paper[OG_RASTER_SIZE];
  assert_int_equal(og_glyph_prepare(&input, paper, &glyph), OG_ERROR_EMPTY);
}

/* Every machine and compiler must compute these floats; so must WebAssembly. */
static void test_golden_hash(void **state) {
  (void)state;
  og_input input = parse(standard);
  uint64_t hash = HASH_START;
  for (uint32_t symbol = 0; symbol < 50; symbol++) {
    uint8_t raster[OG_RASTER_SIZE];
    draw_symbol(symbol, raster);
    og_glyph glyph;
    assert_int_equal(og_glyph_prepare(&input, raster, &glyph), OG_OK);
    float out[1600];
    og_glyph_sample(&input, &glyph, NULL, out);
    hash = hash_bytes(hash, out, sizeof out);
  }
  assert_int_equal(hash, 0xaa27f67b1ae83aedu);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse),
      cmocka_unit_test(test_raw_input_is_the_raster),
      cmocka_unit_test(test_against_reference),
      cmocka_unit_test(test_identity_view_is_no_view),
      cmocka_unit_test(test_place_is_taken_out),
      cmocka_unit_test(test_any_raster_gives_numbers),
      cmocka_unit_test(test_golden_hash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
