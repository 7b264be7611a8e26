/* A run that starts from a model file starts as that model. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/tiny_run.h"

enum { DIM = 16 };

typedef struct file {
  uint8_t *bytes;
  size_t size;
} file;

static og_trainer *create(const og_recipe *how) {
  og_trainer *trainer;
  og_error error = {0};
  if (og_trainer_create(how, set, SEED, 2, NULL, &trainer, &error))
    fail_msg("%s", error.text);
  return trainer;
}

static float step(og_trainer *trainer, uint64_t times) {
  og_step report = {0};
  while (times--)
    assert_int_equal(og_trainer_step(trainer, &report, NULL), OG_OK);
  return report.loss;
}

static file export(const og_trainer *trainer) {
  file out;
  assert_int_equal(og_trainer_export(trainer, NULL, 0, NULL, 0, &out.bytes, &out.size, NULL),
                   OG_OK);
  return out;
}

/* A model of some steps. */
static file some_model(void) {
  og_trainer *trainer = create(&tiny_recipe);
  step(trainer, STEPS);
  file out = export(trainer);
  og_trainer_free(trainer);
  return out;
}

static void embed_one(file model, float *embedding) {
  og_model *m;
  og_workspace *w;
  assert_int_equal(og_model_load(model.bytes, model.size, NULL, &m, NULL), OG_OK);
  assert_int_equal(og_workspace_create(m, &w), OG_OK);
  assert_int_equal(og_embed(m, w, og_dataset_raster(set, 5), embedding), OG_OK);
  og_workspace_free(w);
  og_model_free(m);
}

/* Its loss in its first step. */
static float starts_as_the_model(const og_recipe *how) {
  file model = some_model(), again;
  og_trainer *trainer = create(how);
  float before[DIM], after[DIM];
  assert_int_equal(og_trainer_start(trainer, model.bytes, model.size, NULL), OG_OK);
  again = export(trainer);
  embed_one(model, before);
  embed_one(again, after);
  for (size_t k = 0; k < DIM; k++)
    assert_true(fabsf(before[k] - after[k]) < 1e-4f);
  float loss = step(trainer, 1);
  og_trainer_free(trainer);
  free(model.bytes);
  free(again.bytes);
  return loss;
}

static void it_starts_as_the_model(void **state) {
  (void)state;
  og_trainer *trainer = create(&tiny_recipe);
  float random = step(trainer, 1);
  og_trainer_free(trainer);
  assert_true(starts_as_the_model(&tiny_recipe) < random);
}

static void a_wider_net_starts_as_the_model(void **state) {
  (void)state;
  og_recipe wider = tiny_recipe;
  wider.net = tiny_wider_net;
  assert_true(fabsf(starts_as_the_model(&wider) - starts_as_the_model(&tiny_recipe)) < 1e-3f);
}

/* What is not in the middle any more, or of another size, is seen by the same net. */
static void another_window_is_looked_through(void **state) {
  (void)state;
  file model = some_model(), again;
  og_recipe other = tiny_recipe;
  other.input = "side=16 half_width=0 blur=2.75 tone_threshold=0.28 tone_gain=14";
  og_trainer *trainer = create(&other);
  float before[DIM], after[DIM], same = 0;
  assert_int_equal(og_trainer_start(trainer, model.bytes, model.size, NULL), OG_OK);
  again = export(trainer);
  embed_one(model, before);
  embed_one(again, after);
  for (size_t k = 0; k < DIM; k++)
    same += before[k] * after[k];
  assert_true(same < 0.999f);
  const float loss = step(trainer, 1);
  assert_true(step(trainer, STEPS) < loss);
  og_trainer_free(trainer);
  free(model.bytes);
  free(again.bytes);
}

static void refuse(const og_recipe *how, file model, const char *why) {
  og_trainer *trainer = create(how);
  og_error error = {0};
  assert_int_equal(og_trainer_start(trainer, model.bytes, model.size, &error), OG_ERROR_FORMAT);
  assert_non_null(strstr(error.text, why));
  og_trainer_free(trainer);
}

static void other_files_are_refused(void **state) {
  (void)state;
  file model = some_model();
  og_recipe other = tiny_recipe;
  other.net = "x = input 16 16 1\nc = conv x 8 3x3 same bn relu\np = maxpool c 2\n"
              "d = conv p 12 3x3 same bn relu\nq = maxpool d 2\ne = fc q 12\no = l2norm e";
  refuse(&other, model, "the recipe's net");
  refuse(&tiny_recipe, (file){model.bytes, model.size - 1}, "");
  refuse(&tiny_recipe, (file){model.bytes, 3}, "");
  const float nan = NAN;
  memcpy(model.bytes + model.size - 16, &nan, sizeof nan);
  refuse(&tiny_recipe, model, "finite");
  free(model.bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_starts_as_the_model),
      cmocka_unit_test(a_wider_net_starts_as_the_model),
      cmocka_unit_test(another_window_is_looked_through),
      cmocka_unit_test(other_files_are_refused),
  };
  return cmocka_run_group_tests(tests, prepare, finish);
}
