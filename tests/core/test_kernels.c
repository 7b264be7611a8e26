/* Every kernel set of the list against plain loops and against the scalar reference of its
 * arithmetic class: bit for bit, for every remainder up to two tiles and one, on unaligned memory
 * with guards around every output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "kernels/kernels.h"
#include "kernels/list.h"
#include "oneglyph.h"

enum { GUARD = 37 };
static const float red = -12345.0f;

/* Numbers with a prime period, so that a wrong stride never meets the right number. */
static void paint(float *v, size_t count, size_t start) {
  for (size_t i = 0; i < count; i++)
    v[i] = (float)((int)((i + start) * 7919 % 251) - 125) / 64.0f;
}

/* `count` numbers at an odd address, between guards; check_guards frees. */
typedef struct guarded {
  float *memory, *at;
  size_t count;
} guarded;

static guarded guard(size_t count) {
  guarded g = {malloc((count + 2 * GUARD) * sizeof(float)), NULL, count};
  assert_non_null(g.memory);
  for (size_t i = 0; i < count + 2 * GUARD; i++)
    g.memory[i] = red;
  g.at = g.memory + GUARD;
  return g;
}

static void check_guards(guarded *g) {
  for (size_t i = 0; i < GUARD; i++)
    if (g->memory[i] != red || g->at[g->count + i] != red)
      fail_msg("wrote outside its output");
  free(g->memory);
}

typedef struct conv_case {
  size_t lines, rows, cols, segments, depth, inner;
  int add, relu;
} conv_case;

typedef struct conv_data {
  size_t a_line, a_count;
  float *a, *w, *bias, *add;
} conv_data;

static conv_data make_data(const conv_case *k) {
  size_t windows = k->rows ? (k->rows - 1) * k->inner + k->depth : 0;
  conv_data d = {.a_line = windows + 3};
  d.a_count = (k->lines + k->segments) * d.a_line + 1;
  size_t weights = k->segments * k->depth * k->cols, outputs = k->lines * k->rows * k->cols;
  d.a = malloc(d.a_count * sizeof(float));
  d.w = malloc((weights + 1) * sizeof(float));
  d.bias = malloc((k->cols + 1) * sizeof(float));
  d.add = malloc((outputs + 1) * sizeof(float));
  assert_true(d.a && d.w && d.bias && d.add);
  paint(d.a, d.a_count, 1);
  paint(d.w, weights, 5);
  paint(d.bias, k->cols, 17);
  paint(d.add, outputs, 3);
  return d;
}

static void free_data(conv_data *d) {
  free(d->a);
  free(d->w);
  free(d->bias);
  free(d->add);
}

/* The plain loops: the definition in kernels.h, in its order of summation. */
static void plain_conv(og_arithmetic arithmetic, const conv_case *k, const conv_data *d, float *c) {
  for (size_t y = 0; y < k->lines; y++)
    for (size_t x = 0; x < k->rows; x++)
      for (size_t n = 0; n < k->cols; n++, c++) {
        float sum = d->bias[n];
        for (size_t s = 0; s < k->segments; s++)
          for (size_t i = 0; i < k->depth; i++) {
            float a = d->a[(y + s) * d->a_line + x * k->inner + i];
            float w = d->w[(s * k->depth + i) * k->cols + n];
            sum = arithmetic == OG_FUSED ? fmaf(a, w, sum) : a * w + sum;
          }
        if (k->add)
          sum += d->add[(size_t)((y * k->rows + x) * k->cols + n)];
        *c = k->relu && !(sum > 0) ? 0 : sum;
      }
}

