/* Products of 16-bit integers on every kernel set: the bits of plain loops over the same integers,
 * whole sums within 32 bits whatever comes, guards around every output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "oneglyph.h"

enum { GUARD = 32 };

typedef struct dot_case {
  size_t lines, rows, cols, segments, depth; /* depth in pairs */
  int add, relu;
} dot_case;

typedef struct dot_data {
  int16_t *a;          /* [lines + segments][rows * 2 * depth] */
  float *packed, *add; /* og_pack_weights with panels of one column */
} dot_data;

static float number(size_t i) {
  return (float)((int)(i * 7919 % 251) - 125) / 64.0f;
}

static size_t line_of(const dot_case *k) {
  return k->rows * 2 * k->depth;
}

static dot_data make_data(const dot_case *k, int extreme) {
  size_t weights = (k->segments * k->depth * 2 + 1) * k->cols,
         outputs = k->lines * k->rows * k->cols;
  size_t count = (k->lines + k->segments) * line_of(k);
  dot_data d = {malloc((count + 1) * sizeof *d.a), malloc((weights + 1) * sizeof(float)),
                malloc((outputs + 1) * sizeof(float))};
  assert_true(d.a && d.packed && d.add);
  for (size_t i = 0; i < count; i++)
    d.a[i] = (int16_t)(extreme ? OG_INT16_MOST : (int)(i * 7919 % 16383) - OG_INT16_MOST);
  for (size_t i = 0; i < weights; i++)
    d.packed[i] = extreme ? 1e6f : number(i + 3);
  for (size_t i = 0; i < outputs; i++)
    d.add[i] = number(i + 5);
  return d;
}

static void free_data(dot_data *d) {
  free(d->a);
  free(d->packed);
  free(d->add);
}

/* Panels of nr columns from panels of one. */
static float *widen(const dot_case *k, size_t nr, const float *narrow, size_t height) {
  size_t panels = (k->cols + nr - 1) / nr;
  float *wide = calloc(panels * nr * height + 1, sizeof *wide);
  assert_non_null(wide);
  for (size_t n = 0; n < k->cols; n++)
    for (size_t i = 0; i < height; i++)
      wide[n / nr * nr * height + i * nr + n % nr] = narrow[n * height + i];
  return wide;
}

static void run(const og_kernels *set, const dot_case *k, const dot_data *d, float *c) {
  float *packed = widen(k, set->nr, d->packed, k->segments * k->depth * 2 + 1);
  float *integers =
      malloc((og_int16_packed_size(set->nr, k->segments, k->depth, k->cols) + 1) * sizeof(float));
  assert_non_null(integers);
  og_int16_pack(set->nr, k->segments, k->depth, k->cols, 3.5f, packed, integers);
  float *a = malloc(((k->lines + k->segments) * line_of(k) + 2) * sizeof(int16_t));
  assert_non_null(a);
  memcpy(a, d->a, (k->lines + k->segments) * line_of(k) * sizeof(int16_t));
  og_conv conv = {.lines = k->lines,
                  .rows = k->rows,
                  .cols = k->cols,
                  .segments = k->segments,
                  .depth = k->depth,
                  .a = a,
                  .a_line = line_of(k) / 2,
                  .a_row = k->depth,
                  .a_segment = line_of(k) / 2,
                  .b = integers,
                  .add = k->add ? d->add : NULL,
                  .add_line = k->rows * k->cols,
                  .add_row = k->cols,
                  .c = c,
                  .c_line = k->rows * k->cols,
                  .c_row = k->cols,
                  .relu = k->relu};
  set->conv_int16(&conv);
  free(a);
  free(integers);
  free(packed);
}

/* One output from the integers of a panel of one column. */
static float plain(og_arithmetic arithmetic, const dot_case *k, const dot_data *d,
                   const float *column, size_t y, size_t x) {
  float sum = column[1];
  const float *pairs = column + 2;
  for (size_t s = 0; s < k->segments; s++)
    for (size_t from = 0; from < k->depth; from += OG_INT16_BLOCK) {
      int64_t part = 0;
      for (size_t i = from; i < k->depth && i < from + OG_INT16_BLOCK; i++) {
        int16_t w[2];
        memcpy(w, pairs + s * k->depth + i, sizeof w);
        const int16_t *a = d->a + (y + s) * line_of(k) + (x * k->depth + i) * 2;
        part += (int64_t)a[0] * w[0] + (int64_t)a[1] * w[1];
      }
      assert_true(part <= INT32_MAX && part >= -INT32_MAX);
      sum = arithmetic == OG_FUSED ? fmaf((float)(int32_t)part, column[0], sum)
                                   : (float)(int32_t)part * column[0] + sum;
    }
  return sum;
}

