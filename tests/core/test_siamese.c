/* Koch's head: its size, its symmetry, and support sets that judge by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random_model.h"
#include "fewshot/siamese.h"
#include "net/model.h"

enum { DIM = 37, WAY = 3, SHOT = 3 };

/* Koch, Zemel and Salakhutdinov 2015, figure 4. */
static void size_of_the_whole_net(void **state) {
  (void)state;
  og_net net;
  og_head head;
  assert_int_equal(og_net_parse("x = input 105 105 1; c1 = conv x 64 10x10 valid relu;"
                                "p1 = maxpool c1 2; c2 = conv p1 128 7x7 valid relu;"
                                "p2 = maxpool c2 2; c3 = conv p2 128 4x4 valid relu;"
                                "p3 = maxpool c3 2; c4 = conv p3 256 4x4 valid relu;"
                                "e = fc c4 4096 sigmoid",
                                &net, NULL),
                   OG_OK);
  size_t dim = og_layer_values(og_net_output(&net));
  assert_int_equal(og_head_parse("siamese", dim, &head, NULL), OG_OK);
  assert_int_equal(og_net_parameters(&net) + head.count, 38951745);
}

static void symmetric(void **state) {
  (void)state;
  og_random r = og_random_stream(5, 0);
  float a[DIM], b[DIM], weight[DIM];
  for (int i = 0; i < 1000; i++) {
    for (size_t k = 0; k < DIM; k++) {
      a[k] = og_random_unit(&r);
      b[k] = og_random_unit(&r);
      weight[k] = og_random_signed(&r);
    }
    const og_siamese head = {DIM, weight, 0.5f};
    float there = og_siamese_logit(&head, a, b), back = og_siamese_logit(&head, b, a);
    assert_memory_equal(&there, &back, sizeof there);
    assert_true(og_siamese_logit(&head, a, a) == 0.5f);
  }
}

static void similarities_and_back(void **state) {
  (void)state;
  static const float logits[] = {0, 0.25f, -3, 17, -80, 1000};
  for (size_t i = 0; i < sizeof logits / sizeof *logits; i++) {
    float s = og_siamese_similarity(logits[i]), back = og_siamese_logit_at(s);
    assert_true(s > -1 && s < 1);
    assert_true(fabsf(back - logits[i]) <= 1e-3f * fabsf(logits[i]));
  }
}

static og_model *load(void) {
  static const char input[] = "side=12 half_width=2.4 blur=1 tone_threshold=0.28 tone_gain=14";
  uint8_t *bytes;
  size_t size;
  og_model *model;
  og_error error = {0};
  assert_int_equal(random_model_with_head("x = input 12 12 1; e = fc x 37 sigmoid", input,
                                          "siamese", &bytes, &size),
                   OG_OK);
  if (og_model_load(bytes, size, NULL, &model, &error))
    fail_msg("%s", error.text);
  free(bytes);
  assert_int_equal(og_model_get_info(model)->parameters, (144 + 1) * 37 + 37 + 1);
  return model;
}

static void support_sets(void **state) {
  (void)state;
  og_model *model = load();
  const og_siamese head = {DIM, model->head_values, model->head_values[DIM]};
  og_random r = og_random_stream(6, 0);
  float x[WAY][SHOT][DIM], query[DIM];
  og_support *set;
  assert_int_equal(og_support_create_for(model, &set), OG_OK);
  for (size_t k = 0; k < DIM; k++)
    query[k] = og_random_unit(&r);
  for (size_t c = 0; c < WAY; c++)
    for (size_t s = 0; s < SHOT; s++) {
      for (size_t k = 0; k < DIM; k++)
        x[c][s][k] = og_random_unit(&r);
      if (s < 1 || c > 0) /* class 0 has one example */
        assert_int_equal(og_support_add(set, (uint32_t)c, x[c][s], NULL), OG_OK);
    }
  og_match matches[WAY];
  og_answer answer;
  const og_calibration *calibration = &og_model_get_info(model)->calibration;
  assert_int_equal(og_support_classify(set, query, calibration, NAN, matches, WAY, &answer), OG_OK);
  assert_int_equal(answer.count, WAY);
  float sum = answer.none;
  for (size_t i = 0; i < WAY; i++) {
    uint32_t c = matches[i].class_id;
    size_t shots = c ? SHOT : 1;
    float mean = 0, best = -INFINITY;
    for (size_t s = 0; s < shots; s++) {
      float logit = og_siamese_logit(&head, x[c][s], query);
      mean += logit / (float)shots;
      best = logit > best ? logit : best;
    }
    float verdict = (mean + best) / 2;
    assert_true(fabsf(matches[i].similarity - og_siamese_similarity(verdict)) < 1e-5f);
    assert_true(fabsf(matches[i].nearest_similarity - og_siamese_similarity(best)) < 1e-5f);
    /* Nobody calibrated it: the probability is Koch's own. */
    assert_true(fabsf(matches[i].same - 1 / (1 + expf(-verdict))) < 1e-5f);
    assert_true(!i || matches[i].similarity <= matches[i - 1].similarity);
    sum += matches[i].probability;
  }
  assert_true(fabsf(sum - 1) < 1e-5f);
  /* A threshold is a similarity too: just above the best, nothing is known. */
  float above = matches[0].similarity + 1e-3f;
  assert_int_equal(og_support_classify(set, query, calibration, above, NULL, 0, &answer), OG_OK);
  assert_false(answer.known);
  og_support_free(set);
  og_model_free(model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(size_of_the_whole_net),
      cmocka_unit_test(symmetric),
      cmocka_unit_test(similarities_and_back),
      cmocka_unit_test(support_sets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