/* With `pooled`, conv_pool on half the lines and rows. */
static void run_conv(const og_kernels *set, const conv_case *k, const conv_data *d, int pooled,
                     float *c) {
  size_t taps = k->segments * k->depth;
  float *packed = malloc((og_packed_size(set->nr, taps, 1, k->cols) + 1) * sizeof(float));
  assert_non_null(packed);
  og_weights_view view = {d->w, taps, 1, k->cols, k->cols, k->cols, 1, 0};
  og_pack_weights(set->nr, &view, d->bias, packed);
  og_conv conv = {.lines = k->lines,
                  .rows = k->rows,
                  .cols = k->cols,
                  .segments = k->segments,
                  .depth = k->depth,
                  .a = d->a,
                  .a_line = d->a_line,
                  .a_row = k->inner,
                  .a_segment = d->a_line,
                  .b = packed,
                  .add = k->add ? d->add : NULL,
                  .add_line = k->rows * k->cols,
                  .add_row = k->cols,
                  .c = c,
                  .c_line = k->rows * k->cols,
                  .c_row = k->cols,
                  .relu = k->relu};
  if (pooled) {
    conv.lines /= 2;
    conv.rows /= 2;
    conv.c_line = conv.rows * k->cols;
    set->conv_pool(&conv);
  } else {
    set->conv(&conv);
  }
  free(packed);
}

static void check_conv(const og_kernels *set, conv_case k) {
  size_t outputs = k.lines * k.rows * k.cols;
  conv_data d = make_data(&k);
  guarded got = guard(outputs), want = guard(outputs);
  run_conv(set, &k, &d, 0, got.at);
  plain_conv(set->arithmetic, &k, &d, want.at);
  if (memcmp(got.at, want.at, outputs * sizeof(float)) != 0)
    fail_msg("%s conv differs: lines %zu rows %zu cols %zu segments %zu depth %zu", set->name,
             k.lines, k.rows, k.cols, k.segments, k.depth);
  check_guards(&got);
  check_guards(&want);
  free_data(&d);
}

/* The largest of each window of what conv gives. */
static void check_conv_pool(const og_kernels *set, conv_case k) {
  conv_data d = make_data(&k);
  size_t rows = k.rows / 2, outputs = k.lines / 2 * rows * k.cols;
  guarded got = guard(outputs), whole = guard(k.lines * k.rows * k.cols);
  run_conv(set, &k, &d, 1, got.at);
  run_conv(set, &k, &d, 0, whole.at);
  for (size_t i = 0; i < outputs; i++) {
    size_t n = i % k.cols, x = i / k.cols % rows, y = i / k.cols / rows;
    const float *at = whole.at + (2 * y * k.rows + 2 * x) * k.cols + n;
    float most =
        fmaxf(fmaxf(at[0], at[k.cols]), fmaxf(at[k.rows * k.cols], at[(k.rows + 1) * k.cols]));
    if (memcmp(&most, &got.at[i], sizeof most) != 0)
      fail_msg("%s conv_pool differs: lines %zu rows %zu cols %zu", set->name, k.lines, k.rows,
               k.cols);
  }
  check_guards(&got);
  check_guards(&whole);
  free_data(&d);
}

static void check_conv_grad(const og_kernels *set, conv_case k) {
  size_t weights = k.segments * k.depth * k.cols;
  conv_data d = make_data(&k);
  guarded got = guard(weights), scratch = guard(k.lines * k.rows * set->nr);
  paint(got.at, weights, 11);
  og_conv_grad grad = {.lines = k.lines,
                       .rows = k.rows,
                       .cols = k.cols,
                       .segments = k.segments,
                       .depth = k.depth,
                       .a = d.a,
                       .a_line = d.a_line,
                       .a_row = k.inner,
                       .a_segment = d.a_line,
                       .d = d.add,
                       .d_line = k.rows * k.cols,
                       .d_row = k.cols,
                       .dw = got.at,
                       .scratch = scratch.at};
  set->conv_grad(&grad);
  for (size_t s = 0; s < k.segments; s++)
    for (size_t i = 0; i < k.depth; i++)
      for (size_t n = 0; n < k.cols; n++) {
        float sum = 0, start;
        for (size_t y = 0; y < k.lines; y++)
          for (size_t x = 0; x < k.rows; x++) {
            float a = d.a[(y + s) * d.a_line + x * k.inner + i];
            float g = d.add[(y * k.rows + x) * k.cols + n];
            sum = set->arithmetic == OG_FUSED ? fmaf(a, g, sum) : a * g + sum;
          }
        size_t at = (s * k.depth + i) * k.cols + n;
        paint(&start, 1, 11 + at);
        float want = start + sum;
        if (memcmp(&want, &got.at[at], sizeof want) != 0)
          fail_msg("%s conv_grad differs: lines %zu rows %zu cols %zu segments %zu depth %zu",
                   set->name, k.lines, k.rows, k.cols, k.segments, k.depth);
      }
  check_guards(&got);
  check_guards(&scratch);
  free_data(&d);
}

