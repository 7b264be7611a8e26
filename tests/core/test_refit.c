/* A classifier's last layer refitted to a support set: it is where its problem has its minimum, it
 * keeps ties, and it takes whatever embeddings there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "fewshot/refit.h"

enum { DIM = 19, WAY = 7, MOST = 40, GUARD = 8 };

static const float red = -12345;

/* Fits with guards behind layer and room. */
static og_status fit(const og_refit_set *set, float decay, float *layer) {
  size_t size = og_refit_layer_size(set->dim, set->classes), room = og_refit_room(set);
  float *memory = malloc((size + room + 2 * GUARD) * sizeof *memory);
  for (size_t i = 0; i < size + room + 2 * GUARD; i++)
    memory[i] = red;
  og_status status = og_refit(set, decay, memory, memory + size + GUARD);
  for (size_t i = 0; i < GUARD; i++)
    assert_true(memory[size + i] == red && memory[size + GUARD + room + i] == red);
  memcpy(layer, memory, size * sizeof *layer);
  free(memory);
  return status;
}

/* The same twice, to the same bits. */
static void fit_well(const og_refit_set *set, float decay, float *layer) {
  float again[(DIM + 1) * WAY];
  size_t size = og_refit_layer_size(set->dim, set->classes) * sizeof *layer;
  assert_int_equal(fit(set, decay, layer), OG_OK);
  assert_int_equal(fit(set, decay, again), OG_OK);
  assert_memory_equal(layer, again, size);
}

static size_t best_of(const float *logits, size_t classes) {
  size_t best = 0;
  for (size_t c = 1; c < classes; c++)
    best = logits[c] > logits[best] ? c : best;
  return best;
}

/* Classes around directions of their own, 1 to WAY examples each, of any length. */
static size_t scatter(float x[MOST][DIM], uint32_t class_of[MOST], uint64_t stream) {
  og_random r = og_random_stream(8, stream);
  size_t count = 0;
  float centre[DIM];
  for (uint32_t c = 0; c < WAY; c++) {
    for (size_t k = 0; k < DIM; k++)
      centre[k] = og_random_normal(&r);
    for (uint32_t i = 0; i <= c; i++, count++) {
      float length = 0.1f + 9 * og_random_unit(&r);
      for (size_t k = 0; k < DIM; k++)
        x[count][k] = length * (centre[k] + 0.3f * og_random_normal(&r));
      class_of[count] = c;
    }
  }
  return count;
}

/* Largest number of the problem's gradient at `layer`, computed plainly in double. */
static double slope(const og_refit_set *s, double decay, const float *layer) {
  double gradient[DIM + 1][WAY], most = 0;
  for (size_t k = 0; k <= DIM; k++)
    for (size_t c = 0; c < WAY; c++)
      gradient[k][c] = decay * (double)layer[k * WAY + c];
  for (size_t i = 0; i < s->examples; i++) {
    double x[DIM + 1], length = 0, p[WAY], sum = 0, count = 0;
    for (size_t k = 0; k < DIM; k++)
      length += pow((double)s->embeddings[i * DIM + k], 2);
    for (size_t k = 0; k < DIM; k++)
      x[k] = (double)s->embeddings[i * DIM + k] / sqrt(length);
    x[DIM] = 1;
    for (size_t c = 0; c < WAY; c++) {
      p[c] = 0;
      for (size_t k = 0; k <= DIM; k++)
        p[c] += x[k] * (double)layer[k * WAY + c];
      sum += exp(p[c]);
    }
    for (size_t j = 0; j < s->examples; j++)
      count += s->class_of[j] == s->class_of[i];
    for (size_t k = 0; k <= DIM; k++)
      for (size_t c = 0; c < WAY; c++)
        gradient[k][c] += x[k] * (exp(p[c]) / sum - (c == s->class_of[i])) / count;
  }
  for (size_t k = 0; k <= DIM; k++)
    for (size_t c = 0; c < WAY; c++)
      most = fmax(most, fabs(gradient[k][c]));
  return most;
}

static void separates_at_the_minimum(void **state) {
  (void)state;
  static const float decays[] = {0.03f, 0.1f, 1, 100};
  float x[MOST][DIM], layer[(DIM + 1) * WAY], logits[WAY];
  uint32_t class_of[MOST];
  for (size_t d = 0; d < sizeof decays / sizeof *decays; d++) {
    size_t count = scatter(x, class_of, d);
    const og_refit_set set = {DIM, WAY, count, x[0], class_of};
    fit_well(&set, decays[d], layer);
    double left = slope(&set, (double)decays[d], layer);
    print_message("decay %g: slope %.2g\n", (double)decays[d], left);
    assert_true(left < 1e-4);
    for (size_t i = 0; i < count; i++) {
      assert_int_equal(og_refit_logits(layer, DIM, WAY, x[i], logits), OG_OK);
      assert_int_equal(best_of(logits, WAY), class_of[i]);
    }
  }
}

/* The smaller the price on large numbers, the surer it is; too small a one to be done in time is
 * no trouble. */
static void decay_bounds_it(void **state) {
  (void)state;
  float x[MOST][DIM], layer[(DIM + 1) * WAY], logits[WAY], before = 0;
  uint32_t class_of[MOST];
  const og_refit_set set = {DIM, WAY, scatter(x, class_of, 9), x[0], class_of};
  static const float decays[] = {1e6f, 10, 0.1f, 1e-3f, 1e-6f};
  for (size_t d = 0; d < sizeof decays / sizeof *decays; d++) {
    fit_well(&set, decays[d], layer);
    og_refit_logits(layer, DIM, WAY, x[0], logits);
    assert_true(isfinite(logits[0]) && logits[0] > before && logits[0] < 1000);
    before = logits[0];
  }
}

