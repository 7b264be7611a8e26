/* Invented symbols: the same numbers give the same drawing, no two drawings are equal, one symbol
 * looks alike in all hands, and different symbols differ. */
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
#include "ink/symbol.h"

static void test_same_numbers_same_drawing(void **state) {
  (void)state;
  og_drawing a, b;
  memset(&a, 1, sizeof a);
  memset(&b, 2, sizeof b);
  og_symbol_draw(OG_SYMBOL_JOINED, 11, 5, 3, &a);
  og_symbol_draw(OG_SYMBOL_JOINED, 11, 5, 3, &b);
  assert_memory_equal(&a, &b, sizeof a);
}

static void check_soundness(og_symbol_style style) {
  for (uint64_t seed = 0; seed < 20; seed++) {
    for (uint32_t i = 0; i < 200; i++) {
      og_drawing d;
      og_symbol_draw(style, seed * seed * 0x9e3779b97f4a7c15u, i, i * 31, &d);
      assert_true(d.strokes >= 1 && d.strokes <= OG_DRAWING_STROKES);
      size_t points = 0;
      for (uint32_t s = 0; s < d.strokes; s++) {
        assert_true(d.lengths[s] >= 1);
        points += d.lengths[s];
      }
      assert_true(points <= OG_DRAWING_POINTS);
      for (size_t p = 0; p < points; p++)
        for (int c = 0; c < 2; c++)
          assert_true(isfinite(d.xy[p][c]) && d.xy[p][c] > -20 && d.xy[p][c] < 125);
      og_strokes strokes = og_drawing_strokes(&d);
      uint8_t raster[OG_RASTER_SIZE];
      assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_OMNIGLOT, raster, NULL), OG_OK);
    }
  }
}

static void test_drawings_are_sound(void **state) {
  (void)state;
  check_soundness(OG_SYMBOL_JOINED);
  check_soundness(OG_SYMBOL_LOOSE);
}

/* In one hand, so that only the choice of places can make two symbols differ. */
static void test_loose_symbols_of_an_alphabet_differ(void **state) {
  (void)state;
  enum { SYMBOLS = 50 }; /* six places have 57 choices of two or more */
  for (uint64_t seed = 0; seed < 30; seed++) {
    og_symbol plans[SYMBOLS];
    for (uint32_t i = 0; i < SYMBOLS; i++) {
      og_symbol_invent_loose(seed, i, &plans[i]);
      assert_true(plans[i].limbs >= 2 && plans[i].limbs <= OG_LIMBS);
      for (uint32_t j = 0; j < i; j++)
        assert_true(memcmp(&plans[i], &plans[j], sizeof plans[i]) != 0);
    }
  }
}

static int compare_hashes(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static void test_no_two_drawings_are_equal(void **state) {
  (void)state;
  enum { SYMBOLS = 100, DRAWERS = 50 };
  uint64_t *hashes = malloc(SYMBOLS * DRAWERS * sizeof *hashes);
  assert_non_null(hashes);
  for (uint32_t s = 0; s < SYMBOLS; s++)
    for (uint32_t d = 0; d < DRAWERS; d++) {
      og_drawing drawing;
      og_symbol_draw(OG_SYMBOL_JOINED, 8, s, d, &drawing);
      og_strokes strokes = og_drawing_strokes(&drawing);
      uint8_t raster[OG_RASTER_SIZE];
      assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_FIT, raster, NULL), OG_OK);
      hashes[s * DRAWERS + d] = hash_bytes(HASH_START, raster, sizeof raster);
    }
  qsort(hashes, SYMBOLS * DRAWERS, sizeof *hashes, compare_hashes);
  for (size_t i = 1; i < SYMBOLS * DRAWERS; i++)
    assert_true(hashes[i] != hashes[i - 1]);
  free(hashes);
}

/* The nearest of 20 symbols of one alphabet, by squared distance of the normalised inputs, is the
 * right one far more often than chance's 5 %, though each is drawn by another hand; and not always,
 * or there would be nothing to learn. */
static void test_symbols_can_be_told_apart(void **state) {
  (void)state;
  enum { WAY = 20, ALPHABETS = 20 };
  og_input input;
  assert_int_equal(
      og_input_parse("side=20 half_width=2.4 blur=4 tone_threshold=0 tone_gain=0", &input, NULL),
      OG_OK);
  static float inputs[2][WAY][400];
  int right = 0;
  for (uint64_t seed = 0; seed < ALPHABETS; seed++) {
    for (uint32_t drawer = 0; drawer < 2; drawer++)
      for (uint32_t s = 0; s < WAY; s++) {
        og_drawing d;
        og_symbol_draw(OG_SYMBOL_JOINED, seed, s, drawer, &d);
        og_strokes strokes = og_drawing_strokes(&d);
        uint8_t raster[OG_RASTER_SIZE];
        assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_OMNIGLOT, raster, NULL), OG_OK);
        og_glyph glyph;
        assert_int_equal(og_glyph_prepare(&input, raster, &glyph), OG_OK);
        og_glyph_sample(&input, &glyph, NULL, inputs[drawer][s]);
      }
    for (int q = 0; q < WAY; q++) {
      int best = 0;
      double least = 1e9;
      for (int s = 0; s < WAY; s++) {
        double distance = 0;
        for (int i = 0; i < 400; i++)
          distance += pow((double)(inputs[1][q][i] - inputs[0][s][i]), 2);
        if (distance < least) {
          least = distance;
          best = s;
        }
      }
      right += best == q;
    }
  }
  print_message("nearest neighbour: %d of %d right\n", right, WAY * ALPHABETS);
  assert_true(right > WAY * ALPHABETS * 6 / 10 && right < WAY * ALPHABETS);
}

static void test_golden_hash(void **state) {
  (void)state;
  uint64_t hash = HASH_START;
  for (uint32_t i = 0; i < 200; i++) {
    og_drawing d;
    og_symbol_draw(OG_SYMBOL_JOINED, i / 10, i, i * 3, &d);
    hash = hash_bytes(hash, d.xy, sizeof d.xy);
    hash = hash_bytes(hash, d.lengths, sizeof d.lengths);
  }
  assert_int_equal(hash, 0x8a9767650e38f32cu);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_same_numbers_same_drawing),
      cmocka_unit_test(test_drawings_are_sound),
      cmocka_unit_test(test_loose_symbols_of_an_alphabet_differ),
      cmocka_unit_test(test_no_two_drawings_are_equal),
      cmocka_unit_test(test_symbols_can_be_told_apart),
      cmocka_unit_test(test_golden_hash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
