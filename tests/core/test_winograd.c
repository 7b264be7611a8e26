/* Winograd's form on every kernel set, on reals and on integers: the same bits as the scalar set of
 * its arithmetic class, and near a plain convolution in double, for every size up to two tiles and
 * one, with guards around the output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/winograd.h"
#include "oneglyph.h"

enum { GUARD = 64, IMAGES = 2 };

typedef struct form {
  size_t kernel, tile, lines, rows, inner, cols, chunk;
  int add, relu, integers;
} form;

typedef struct data {
  float *a, *w, *bias, *add;
  size_t a_line, a_image, outputs;
} data;

static float *numbers(size_t count, size_t start) {
  float *v = malloc(count * sizeof *v);
  assert_non_null(v);
  for (size_t i = 0; i < count; i++)
    v[i] = (float)((int)((i + start) * 7919 % 251) - 125) / 128.0f;
  return v;
}

static data make_data(const form *f) {
  data d = {.a_line = (f->rows + f->kernel - 1) * f->inner + 5};
  d.a_image = d.a_line * (f->lines + f->kernel - 1) + 3;
  d.outputs = f->lines * f->rows * f->cols;
  d.a = numbers(IMAGES * d.a_image, 1);
  d.w = numbers(f->kernel * f->kernel * f->inner * f->cols, 5);
  d.bias = numbers(f->cols, 17);
  d.add = numbers(IMAGES * d.outputs, 3);
  return d;
}

static void free_data(data *d) {
  free(d->a);
  free(d->w);
  free(d->bias);
  free(d->add);
}

/* Turns packed weights into integers, after a run in reals has given the ranges; frees them. */
static float *integers_of(const og_kernels *set, const form *f, float *packed, og_winograd w,
                          float factors[64]) {
  float ranges[64] = {0};
  size_t alpha = f->kernel + f->tile - 1, cols = f->cols;
  size_t to_panel = og_int16_packed_size(set->nr, 1, f->inner / 2, cols);
  float *integers = malloc((cols + alpha * alpha * to_panel) * sizeof *integers);
  assert_non_null(integers);
  w.ranges = ranges;
  set->winograd(&w);
  memcpy(integers, packed, cols * sizeof *integers);
  for (size_t i = 0; i < alpha * alpha; i++) {
    assert_true(ranges[i] > 0);
    /* Powers of two: the sets of the two arithmetic classes differ in the ranges' last bits. */
    factors[i] = exp2f(floorf(log2f(OG_INT16_MOST / ranges[i])));
    og_int16_pack(set->nr, 1, f->inner / 2, cols, factors[i],
                  packed + cols + i * og_packed_size(set->nr, 1, f->inner, cols),
                  integers + cols + i * to_panel);
  }
  free(packed);
  return integers;
}

/* Numbers with guards on both sides, all set to a mark. */
static float *run(const og_kernels *set, const form *f, const data *d) {
  size_t count = IMAGES * d->outputs, inner = f->inner, cols = f->cols;
  size_t room = og_winograd_scratch(f->kernel, f->tile, inner, cols, f->chunk);
  float *out = malloc((count + 2 * GUARD) * sizeof *out);
  float *packed =
      malloc(og_winograd_packed_size(set->nr, f->kernel, f->tile, inner, cols) * sizeof *packed);
  float *scratch = malloc(room * sizeof *scratch);
  assert_true(out && packed && scratch);
  for (size_t i = 0; i < count + 2 * GUARD; i++)
    out[i] = -12345;
  og_weights_view view = {d->w, f->kernel * f->kernel, inner, cols, inner * cols, cols, 1, 0};
  og_winograd_pack(set->nr, f->kernel, f->tile, &view, d->bias, packed);
  size_t line = f->rows * cols;
  og_winograd w = {.images = IMAGES,
                   .lines = f->lines,
                   .rows = f->rows,
                   .inner = inner,
                   .cols = cols,
                   .kernel = f->kernel,
                   .tile = f->tile,
                   .a = d->a,
                   .a_image = d->a_image,
                   .a_line = d->a_line,
                   .b = packed,
                   .add = f->add ? d->add : NULL,
                   .add_image = d->outputs,
                   .add_line = line,
                   .c = out + GUARD,
                   .c_image = d->outputs,
                   .c_line = line,
                   .relu = f->relu,
                   .chunk = f->chunk,
                   .scratch = scratch};
  float factors[64];
  if (f->integers) {
    packed = integers_of(set, f, packed, w, factors);
    w.b = packed;
    w.factors = factors;
  }
  set->winograd(&w);
  for (size_t i = 0; i < GUARD; i++)
    assert_true(out[i] == -12345 && out[GUARD + count + i] == -12345);
  free(packed);
  free(scratch);
  return out;
}