static void check_max_pool(const og_kernels *set, size_t channels, size_t size) {
  const size_t lines = 2, rows = 3;
  size_t a_line = rows * size * channels + 1, outputs = lines * rows * channels;
  float *a = malloc(lines * size * a_line * sizeof(float));
  assert_non_null(a);
  paint(a, lines * size * a_line, 2);
  guarded got = guard(outputs);
  og_pool pool = {lines, rows, channels, size, a, a_line, got.at, rows * channels};
  set->max_pool(&pool);
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < rows; x++)
      for (size_t n = 0; n < channels; n++) {
        float most = -INFINITY;
        for (size_t w = 0; w < size * size; w++)
          most =
              fmaxf(most, a[(y * size + w / size) * a_line + (x * size + w % size) * channels + n]);
        assert_true(most == got.at[(y * rows + x) * channels + n]);
      }
  check_guards(&got);
  free(a);
}

static void check_set(const og_kernels *set) {
  size_t most_rows = 2 * set->mr + 1, most_cols = 2 * set->nr + 1;
  for (size_t rows = 0; rows <= most_rows; rows++)
    for (size_t cols = 0; cols <= most_cols; cols++) {
      conv_case k = {2,
                     rows,
                     cols,
                     1 + rows % 3,
                     1 + cols % 7,
                     1 + cols % 3,
                     (int)(cols % 2),
                     (int)(rows % 2)};
      check_conv(set, k);
      check_conv_grad(set, k);
    }
  for (size_t depth = 0; depth <= 29; depth++) {
    conv_case k = {3, 4, 5, 2, depth, 2, 1, 1};
    check_conv(set, k);
    check_conv_grad(set, k);
  }
  check_conv(set, (conv_case){0, 3, 3, 1, 1, 1, 0, 0});
  check_conv(set, (conv_case){1, 3, 3, 0, 1, 1, 0, 1});
  for (size_t channels = 1; channels <= most_cols; channels++)
    check_max_pool(set, channels, 1 + channels % 4);
  for (size_t cols = 1; cols <= most_cols; cols++)
    check_conv_pool(set, (conv_case){4, 2 + cols % 5, cols, 3, 3, 1, 0, cols % 2 == 0});
  check_conv_pool(set, (conv_case){1, 1, 3, 3, 3, 1, 0, 1});
}

static void sets_equal_plain_loops(void **state) {
  (void)state;
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *set = og_kernels_at(i);
    if (og_isa_usable(set->name)) {
      check_set(set);
      printf("  %s: same bits as plain loops\n", set->name);
    } else
      printf("  %s: not tested, this machine cannot run it\n", set->name);
  }
}

