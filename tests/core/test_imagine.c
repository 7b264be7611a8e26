/* Imagined drawings: the same at strength 0 and from the same numbers, varied otherwise, joined
 * where the drawing was, and finite whatever was drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "ink/evenly.h"
#include "ink/imagine.h"
#include "ink/ink.h"

enum { ROOM = OG_DRAWING_STROKES * 256 };

static og_drawing drawing;
static uint32_t lengths[OG_DRAWING_STROKES];
static float even[2 * ROOM], made[2 * ROOM];

static og_strokes strokes_of(uint32_t symbol) {
  og_symbol_draw(OG_SYMBOL_JOINED, 6, symbol, symbol, &drawing);
  return og_drawing_strokes(&drawing);
}

static size_t imagine(const og_strokes *s, float strength, uint64_t seed, float *xy) {
  og_random random = og_random_stream(seed, 0);
  size_t points = og_imagine_lengths(s, lengths, NULL);
  assert_true(points && points <= ROOM);
  og_imagine(s, &og_background_hands, strength, &random, lengths, xy);
  return points;
}

static void points_are_even_and_few(void **state) {
  (void)state;
  const float xy[] = {0, 0, 30, 0, 30, 40, 1, 1};
  const uint32_t given[] = {3, 0, 1};
  const og_strokes s = {xy, given, 3};
  size_t points = imagine(&s, 0, 1, even);
  assert_true(lengths[0] > 60 && lengths[0] <= 256 && lengths[1] == 0 && lengths[2] == 1);
  assert_int_equal(points, lengths[0] + 1);
  float step = 70.0f / (float)(lengths[0] - 1);
  for (uint32_t p = 0; p < lengths[0]; p++) { /* along the two sides */
    float gone = step * (float)p, x = gone < 30 ? gone : 30, y = gone < 30 ? 0 : gone - 30;
    assert_true(fabsf(even[2 * p] - x) < 1e-3f && fabsf(even[2 * p + 1] - y) < 1e-3f);
  }
}

static void hands_differ_so_far(void **state) {
  (void)state;
  double sum = 0;
  size_t count = 0;
  for (uint32_t symbol = 0; symbol < 200; symbol++) {
    og_strokes s = strokes_of(symbol);
    static float again[2 * ROOM];
    size_t points = imagine(&s, 0, 1, even);
    imagine(&s, OG_IMAGINE_STRENGTH, symbol, made);
    imagine(&s, OG_IMAGINE_STRENGTH, symbol, again);
    assert_memory_equal(made, again, 2 * points * sizeof *made);
    float side = og_strokes_side(&s);
    for (size_t i = 0; i < 2 * points; i++, count++) {
      double off = (double)(made[i] - even[i]) / (double)side;
      assert_true(fabs(off) < 1);
      sum += off * off;
    }
  }
  double deviation = sqrt(sum / (double)count); /* of a coordinate, in sides */
  assert_true(deviation > 0.03 && deviation < 0.12);
}

/* A T, a triangle of two strokes, and a ring: what touched does so, within a pen's width. */
static void joins_hold(void **state) {
  (void)state;
  static const float xy[] = {50, 10, 50, 90, 10, 10, 90, 10, 0, 0, 40, 80, 80,
                             0,  0,  0,  0,  20, 20, 20, 20, 0, 0, 0,  0,  20};
  static const uint32_t given[] = {2, 2, 3, 2, 5};
  const og_strokes t = {xy, given, 2}, triangle = {xy + 8, given + 2, 2},
                   ring = {xy + 16, given + 4, 1};
  const og_strokes *all[] = {&t, &triangle, &ring};
  int held = 0, tries = 0;
  for (int k = 0; k < 3; k++)
    for (uint64_t seed = 0; seed < 200; seed++, tries++) {
      og_join joins[2];
      imagine(all[k], OG_IMAGINE_STRENGTH, seed, made);
      const og_strokes now = {made, lengths, all[k]->count};
      uint32_t count =
          og_find_joins(&now, (uint32_t)all[k]->count - 1, 0.16f * og_strokes_side(&now), joins);
      held += count == (k == 1 ? 2 : 1) && !joins[0].loose;
    }
  assert_true(held > tries * 17 / 20);
}

static void joins_are_found(void **state) {
  (void)state;
  static float xy[2 * 60];
  const uint32_t even_lengths[] = {20, 20, 20};
  const float lines[3][4] = {{0, 0, 100, 0}, {50, 2, 50, 100}, {0, 60, 40, 60}};
  for (int i = 0; i < 3; i++)
    for (int p = 0; p < 20; p++)
      for (int c = 0; c < 2; c++)
        xy[2 * (20 * i + p) + c] = lines[i][c] + (float)p / 19 * (lines[i][2 + c] - lines[i][c]);
  const og_strokes s = {xy, even_lengths, 3};
  og_join j[2];
  assert_int_equal(og_find_joins(&s, 0, 8, j), 0);
  assert_int_equal(og_find_joins(&s, 1, 8, j), 1);
  assert_true(j[0].own == 0 && j[0].stroke == 0 && !j[0].loose && fabsf(j[0].along_x) > 0.99f);
  assert_true(og_find_joins(&s, 2, 8, j) == 1 && j[0].loose && j[0].stroke == 1 && j[0].own == 19);
}

static void anything_drawn_is_finite(void **state) {
  (void)state;
  static const float wild[][8] = {{5, 5, 7, 7, 7, 7, 7, 7},
                                  {0, 0, 0, 0, 0, 0, 0, 0},
                                  {9e14f, -9e14f, 1, 1, 0, 9e14f, 0, 0},
                                  {1e-38f, 0, 0, 1e-38f, 0, 0, 1e-40f, 0},
                                  {1e9f, 1e9f, 1e9f + 64, 1e9f, 1e9f, 1e9f, 1e9f, 1e9f}};
  static const uint32_t given[][4] = {{1, 0, 2, 1}, {4, 0, 0, 0}, {2, 2, 0, 0}, {1, 1, 1, 1}};
  for (size_t i = 0; i < sizeof wild / sizeof *wild; i++)
    for (size_t k = 0; k < sizeof given / sizeof *given; k++)
      for (uint64_t seed = 0; seed < 4; seed++) {
        const og_strokes s = {wild[i], given[k], 4};
        size_t points = imagine(&s, 1, seed, made);
        for (size_t p = 0; p < 2 * points; p++)
          assert_true(isfinite(made[p]));
      }
  og_error error;
  const float far[] = {2e15f, 0}, none[] = {NAN, 0};
  const uint32_t one[] = {1};
  assert_int_equal(og_imagine_lengths(&(og_strokes){far, one, 1}, lengths, &error), 0);
  assert_int_equal(error.status, OG_ERROR_FORMAT);
  assert_int_equal(og_imagine_lengths(&(og_strokes){none, one, 1}, lengths, &error), 0);
  assert_int_equal(og_imagine_lengths(&(og_strokes){none, one, 0}, lengths, &error), 0);
  assert_int_equal(error.status, OG_ERROR_EMPTY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(points_are_even_and_few),  cmocka_unit_test(hands_differ_so_far),
      cmocka_unit_test(joins_are_found),          cmocka_unit_test(joins_hold),
      cmocka_unit_test(anything_drawn_is_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