static double plain(const form *f, const data *d, size_t image, size_t y, size_t x, size_t n) {
  double sum = (double)d->bias[n];
  for (size_t k = 0; k < f->kernel * f->kernel; k++)
    for (size_t i = 0; i < f->inner; i++) {
      size_t at =
          image * d->a_image + (y + k / f->kernel) * d->a_line + (x + k % f->kernel) * f->inner + i;
      sum += (double)d->a[at] * (double)d->w[(k * f->inner + i) * f->cols + n];
    }
  if (f->add)
    sum += (double)d->add[((image * f->lines + y) * f->rows + x) * f->cols + n];
  return f->relu && sum < 0 ? 0 : sum;
}

/* The rounding of one product is magnified by the largest entries of the transforms, which grow
 * with alpha: a few units in the last place at alpha 4, some hundreds at 8. */
static void check_near(const form *f, const data *d, const float *out) {
  size_t alpha = f->kernel + f->tile - 1;
  double terms = (double)(f->kernel * f->kernel * f->inner);
  double limit = terms * 1.2e-7 * pow(4, (double)alpha - 3);
  /* Integers keep about 12 bits of each factor. */
  if (f->integers)
    limit = terms * pow(2, -12) * pow(2, (double)alpha - 3);
  for (size_t image = 0; image < IMAGES; image++)
    for (size_t y = 0; y < f->lines; y++)
      for (size_t x = 0; x < f->rows; x++)
        for (size_t n = 0; n < f->cols; n += 5) {
          double got =
              (double)*(out + GUARD + ((image * f->lines + y) * f->rows + x) * f->cols + n);
          double want = plain(f, d, image, y, x, n);
          if (!(fabs(got - want) <= limit))
            fail_msg("F(%zu, %zu) at %zu,%zu,%zu: %g, not %g", f->tile, f->kernel, y, x, n, got,
                     want);
        }
}

static void check(const form *f) {
  data d = make_data(f);
  float *reference[2] = {run(og_kernels_find("scalar"), f, &d), NULL};
  check_near(f, &d, reference[0]);
  if (og_kernels_find("scalar_fma")) {
    reference[1] = run(og_kernels_find("scalar_fma"), f, &d);
    check_near(f, &d, reference[1]);
  }
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *set = og_kernels_at(i);
    if (!og_isa_usable(set->name))
      continue;
    float *out = run(set, f, &d);
    if (memcmp(out + GUARD, reference[set->arithmetic == OG_FUSED] + GUARD,
               IMAGES * d.outputs * sizeof *out) != 0)
      fail_msg("%s: other bits than scalar in F(%zu, %zu), %zu x %zu", set->name, f->tile,
               f->kernel, f->lines, f->rows);
    free(out);
  }
  free(reference[0]);
  free(reference[1]);
  free_data(&d);
}

