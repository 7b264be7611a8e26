/* Calibration finds the parameters that data were drawn from. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "fewshot/calibrate.h"
#include "fewshot/episode.h"
#include "net/model.h"

enum { QUERIES = 20000, WAY = 5 };

static void ranking_is_recovered(void **state) {
  (void)state;
  const double temperature = 0.08, threshold = 0.4;
  float *s = malloc(QUERIES * WAY * sizeof *s);
  og_observation *o = malloc(QUERIES * sizeof *o);
  og_random random = og_random_stream(1, 0);
  for (size_t q = 0; q < QUERIES; q++) {
    float rise = 0.2f * og_random_unit(&random);
    double weight[WAY + 1], sum = weight[WAY] = exp((threshold + (double)rise) / temperature);
    for (size_t i = 0; i < WAY; i++) {
      s[q * WAY + i] = og_random_signed(&random);
      sum += weight[i] = exp((double)s[q * WAY + i] / temperature);
    }
    double left = (double)og_random_unit(&random) * sum;
    uint32_t truth = 0;
    while (truth < WAY && left >= weight[truth])
      left -= weight[truth++];
    o[q] = (og_observation){q * WAY, WAY, truth == WAY ? OG_UNKNOWN : truth, rise};
  }
  og_calibration c;
  og_calibrate_ranking(s, o, QUERIES, &c);
  assert_true(fabs((double)c.temperature - temperature) < 0.004);
  assert_true(fabs((double)c.threshold - threshold) < 0.01);
  free(s);
  free(o);
}

static void same_is_recovered_whatever_the_balance(void **state) {
  (void)state;
  /* Two normal distributions one deviation s from each other's middle have logit
   * (m1 - m0) / s^2 * x + (m0^2 - m1^2) / (2 s^2): here 20 x - 8. */
  enum { SAME = 20000, DIFFERENT = 60000 };
  float *s = malloc(SAME * sizeof *s), *d = malloc(DIFFERENT * sizeof *d);
  og_random random = og_random_stream(2, 0);
  for (size_t i = 0; i < SAME; i++)
    s[i] = 0.6f + 0.14142136f * og_random_normal(&random);
  for (size_t i = 0; i < DIFFERENT; i++)
    d[i] = 0.2f + 0.14142136f * og_random_normal(&random);
  og_calibration c;
  og_calibrate_same(s, SAME, d, DIFFERENT, &c);
  assert_true(fabs((double)c.same_scale - 20) < 0.7);
  assert_true(fabs((double)c.same_bias + 8) < 0.3);
  free(s);
  free(d);
}

static void separable_data_stay_finite(void **state) {
  (void)state;
  const float same[] = {0.9f, 0.8f}, different[] = {0.1f, 0.2f};
  const og_observation o[] = {{0, 2, 0, 0}, {1, 2, 1, 0}};
  const float s[] = {0.9f, 0.1f, 0.9f};
  og_calibration c;
  og_calibrate_same(same, 2, different, 2, &c);
  og_calibrate_ranking(s, o, 2, &c);
  assert_true(isfinite(c.temperature) && c.temperature > 0 && isfinite(c.threshold));
  assert_true(isfinite(c.same_scale) && c.same_scale > 0 && isfinite(c.same_bias));
}

static void detection_has_known_numbers(void **state) {
  (void)state;
  float known[] = {4, 2, 3, 1}, unknown[] = {0, 2, 1, -1};
  og_detection d;
  og_detection_measure(known, 4, unknown, 4, 1.5f, &d);
  /* 16 pairs: 13 won, 2 equal. Above 1.5: three known, one unknown. */
  assert_true(fabs(d.auroc - 14.0 / 16) < 1e-12);
  assert_true(d.false_accept == 0.25 && d.false_reject == 0.25 && d.equal_error == 0.25);
  assert_true(d.accept_at[0] == 0.5 && d.reject_at[0] == 0);
  assert_true(d.accept_at[OG_RATES - 1] == 0.25 && d.reject_at[OG_RATES - 1] == 0.25);
  float all[] = {1, 1}, equal[] = {1, 1};
  og_detection_measure(all, 2, equal, 2, 0, &d);
  assert_true(d.auroc == 0.5 && d.equal_error == 0.5);
}

