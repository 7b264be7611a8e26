/* Principal directions: rows of few directions are found again, and hostile ones refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "train/factorise.h"

enum { COUNT = 90, DIM = 50, RANK = 7 };
static float rows[COUNT][DIM], basis[RANK + 1][DIM], along[COUNT * RANK];

/* Sums of RANK directions, each half as large as the one before. */
static void fill(void) {
  og_random random = og_random_stream(3, 1);
  float direction[RANK][DIM];
  for (int r = 0; r < RANK; r++)
    for (int k = 0; k < DIM; k++)
      direction[r][k] = og_random_normal(&random) / (float)(1 << r);
  for (int i = 0; i < COUNT; i++) {
    for (int k = 0; k < DIM; k++)
      rows[i][k] = 0;
    for (int r = 0; r < RANK; r++) {
      float part = og_random_normal(&random);
      for (int k = 0; k < DIM; k++)
        rows[i][k] += part * direction[r][k];
    }
  }
}

static float dot(const float *a, const float *b) {
  float sum = 0;
  for (int k = 0; k < DIM; k++)
    sum += a[k] * b[k];
  return sum;
}

/* Part of the rows' squares that `rank` directions leave out. */
static double left_out(const og_kernels *kernels, size_t rank) {
  double all = 0, left = 0;
  assert_int_equal(og_principal_basis(kernels, rows[0], COUNT, DIM, rank, basis[0]), OG_OK);
  for (size_t a = 0; a < rank; a++)
    for (size_t b = 0; b <= a; b++)
      assert_true(fabsf(dot(basis[a], basis[b]) - (float)(a == b)) < 1e-5f);
  assert_int_equal(og_project(kernels, rows[0], COUNT, DIM, basis[0], rank, along), OG_OK);
  for (int i = 0; i < COUNT; i++)
    for (int k = 0; k < DIM; k++) {
      float rest = rows[i][k];
      for (size_t r = 0; r < rank; r++)
        rest -= along[(size_t)i * rank + r] * basis[r][k];
      all += (double)(rows[i][k] * rows[i][k]);
      left += (double)(rest * rest);
    }
  return left / all;
}

static void few_directions_are_found(void **state) {
  (void)state;
  fill();
  for (size_t i = 0; og_isa_name(i); i++)
    if (og_isa_usable(og_isa_name(i))) {
      const og_kernels *kernels = og_kernels_find(og_isa_name(i));
      assert_true(left_out(kernels, RANK) < 1e-9);
      /* Each direction is half as large as the last, so one too few loses little, three more. */
      double one = left_out(kernels, RANK - 1), three = left_out(kernels, RANK - 3);
      assert_true(one > 1e-7 && one < 1e-3 && three > one && three < 0.02);
    }
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  const og_kernels *k = og_kernels_find("scalar");
  fill();
  assert_int_equal(og_principal_basis(k, rows[0], COUNT, DIM, 0, basis[0]), OG_ERROR_ARGUMENT);
  assert_int_equal(og_principal_basis(k, rows[0], COUNT, DIM, DIM + 1, basis[0]),
                   OG_ERROR_ARGUMENT);
  assert_int_equal(og_principal_basis(k, rows[0], RANK, DIM, RANK + 1, basis[0]), OG_ERROR_FORMAT);
  rows[4][9] = NAN;
  assert_int_equal(og_principal_basis(k, rows[0], COUNT, DIM, RANK, basis[0]), OG_ERROR_FORMAT);
  memset(rows, 0, sizeof rows);
  assert_int_equal(og_principal_basis(k, rows[0], COUNT, DIM, 1, basis[0]), OG_ERROR_FORMAT);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(few_directions_are_found),
                                     cmocka_unit_test(what_cannot_be_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