/* The weight gradient, added to weights that were not zero. */
static float *run_grad(const og_kernels *set, const form *f, const data *d) {
  size_t inner = f->inner, cols = f->cols, alpha = f->kernel + f->tile - 1;
  size_t weights = f->kernel * f->kernel * inner * cols;
  float *dw = numbers(weights, 23);
  float *du = calloc(alpha * alpha * inner * cols + 1, sizeof *du);
  float *scratch =
      malloc(og_winograd_scratch(f->kernel, f->tile, inner, cols, f->chunk) * sizeof *scratch);
  float *panel = malloc(f->chunk * set->nr * sizeof *panel);
  assert_true(du && scratch && panel);
  du[alpha * alpha * inner * cols] = -12345;
  og_winograd_grad g = {.images = IMAGES,
                        .lines = f->lines,
                        .rows = f->rows,
                        .inner = inner,
                        .cols = cols,
                        .kernel = f->kernel,
                        .tile = f->tile,
                        .a = d->a,
                        .a_image = d->a_image,
                        .a_line = d->a_line,
                        .d = d->add,
                        .d_image = d->outputs,
                        .d_line = f->rows * cols,
                        .du = du,
                        .chunk = f->chunk,
                        .scratch = scratch,
                        .panel = panel};
  set->winograd_grad(&g);
  assert_true(du[alpha * alpha * inner * cols] == -12345);
  og_winograd_unpack(f->kernel, f->tile, inner, cols, du, dw);
  free(du);
  free(scratch);
  free(panel);
  return dw;
}

static void check_grad_near(const form *f, const data *d, const float *dw) {
  float *start = numbers(f->kernel * f->kernel * f->inner * f->cols, 23);
  double limit =
      (double)(IMAGES * f->lines * f->rows) * 1.2e-7 * pow(4, (double)(f->tile + f->kernel) - 3);
  for (size_t k = 0; k < f->kernel * f->kernel; k++)
    for (size_t i = 0; i < f->inner; i += 3)
      for (size_t n = 0; n < f->cols; n += 5) {
        size_t at = (k * f->inner + i) * f->cols + n;
        double want = (double)start[at];
        for (size_t image = 0; image < IMAGES; image++)
          for (size_t y = 0; y < f->lines; y++)
            for (size_t x = 0; x < f->rows; x++)
              want += (double)d->a[image * d->a_image + (y + k / f->kernel) * d->a_line +
                                   (x + k % f->kernel) * f->inner + i] *
                      (double)d->add[((image * f->lines + y) * f->rows + x) * f->cols + n];
        if (!(fabs((double)dw[at] - want) <= limit))
          fail_msg("gradient of F(%zu, %zu), %zu x %zu: %g, not %g", f->tile, f->kernel, f->lines,
                   f->rows, (double)dw[at], want);
      }
  free(start);
}

static void check_grad(const form *f) {
  data d = make_data(f);
  size_t bytes = f->kernel * f->kernel * f->inner * f->cols * sizeof(float);
  float *reference[2] = {run_grad(og_kernels_find("scalar"), f, &d), NULL};
  check_grad_near(f, &d, reference[0]);
  if (og_kernels_find("scalar_fma"))
    reference[1] = run_grad(og_kernels_find("scalar_fma"), f, &d);
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *set = og_kernels_at(i);
    if (!og_isa_usable(set->name))
      continue;
    float *dw = run_grad(set, f, &d);
    if (memcmp(dw, reference[set->arithmetic == OG_FUSED], bytes) != 0)
      fail_msg("%s: other bits than scalar in the gradient of F(%zu, %zu), %zu x %zu", set->name,
               f->tile, f->kernel, f->lines, f->rows);
    free(dw);
  }
  free(reference[0]);
  free(reference[1]);
  free_data(&d);
}

static void forms_equal_plain_loops(void **state) {
  (void)state;
#define CHECK(alpha, m)                                                                            \
  for (size_t size = 1; size <= 2 * m + 1; size++) {                                               \
    form f = {alpha - m + 1, m, size, 2 * m + 2 - size, 16, 32, 1 + size % 5, size % 2 != 0,       \
              size % 3 != 0, 0};                                                                   \
    check(&f);                                                                                     \
    form g = f;                                                                                    \
    g.inner = 32;                                                                                  \
    g.integers = 1;                                                                                \
    check(&g);                                                                                     \
    check_grad(&f);                                                                                \
  }
  OG_WINOGRAD_LIST(CHECK)
}

static void forms_are_listed(void **state) {
  (void)state;
  assert_true(og_winograd_there(3, 2) && og_winograd_there(3, 5));
  assert_false(og_winograd_there(3, 7) || og_winograd_there(1, 4) || og_winograd_there(5, 2));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(forms_equal_plain_loops),
                                     cmocka_unit_test(forms_are_listed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
