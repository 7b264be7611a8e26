/* Jittered strokes: none at strength 0, the same from the same numbers, and no further from the
 * drawing than hands differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "ink/ink.h"
#include "ink/jitter.h"

static og_drawing drawing;

static og_strokes strokes_of(uint32_t symbol) {
  og_symbol_draw(OG_SYMBOL_JOINED, 6, symbol, symbol, &drawing);
  return og_drawing_strokes(&drawing);
}

static size_t points_of(const og_strokes *s) {
  size_t points = 0;
  for (size_t i = 0; i < s->count; i++)
    points += s->lengths[i];
  return points;
}

static void test_no_strength_no_change(void **state) {
  (void)state;
  static float out[2 * OG_DRAWING_POINTS];
  for (uint32_t symbol = 0; symbol < 50; symbol++) {
    og_strokes s = strokes_of(symbol);
    og_random random = og_random_stream(1, symbol);
    og_strokes_jitter(&s, 0, &random, out);
    for (size_t i = 0; i < 2 * points_of(&s); i++)
      assert_true(fabsf(out[i] - s.xy[i]) < 1e-3f);
  }
}

static void test_hands_differ_so_far(void **state) {
  (void)state;
  static float a[2 * OG_DRAWING_POINTS], b[2 * OG_DRAWING_POINTS];
  double sum = 0;
  size_t count = 0;
  for (uint32_t symbol = 0; symbol < 200; symbol++) {
    og_strokes s = strokes_of(symbol);
    og_random random = og_random_stream(1, symbol), again = random;
    og_strokes_jitter(&s, 1, &random, a);
    og_strokes_jitter(&s, 1, &again, b);
    assert_memory_equal(a, b, 2 * points_of(&s) * sizeof *a);
    for (size_t i = 0; i < 2 * points_of(&s); i++, count++) {
      float off = a[i] - s.xy[i];
      assert_true(fabsf(off) < 40);
      sum += (double)off * (double)off;
    }
  }
  double deviation = sqrt(sum / (double)count); /* pixels; drawings are about 70 large */
  assert_true(deviation > 1.5 && deviation < 6);
}

static void test_odd_strokes(void **state) {
  (void)state;
  const float xy[] = {5, 5, 7, 7, 7, 7};
  const uint32_t lengths[] = {1, 0, 2};
  float out[6];
  og_random random = og_random_stream(2, 2);
  og_strokes_jitter(&(og_strokes){xy, lengths, 3}, 1, &random, out);
  for (int i = 0; i < 6; i++)
    assert_true(isfinite(out[i]) && fabsf(out[i] - xy[i]) < 1);
  og_strokes_jitter(&(og_strokes){xy, lengths, 1}, 1, &random, out); /* a dot alone has no size */
  assert_true(fabsf(out[0] - 5) < 1e-4f && fabsf(out[1] - 5) < 1e-4f);
  og_strokes_jitter(&(og_strokes){xy, lengths, 0}, 1, &random, out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_strength_no_change),
      cmocka_unit_test(test_hands_differ_so_far),
      cmocka_unit_test(test_odd_strokes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
