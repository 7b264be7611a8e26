/* Support sets that score as a model's head was trained to: the losses of training are the
 * reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random_model.h"
#include "train/episode_loss.h"

static const char input[] = "side=12 half_width=2.4 blur=1 tone_threshold=0.28 tone_gain=14";
static const char net[] = "x = input 12 12 1; e = fc x 6; o = l2norm e";
enum { DIM = 6, WAY = 4, MOST_SHOT = 3, QUERIES = 2 };

static og_model *load(const char *head) {
  uint8_t *bytes;
  size_t size;
  og_model *model;
  og_error error = {0};
  assert_int_equal(random_model_with_head(net, input, head, &bytes, &size), OG_OK);
  if (og_model_load(bytes, size, NULL, &model, &error))
    fail_msg("%s", error.text);
  free(bytes);
  return model;
}

static og_support *fill(const og_model *model, const float *x, size_t shot) {
  og_support *set;
  assert_int_equal(og_support_create_for(model, &set), OG_OK);
  for (size_t c = 0; c < WAY; c++)
    for (size_t k = 0; k < shot; k++)
      assert_int_equal(og_support_add(set, (uint32_t)c, x + (c * (shot + QUERIES) + k) * DIM, NULL),
                       OG_OK);
  return set;
}

/* The cross-entropy that the set's similarities give a query of class `truth`. */
static double entropy(const og_model *model, const og_support *set, const float *query,
                      uint32_t truth) {
  const og_calibration *calibration = &og_model_get_info(model)->calibration;
  double scale = exp((double)model->head_values[model->head.count - 1]), sum = 0, own = 0;
  og_match matches[WAY];
  og_answer answer;
  assert_int_equal(og_support_classify(set, query, calibration, NAN, matches, WAY, &answer), OG_OK);
  assert_int_equal(answer.count, WAY);
  for (size_t i = 0; i < WAY; i++) {
    assert_true(matches[i].similarity >= -1 && matches[i].similarity <= 1);
    sum += exp(scale * (double)matches[i].similarity);
    if (matches[i].class_id == truth)
      own = scale * (double)matches[i].similarity;
  }
  return log(sum) - own;
}

static void scores_are_those_of_training(void **state) {
  (void)state;
  static const char *const heads[] = {"prototypical", "matching context=0", "matching context=4"};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    for (size_t shot = 1; shot <= MOST_SHOT; shot++) {
      og_model *model = load(heads[i]);
      float x[WAY * (MOST_SHOT + QUERIES) * DIM], d_x[WAY * (MOST_SHOT + QUERIES) * DIM];
      og_random random = og_random_stream(5, shot);
      for (size_t row = 0; row < WAY * (shot + QUERIES); row++) {
        float square = 0;
        for (size_t k = 0; k < DIM; k++) {
          x[row * DIM + k] = og_random_normal(&random);
          square += x[row * DIM + k] * x[row * DIM + k];
        }
        for (size_t k = 0; k < DIM; k++)
          x[row * DIM + k] /= sqrtf(square);
      }
      og_support *set = fill(model, x, shot);
      double mean = 0;
      for (size_t q = 0; q < WAY * QUERIES; q++)
        mean += entropy(model, set, x + (q / QUERIES * (shot + QUERIES) + shot + q % QUERIES) * DIM,
                        (uint32_t)(q / QUERIES)) /
                (WAY * QUERIES);
      og_episode_pass *pass =
          og_episode_pass_create(&model->head, (og_episode_size){WAY, shot, QUERIES});
      float *gradient = calloc(model->head.count, sizeof *gradient);
      assert_true(pass && gradient);
      double want = (double)og_episode_loss(pass, model->head_values, x, 1, d_x, gradient);
      if (!(fabs(mean - want) < 1e-5))
        fail_msg("%s, %zu-shot: %.7f by the set, %.7f by the loss", heads[i], shot, mean, want);
      free(gradient);
      og_episode_pass_free(pass);
      og_support_free(set);
      og_model_free(model);
    }
}

/* Taking away what was added leaves the scores as they were. */
static void context_follows_changes(void **state) {
  (void)state;
  og_model *model = load("matching context=3");
  float x[WAY * (1 + QUERIES) * DIM];
  og_random random = og_random_stream(6, 6);
  for (size_t k = 0; k < sizeof x / sizeof *x; k++)
    x[k] = og_random_normal(&random);
  og_support *set = fill(model, x, 1);
  double before = entropy(model, set, x + DIM, 1);
  uint32_t id;
  assert_int_equal(og_support_add(set, 2, x + 2 * DIM, &id), OG_OK);
  assert_true(entropy(model, set, x + DIM, 1) != before);
  assert_int_equal(og_support_remove(set, id), OG_OK);
  assert_true(entropy(model, set, x + DIM, 1) == before);
  for (uint32_t c = 0; c < WAY; c++)
    assert_int_equal(og_support_remove_class(set, c), OG_OK);
  og_answer answer;
  assert_int_equal(
      og_support_classify(set, x, &og_model_get_info(model)->calibration, NAN, NULL, 0, &answer),
      OG_OK);
  assert_true(answer.none == 1);
  og_support_free(set);
  og_model_free(model);
}

static void other_heads(void **state) {
  (void)state;
  og_support *set;
  og_model *model = load(NULL);
  assert_int_equal(og_support_create_for(model, &set), OG_OK);
  og_support_free(set);
  og_model_free(model);
  model = load("memory hidden=4 slots=8 width=3 reads=1 classes=3");
  assert_int_equal(og_support_create_for(model, &set), OG_ERROR_UNSUPPORTED);
  assert_null(set);
  og_model_free(model);
}

static void refuse(const char *head, const char *other, const char *part) {
  uint8_t *bytes;
  size_t size, length = strlen(head);
  og_model *model;
  og_error error = {0};
  assert_int_equal(random_model_with_head(net, input, head, &bytes, &size), OG_OK);
  for (size_t i = 0; i + length < size; i++)
    if (!memcmp(bytes + i, head, length))
      memcpy(bytes + i, other, length);
  assert_int_equal(og_model_load(bytes, size, NULL, &model, &error), OG_ERROR_FORMAT);
  if (!strstr(error.text, part))
    fail_msg("%s", error.text);
  free(bytes);
}

static void bad_heads(void **state) {
  (void)state;
  refuse("matching context=4", "matching context=0", "tensors that its net does not have");
  refuse("matching context=0", "matching context=4", "missing tensor 'head.forward.weight'");
  refuse("prototypical", "prototypicaX", "no kind of head");
  refuse("memory hidden=4 slots=8 width=3 reads=1 classes=3",
         "memory hidden=5 slots=8 width=3 reads=1 classes=3", "another shape of tensor");
}

static void logarithm(void **state) {
  (void)state;
  for (float x = 1e-30f; x < 1e30f; x *= 1.01f)
    assert_true(fabs((double)og_log(x) - log((double)x)) < 3e-7 * (1 + fabs(log((double)x))));
  assert_true(og_log(1) == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scores_are_those_of_training), cmocka_unit_test(context_follows_changes),
      cmocka_unit_test(other_heads), cmocka_unit_test(bad_heads), cmocka_unit_test(logarithm)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