/* A number that is not one passes through sums, and becomes 0 in ReLU, on every set alike. */
static void odd_numbers(void **state) {
  (void)state;
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *set = og_kernels_at(i);
    if (!og_isa_usable(set->name))
      continue;
    float a[4] = {NAN, -0.0f, INFINITY, -1}, w[20], c[80];
    for (size_t n = 0; n < 20; n++)
      w[n] = 1;
    float *packed = calloc(og_packed_size(set->nr, 1, 1, 20), sizeof(float));
    assert_non_null(packed);
    og_pack_weights(set->nr, &(og_weights_view){w, 1, 1, 20, 20, 20, 1, 0}, NULL, packed);
    og_conv conv = {.lines = 1,
                    .rows = 4,
                    .cols = 20,
                    .segments = 1,
                    .depth = 1,
                    .a = a,
                    .a_row = 1,
                    .b = packed,
                    .c = c,
                    .c_row = 20,
                    .relu = 1};
    set->conv(&conv);
    for (size_t n = 0; n < 20; n++) {
      assert_true(c[n] == 0 && c[20 + n] == 0 && !signbit(c[20 + n]));
      assert_true(isinf(c[40 + n]) && c[60 + n] == 0);
    }
    free(packed);
  }
}

/* Pairs of 16-bit integers in the place of floats, of either sign, so long as vectors that the sums
 * with a vector of `count` pairs just fit. */
static void paint_pairs(float *to, size_t count, size_t dim, uint64_t seed) {
  og_random random = og_random_stream(seed, 0);
  for (size_t i = 0; i < count; i++) {
    int16_t pair[2];
    for (size_t j = 0; j < 2; j++)
      pair[j] = (int16_t)(32767 / sqrt(2 * (double)dim) * (double)og_random_signed(&random));
    memcpy(&to[i], pair, sizeof pair);
  }
}

static int64_t product_of_pairs(float x, float y) {
  int16_t a[2], b[2];
  memcpy(a, &x, sizeof a);
  memcpy(b, &y, sizeof b);
  return a[0] * b[0] + a[1] * b[1];
}

/* Products of one vector with panels of others: exact sums in every set. */
static void dots_equal_plain_loops(void **state) {
  (void)state;
  enum { PANELS = 9, DIM = 33 };
  static float a[DIM], b[PANELS * DIM * OG_DOT_PANEL];
  paint_pairs(a, DIM, DIM, 1);
  paint_pairs(b, PANELS * DIM * OG_DOT_PANEL, DIM, 3);
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *set = og_kernels_at(i);
    if (!og_isa_usable(set->name))
      continue;
    for (size_t panels = 0; panels <= PANELS; panels++)
      for (size_t dim = 0; dim <= DIM; dim += 1 + dim / 2) {
        guarded c = guard(panels * OG_DOT_PANEL);
        set->dots(&(og_dots){panels, dim, a, b, c.at});
        for (size_t n = 0; n < c.count; n++) {
          const float *row = b + n / OG_DOT_PANEL * dim * OG_DOT_PANEL + n % OG_DOT_PANEL;
          int64_t sum = 0;
          for (size_t k = 0; k < dim; k++)
            sum += product_of_pairs(a[k], row[k * OG_DOT_PANEL]);
          assert_true((float)sum == c.at[n]);
        }
        check_guards(&c);
      }
  }
}

static void names_choose_sets(void **state) {
  (void)state;
  size_t count = 0;
#define COUNT(name) count++;
  OG_KERNEL_LIST(COUNT)
  for (size_t i = 0; i < count; i++) {
    const char *name = og_isa_name(i);
    assert_non_null(name);
    const og_kernels *set = og_kernels_find(name);
    assert_true(set ? strcmp(set->name, name) == 0 : !og_isa_usable(name));
  }
  assert_null(og_isa_name(count));
  assert_null(og_kernels_find("abacus"));
  assert_false(og_isa_usable("abacus"));
  assert_false(og_isa_usable(NULL));
  assert_true(og_isa_usable("scalar"));
  assert_non_null(og_kernels_find(NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sets_equal_plain_loops), cmocka_unit_test(odd_numbers),
      cmocka_unit_test(dots_equal_plain_loops), cmocka_unit_test(names_choose_sets)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