static void check(dot_case k, int extreme) {
  size_t height = k.segments * k.depth + 2, outputs = k.lines * k.rows * k.cols;
  dot_data d = make_data(&k, extreme);
  float *integers = malloc((k.cols * height + 1) * sizeof *integers);
  float *out = malloc((outputs + 2 * GUARD) * sizeof *out);
  assert_true(integers && out);
  og_int16_pack(1, k.segments, k.depth, k.cols, 3.5f, d.packed, integers);
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *set = og_kernels_at(i);
    if (!og_isa_usable(set->name))
      continue;
    for (size_t o = 0; o < outputs + 2 * GUARD; o++)
      out[o] = -12345;
    run(set, &k, &d, out + GUARD);
    for (size_t o = 0; o < GUARD; o++)
      assert_true(out[o] == -12345 && out[GUARD + outputs + o] == -12345);
    for (size_t o = 0; o < outputs; o++) {
      size_t n = o % k.cols, x = o / k.cols % k.rows, y = o / k.cols / k.rows;
      float want = plain(set->arithmetic, &k, &d, integers + n * height, y, x);
      want = k.add ? want + d.add[o] : want;
      want = k.relu && !(want > 0) ? 0 : want;
      if (memcmp(&want, out + GUARD + o, sizeof want) != 0)
        fail_msg("%s: %g, not %g: rows %zu cols %zu segments %zu depth %zu", set->name,
                 (double)out[GUARD + o], (double)want, k.rows, k.cols, k.segments, k.depth);
    }
  }
  free(out);
  free(integers);
  free_data(&d);
}

static void has_the_bits_of_plain_loops(void **state) {
  (void)state;
  size_t mr = 0, nr = 0;
  for (size_t i = 0; og_kernels_at(i); i++) {
    mr = og_kernels_at(i)->mr > mr ? og_kernels_at(i)->mr : mr;
    nr = og_kernels_at(i)->nr > nr ? og_kernels_at(i)->nr : nr;
  }
  for (size_t rows = 0; rows <= 2 * mr + 1; rows++)
    check((dot_case){1, rows, nr + 1, 1, 5, rows % 2, rows % 3 == 0}, 0);
  for (size_t cols = 1; cols <= 2 * nr + 1; cols++)
    check((dot_case){2, 3, cols, 2, 3, cols % 2 == 0, cols % 3 == 0}, 0);
  const size_t depths[] = {
      1, 2, OG_INT16_BLOCK - 1, OG_INT16_BLOCK, OG_INT16_BLOCK + 1, 2 * OG_INT16_BLOCK + 7};
  for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
    for (int flags = 0; flags < 4; flags++)
      check((dot_case){1, mr + 1, nr, 2, depths[i], flags & 1, flags >> 1}, 0);
}

/* All numbers as large as they can be and of one sign. */
static void sums_cannot_overflow(void **state) {
  (void)state;
  check((dot_case){1, 2, 3, 2, OG_INT16_BLOCK, 0, 0}, 1);
  check((dot_case){1, 2, 3, 1, 3 * OG_INT16_BLOCK, 0, 0}, 1);
  check((dot_case){1, 2, 3, 1, 1, 0, 0}, 1);
}

/* Weights that are no numbers, zero or tiny make no integer that is not one. */
static void packs_whatever_comes(void **state) {
  (void)state;
  float packed[5] = {1, NAN, INFINITY, -INFINITY, 1e-44f}, out[4];
  int16_t pairs[4];
  og_int16_pack(1, 1, 2, 1, 1, packed, out);
  memcpy(pairs, out + 2, sizeof pairs);
  for (size_t i = 0; i < 4; i++)
    assert_true(pairs[i] >= -32767);
  float zeros[5] = {2, 0, 0, 0, 0};
  og_int16_pack(1, 1, 2, 1, 0, zeros, out);
  assert_true(out[0] == 0 && out[1] == 2 && out[2] == 0 && out[3] == 0);
}

static void rounds_and_clamps(void **state) {
  (void)state;
  float from[64];
  for (size_t i = 0; i < 64; i++)
    from[i] = (float)i * 0.25f - 8;
  from[3] = NAN;
  from[4] = INFINITY;
  from[5] = -INFINITY;
  from[6] = 1e9f;
  from[7] = -4095.75f;
  for (size_t s = 0; og_kernels_at(s); s++) {
    const og_kernels *set = og_kernels_at(s);
    if (!og_isa_usable(set->name))
      continue;
    float pairs[34];
    int16_t got[64];
    pairs[32] = pairs[33] = -12345;
    set->quantise(from, 64, 2, pairs);
    assert_true(pairs[32] == -12345 && pairs[33] == -12345);
    memcpy(got, pairs, sizeof got);
    for (size_t i = 0; i < 64; i++) {
      float v = from[i] * 2;
      v = v > -OG_INT16_MOST ? v : -OG_INT16_MOST;
      v = v < OG_INT16_MOST ? v : OG_INT16_MOST;
      if (got[i] != (int)rintf(v))
        fail_msg("%s: %g became %d", set->name, (double)from[i] * 2, got[i]);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(has_the_bits_of_plain_loops), cmocka_unit_test(sums_cannot_overflow),
      cmocka_unit_test(packs_whatever_comes), cmocka_unit_test(rounds_and_clamps)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
