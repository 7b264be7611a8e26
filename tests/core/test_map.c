/* The map of a support set: its axes are the principal components, and it stays put. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "oneglyph.h"

enum { DIM = 12, COUNT = 40 };

/* Unit vectors that differ most along `wide`, less along `narrow`, and hardly elsewhere. */
static og_support *spread(size_t wide, size_t narrow, size_t count) {
  og_support *s;
  assert_int_equal(og_support_create(DIM, &s), OG_OK);
  og_random r = og_random_stream(5, 0);
  for (size_t i = 0; i < count; i++) {
    float v[DIM];
    for (size_t k = 0; k < DIM; k++)
      v[k] = 0.01f * (og_random_unit(&r) - 0.5f);
    v[0] += 3;
    v[wide] += 2 * (og_random_unit(&r) - 0.5f);
    v[narrow] += 0.8f * (og_random_unit(&r) - 0.5f);
    assert_int_equal(og_support_add(s, (uint32_t)i % 7, v, NULL), OG_OK);
  }
  return s;
}

static double dot(const float *x, const float *y) {
  double sum = 0;
  for (size_t k = 0; k < DIM; k++)
    sum += (double)x[k] * (double)y[k];
  return sum;
}

static void finds_the_two_widest_directions(void **state) {
  (void)state;
  og_support *s = spread(4, 7, COUNT);
  float frame[4][DIM] = {{0}};
  og_support_map(s, &frame[0][0]);
  assert_true(fabsf(frame[1][4]) > 0.98f && fabsf(frame[2][7]) > 0.98f);
  assert_true(fabs(dot(frame[1], frame[1]) - 1) < 1e-5 && fabs(dot(frame[2], frame[2]) - 1) < 1e-5);
  assert_true(fabs(dot(frame[1], frame[2])) < 1e-5);
  og_support_free(s);
}

static void places_agree_and_are_centred(void **state) {
  (void)state;
  og_support *s = spread(2, 3, COUNT);
  float frame[4][DIM] = {{0}}, xy[COUNT][2], at[2], scaled[DIM];
  uint32_t ids[COUNT];
  og_support_map(s, &frame[0][0]);
  assert_int_equal(og_support_places(s, &frame[0][0], ids, &xy[0][0]), COUNT);
  double sum[2] = {0, 0};
  for (size_t i = 0; i < COUNT; i++) {
    sum[0] += (double)xy[i][0];
    sum[1] += (double)xy[i][1];
    assert_true(ids[i] >= 1 && ids[i] <= COUNT);
  }
  assert_true(fabs(sum[0]) < 1e-3 && fabs(sum[1]) < 1e-3);
  /* Only the direction of an embedding counts. */
  for (size_t k = 0; k < DIM; k++)
    scaled[k] = 5 * (frame[0][k] + 0.1f * frame[1][k]);
  double length = sqrt(dot(scaled, scaled));
  og_map_place(&frame[0][0], DIM, scaled, at);
  assert_true(fabs((double)at[0] - (dot(scaled, frame[1]) / length - dot(frame[0], frame[1]))) <
              1e-5);
  og_support_free(s);
}

static void stays_when_an_example_comes(void **state) {
  (void)state;
  og_support *s = spread(2, 3, COUNT);
  float frame[4][DIM] = {{0}}, old[4][DIM], v[DIM] = {3, 0, 0.5f};
  og_support_map(s, &frame[0][0]);
  for (size_t axis = 1; axis < 3; axis++) /* as someone may have seen it first */
    for (size_t k = 0; k < DIM; k++)
      frame[axis][k] = -frame[axis][k];
  memcpy(old, frame, sizeof old);
  assert_int_equal(og_support_add(s, 1, v, NULL), OG_OK);
  og_support_map(s, &frame[0][0]);
  assert_true(dot(frame[1], old[1]) > 0.99 && dot(frame[2], old[2]) > 0.99);
  og_support_free(s);
}

static void few_or_equal_examples_lie_in_the_middle(void **state) {
  (void)state;
  float frame[4][DIM] = {{0}}, xy[3][2], v[DIM] = {0, 1};
  uint32_t ids[3];
  og_support *s;
  assert_int_equal(og_support_create(DIM, &s), OG_OK);
  for (size_t count = 0; count < 4; count++) {
    og_support_map(s, &frame[0][0]);
    assert_int_equal(og_support_places(s, &frame[0][0], ids, &xy[0][0]), count);
    for (size_t i = 0; i < count; i++)
      assert_true(xy[i][0] == 0 && xy[i][1] == 0);
    if (count < 3)
      assert_int_equal(og_support_add(s, (uint32_t)count, v, NULL), OG_OK);
  }
  og_support_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(finds_the_two_widest_directions),
      cmocka_unit_test(places_agree_and_are_centred),
      cmocka_unit_test(stays_when_an_example_comes),
      cmocka_unit_test(few_or_equal_examples_lie_in_the_middle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