static void text_comes_back(void **state) {
  (void)state;
  const og_calibration c = {0.053171f, -0.31f, 21.5f, -9.25f, 0.0625f, 5, 0.4f};
  og_calibration back;
  char text[OG_CALIBRATION_TEXT];
  og_calibration_format(&c, text);
  assert_int_equal(og_calibration_parse(text, &back, NULL), OG_OK);
  assert_memory_equal(&c, &back, sizeof c);
  /* Model files from before there was a second look say nothing of it. */
  *strstr(text, " second_look") = 0;
  assert_int_equal(og_calibration_parse(text, &back, NULL), OG_OK);
  assert_true(back.second_look == 0 && back.example_views == 1 && back.crowd == 0 &&
              back.same_bias == c.same_bias);
  const char some[] = "temperature=1 threshold=0 same_scale=1 same_bias=0 example_views=";
  const char *const bad[] = {"0", "10", "-3", "x"};
  for (size_t i = 0; i < 4; i++) {
    snprintf(text, sizeof text, "%s%s", some, bad[i]);
    assert_int_equal(og_calibration_parse(text, &back, NULL), OG_ERROR_FORMAT);
  }
}

static void tell_truth(void *context, const uint32_t *queries, size_t count,
                       const uint32_t *examples, size_t way, float *cosines) {
  const og_dataset *set = context;
  for (size_t q = 0; q < count; q++)
    for (size_t i = 0; i < way; i++)
      cosines[q * way + i] += set->class_of[queries[q]] == set->class_of[examples[i]];
}

static void a_data_set_is_calibrated_and_nan_refused(void **state) {
  (void)state;
  enum { DIM = 4 };
  og_dataset *set;
  assert_int_equal(og_dataset_procedural(1, 2, 0, 8, 3, &set), OG_OK);
  float *e = malloc(set->drawings * DIM * sizeof *e);
  og_random random = og_random_stream(5, 0);
  for (size_t i = 0; i < set->drawings; i++) {
    og_random class = og_random_stream(6, set->class_of[i]);
    float length = 0;
    for (size_t k = 0; k < DIM; k++) {
      e[i * DIM + k] = og_random_normal(&class) + 0.3f * og_random_normal(&random);
      length += e[i * DIM + k] * e[i * DIM + k];
    }
    for (size_t k = 0; k < DIM; k++)
      e[i * DIM + k] /= sqrtf(length);
  }
  og_calibration c = {.crowd = 0.3f}, again = c;
  og_detection report;
  og_material of = {.queries = e, .examples = e, .dim = DIM};
  assert_int_equal(og_calibrate(set, &of, 1, &c, &report, NULL), OG_OK);
  assert_int_equal(og_calibrate(set, &of, 1, &again, NULL, NULL), OG_OK);
  assert_memory_equal(&c, &again, sizeof c);
  assert_true(c.threshold > 0 && c.threshold < 1 && report.auroc > 0.7);
  /* A second judge who knows what is the same. */
  og_detection better;
  of.look = tell_truth;
  of.context = set;
  assert_int_equal(og_calibrate(set, &of, 1, &again, &better, NULL), OG_OK);
  assert_true(better.auroc > 0.99 && better.auroc > report.auroc);
  e[3] = NAN;
  assert_int_equal(og_calibrate(set, &of, 1, &c, NULL, NULL), OG_ERROR_FORMAT);
  free(e);
  og_dataset_free(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranking_is_recovered),
      cmocka_unit_test(same_is_recovered_whatever_the_balance),
      cmocka_unit_test(separable_data_stay_finite),
      cmocka_unit_test(detection_has_known_numbers),
      cmocka_unit_test(text_comes_back),
      cmocka_unit_test(a_data_set_is_calibrated_and_nan_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