static void ties_stay_ties(void **state) {
  (void)state;
  /* Classes 1 and 4 were taught by the same drawings; 3 has none, 0 one twice. */
  float x[MOST][DIM], layer[(DIM + 1) * WAY], logits[WAY];
  og_random r = og_random_stream(10, 0);
  uint32_t class_of[] = {1, 0, 4, 0, 2, 4, 1, 5, 6};
  enum { EXAMPLES = 9 };
  for (size_t i = 0; i < EXAMPLES; i++)
    for (size_t k = 0; k < DIM; k++)
      x[i][k] = og_random_normal(&r);
  memcpy(x[2], x[0], sizeof x[0]);
  memcpy(x[6], x[5], sizeof x[0]);
  memcpy(x[3], x[1], sizeof x[0]);
  const og_refit_set set = {DIM, WAY, EXAMPLES, x[0], class_of};
  fit_well(&set, 0.1f, layer);
  for (size_t i = 0; i < EXAMPLES; i++) {
    og_refit_logits(layer, DIM, WAY, x[i], logits);
    assert_true(logits[1] == logits[4]);
    assert_true(logits[3] < logits[best_of(logits, WAY)]);
    size_t best = best_of(logits, WAY);
    assert_int_equal(best, class_of[i] == 4 ? 1 : class_of[i]);
  }
  /* All the same drawing: nothing is known, and nothing is preferred. */
  for (size_t i = 0; i < WAY; i++) {
    memcpy(x[i], x[0], sizeof x[0]);
    class_of[i] = (uint32_t)i;
  }
  const og_refit_set same = {DIM, WAY, WAY, x[0], class_of};
  fit_well(&same, 0.1f, layer);
  og_refit_logits(layer, DIM, WAY, x[8], logits);
  for (size_t c = 1; c < WAY; c++)
    assert_true(logits[c] == logits[0]);
}

/* More of the same drawings make a class no likelier. */
static void classes_count_alike(void **state) {
  (void)state;
  float x[4][DIM] = {{1}, {0, 1}, {1}, {1}}, layer[(DIM + 1) * 2], logits[2], more[2];
  const uint32_t class_of[] = {0, 1, 0, 0};
  const float between[DIM] = {1, 1};
  og_refit_set set = {DIM, 2, 2, x[0], class_of};
  fit_well(&set, 0.1f, layer);
  og_refit_logits(layer, DIM, 2, between, logits);
  assert_true(fabsf(logits[0] - logits[1]) < 1e-5f);
  set.examples = 4;
  fit_well(&set, 0.1f, layer);
  og_refit_logits(layer, DIM, 2, between, more);
  assert_true(fabsf(more[0] - logits[0]) < 1e-4f && fabsf(more[1] - logits[1]) < 1e-4f);
}

static void one_class_or_no_example(void **state) {
  (void)state;
  float x[2][DIM] = {{3, 1}, {0, -2}}, layer[(DIM + 1) * 2], logits[2] = {7, 7};
  const uint32_t class_of[] = {0, 0};
  og_refit_set set = {DIM, 1, 2, x[0], class_of};
  fit_well(&set, 0.1f, layer);
  og_refit_logits(layer, DIM, 1, x[1], logits);
  assert_true(logits[0] == 0 && logits[1] == 7);
  set.classes = 2;
  set.examples = 0;
  fit_well(&set, 0.1f, layer);
  og_refit_logits(layer, DIM, 2, x[0], logits);
  assert_true(logits[0] == 0 && logits[1] == 0);
}

static void hostile_values(void **state) {
  (void)state;
  float x[3][DIM] = {{1}, {0, 1}, {0}}, layer[(DIM + 1) * WAY], plain[(DIM + 1) * WAY], logits[WAY];
  uint32_t class_of[] = {0, 1, 2};
  const og_refit_set set = {DIM, 3, 3, x[0], class_of};
  fit_well(&set, 0.1f, plain);
  /* Only directions count, also where squares overflow or vanish as floats. */
  x[0][0] = 3e38f;
  x[1][1] = 1e-38f;
  fit_well(&set, 0.1f, layer);
  assert_memory_equal(layer, plain, (DIM + 1) * 3 * sizeof *layer);
  assert_int_equal(og_refit_logits(layer, DIM, 3, x[1], logits), OG_OK);
  assert_int_equal(best_of(logits, 3), 1);
  assert_int_equal(og_refit_logits(layer, DIM, 3, x[2], logits), OG_OK); /* zeros: the third */
  assert_int_equal(best_of(logits, 3), 2);
  const float none[] = {NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < 3; i++) {
    x[2][DIM - 1] = none[i];
    assert_int_equal(fit(&set, 0.1f, layer), OG_ERROR_FORMAT);
    assert_int_equal(og_refit_logits(plain, DIM, 3, x[2], logits), OG_ERROR_FORMAT);
  }
  x[2][DIM - 1] = 1;
  const float bad[] = {0, -1, NAN, INFINITY, 1e-7f, 1e7f};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(fit(&set, bad[i], layer), OG_ERROR_ARGUMENT);
  class_of[1] = 3;
  assert_int_equal(fit(&set, 0.1f, layer), OG_ERROR_ARGUMENT);
  assert_int_equal(og_refit(&(og_refit_set){DIM, 0, 0, x[0], class_of}, 0.1f, layer, layer),
                   OG_ERROR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(separates_at_the_minimum), cmocka_unit_test(decay_bounds_it),
      cmocka_unit_test(ties_stay_ties),           cmocka_unit_test(classes_count_alike),
      cmocka_unit_test(one_class_or_no_example),  cmocka_unit_test(hostile_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
