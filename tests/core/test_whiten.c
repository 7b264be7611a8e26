/* Within-class whitening: what scattered unevenly scatters evenly, whatever the classes' means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "train/whiten.h"

enum { DIM = 6, CLASSES = 200, EACH = 5, COUNT = CLASSES * EACH };
static float values[COUNT][DIM], map[DIM][DIM];
static uint32_t class_of[COUNT];

/* Classes far apart, drawings that scatter 30 times as far along one skew direction. */
static void fill(void) {
  og_random random = og_random_stream(1, 1);
  for (int c = 0; c < CLASSES; c++) {
    float mean[DIM];
    for (int k = 0; k < DIM; k++)
      mean[k] = 10 * og_random_normal(&random);
    for (int i = c * EACH; i < (c + 1) * EACH; i++) {
      float far = 3 * og_random_normal(&random);
      class_of[i] = (uint32_t)c;
      for (int k = 0; k < DIM; k++)
        values[i][k] = mean[k] + far * (float)(k + 1) / 10 + 0.03f * og_random_normal(&random);
    }
  }
}

/* Mean scatter of the mapped values around the classes' means. */
static void scatter(double out[DIM][DIM]) {
  memset(out, 0, sizeof(double[DIM][DIM]));
  for (int c = 0; c < CLASSES; c++) {
    double at[EACH][DIM] = {{0}}, mean[DIM] = {0};
    for (int i = 0; i < EACH; i++)
      for (int j = 0; j < DIM; j++) {
        for (int k = 0; k < DIM; k++)
          at[i][j] += (double)values[c * EACH + i][k] * (double)map[k][j];
        mean[j] += at[i][j] / EACH;
      }
    for (int i = 0; i < EACH; i++)
      for (int j = 0; j < DIM; j++)
        for (int k = 0; k < DIM; k++)
          out[j][k] += (at[i][j] - mean[j]) * (at[i][k] - mean[k]) / COUNT;
  }
}

static void test_scatter_becomes_even(void **state) {
  (void)state;
  fill();
  assert_int_equal(og_whitening(values[0], class_of, COUNT, DIM, 1e-4f, map[0]), OG_OK);
  double s[DIM][DIM], trace = 0, diagonal = 0;
  scatter(s);
  for (int i = 0; i < DIM; i++) {
    trace += s[i][i] / DIM;
    diagonal += (double)map[i][i] / DIM;
  }
  assert_true(fabs(diagonal - 1) < 1e-5);
  for (int i = 0; i < DIM; i++)
    for (int j = 0; j < DIM; j++) {
      assert_true(map[i][j] == map[j][i] || fabsf(map[i][j] - map[j][i]) < 1e-5f);
      assert_true(fabs(s[i][j] / trace - (i == j)) < 0.15);
    }
}

static void test_a_large_ridge_changes_nothing(void **state) {
  (void)state;
  fill();
  assert_int_equal(og_whitening(values[0], class_of, COUNT, DIM, 1e6f, map[0]), OG_OK);
  for (int i = 0; i < DIM; i++)
    for (int j = 0; j < DIM; j++)
      assert_true(fabsf(map[i][j] - (float)(i == j)) < 1e-4f);
}

static void test_what_does_not_scatter_is_an_error(void **state) {
  (void)state;
  memset(values, 0, sizeof values);
  assert_int_equal(og_whitening(values[0], class_of, COUNT, DIM, 1, map[0]), OG_ERROR_FORMAT);
  fill();
  assert_int_equal(og_whitening(values[0], class_of, COUNT, DIM, 0, map[0]), OG_ERROR_FORMAT);
  values[3][2] = NAN;
  assert_int_equal(og_whitening(values[0], class_of, COUNT, DIM, 1, map[0]), OG_ERROR_FORMAT);
  values[3][2] = INFINITY;
  assert_int_equal(og_whitening(values[0], class_of, COUNT, DIM, 1, map[0]), OG_ERROR_FORMAT);
  assert_int_equal(og_whitening(values[0], class_of, 0, DIM, 1, map[0]), OG_ERROR_FORMAT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_scatter_becomes_even),
      cmocka_unit_test(test_a_large_ridge_changes_nothing),
      cmocka_unit_test(test_what_does_not_scatter_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
