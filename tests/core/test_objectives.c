/* Each objective trains a tiny net: the same state comes back from a checkpoint, and a model that
 * loads is what comes out. Recipes that do not suit an objective are refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fewshot/dataset.h"
#include "train/train.h"

#define EMBEDDING                                                                                  \
  "x = input 16 16 1\nc = conv x 4 3x3 same bn relu\np = maxpool c 4\ne = fc p 8\no = l2norm e"
#define FEATURES                                                                                   \
  "x = input 16 16 1\nc = conv x 4 3x3 same relu\np = maxpool c 4\ne = fc p 8 sigmoid"
#define COMPARER "x = input 16 16 2\nc = conv x 4 3x3 same bn relu\np = maxpool c 4\ne = fc p 1"

static const og_recipe base = {
    .net = EMBEDDING,
    .input = "side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14",
    .steps = 4,
    .classes_per_batch = 10,
    .same_alphabet = 0.5f,
    .slices = 2,
    .symmetries = 4,
    .learning_rate = 1e-3f,
    .weight_decay = 1e-4f,
    .warmup_steps = 2,
    .scale = 8,
    .ema = 0.9f,
    .rotate_degrees = 10,
    .stretch = 0.2f,
    .shear = 0.2f,
    .shift = 0.1f,
};

static og_dataset *set;

static int prepare(void **state) {
  (void)state;
  return og_dataset_procedural(5, 3, 1, 6, 6, &set) != OG_OK;
}

static int finish(void **state) {
  (void)state;
  og_dataset_free(set);
  return 0;
}

static og_trainer *make(const og_recipe *recipe) {
  og_trainer *trainer;
  og_error error = {0};
  if (og_trainer_create(recipe, set, 3, 2, "scalar", &trainer, &error))
    fail_msg("%s: %s", recipe->objective, error.text);
  return trainer;
}

static og_step step(og_trainer *trainer) {
  og_step report;
  og_error error = {0};
  if (og_trainer_step(trainer, &report, &error))
    fail_msg("%s", error.text);
  assert_true(isfinite(report.loss) && report.images > 0);
  return report;
}

/* Two steps, a checkpoint, two more; then those two again from the checkpoint, to the same bits. */
static void trains(const og_recipe *recipe) {
  og_trainer *trainer = make(recipe), *again = make(recipe);
  uint8_t *bytes, *end, *same;
  size_t size, end_size, same_size;
  og_error error = {0};
  step(trainer);
  step(trainer);
  assert_int_equal(og_trainer_save(trainer, &bytes, &size), OG_OK);
  assert_int_equal(og_trainer_load(again, bytes, size, &error), OG_OK);
  assert_int_equal(og_trainer_position(again), 2);
  assert_int_not_equal(og_trainer_load(again, bytes, size / 2, &error), OG_OK);
  assert_int_equal(og_trainer_load(again, bytes, size, &error), OG_OK);
  for (int i = 0; i < 2; i++)
    assert_true(step(trainer).loss == step(again).loss);
  free(bytes);
  assert_int_equal(og_trainer_export(trainer, NULL, 0, NULL, 0, &end, &end_size, &error), OG_OK);
  assert_int_equal(og_trainer_export(again, NULL, 0, NULL, 1, &same, &same_size, &error), OG_OK);
  assert_true(same_size < end_size); /* half the bytes a number */
  free(same);
  assert_int_equal(og_trainer_export(again, NULL, 0, NULL, 0, &same, &same_size, &error), OG_OK);
  assert_int_equal(same_size, end_size);
  assert_memory_equal(same, end, end_size);
  og_model *model;
  assert_int_equal(og_model_load(end, end_size, NULL, &model, &error), OG_OK);
  og_model_free(model);
  free(end);
  free(same);
  og_trainer_free(trainer);
  og_trainer_free(again);
}

static void every_objective_trains(void **state) {
  (void)state;
  const og_recipe rows[] = {
      {.objective = "embed", .net = EMBEDDING},
      {.objective = "compare", .net = COMPARER, .candidates = 3},
      {.objective = "episodes", .net = EMBEDDING, .head = "prototypical"},
      {.objective = "episodes", .net = EMBEDDING, .head = "matching context=0"},
      {.objective = "episodes", .net = EMBEDDING, .head = "matching context=2"},
      {.objective = "memory",
       .net = EMBEDDING,
       .head = "memory hidden=100 slots=64 width=40 reads=1 classes=5"},
      {.objective = "pairs", .net = FEATURES, .head = "siamese"},
      {.objective = "all-pairs", .net = FEATURES, .head = "siamese"},
      {.objective = "classes", .net = EMBEDDING},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    og_recipe recipe = base;
    recipe.objective = rows[i].objective;
    recipe.net = rows[i].net;
    recipe.head = rows[i].head;
    recipe.candidates = rows[i].candidates;
    recipe.way = 5;
    recipe.shot = 2;
    recipe.queries = !strcmp(recipe.objective, "episodes") ? 2 : 0;
    print_message("%s %s\n", recipe.objective, recipe.head ? recipe.head : "");
    trains(&recipe);
  }
}

static void what_does_not_suit_is_refused(void **state) {
  (void)state;
  const og_recipe rows[] = {
      {.objective = "embed", .net = COMPARER},
      {.objective = "compare", .net = EMBEDDING, .candidates = 3},
      {.objective = "episodes", .net = EMBEDDING},
      {.objective = "memory", .net = EMBEDDING, .head = "prototypical"},
      {.objective = "pairs", .net = FEATURES},
      {.objective = "classes", .net = FEATURES},
      {.objective = "classes", .net = EMBEDDING, .head = "prototypical"},
      {.objective = "nothing", .net = EMBEDDING},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    og_recipe recipe = base;
    og_trainer *trainer = NULL;
    og_error error = {0};
    recipe.objective = rows[i].objective;
    recipe.net = rows[i].net;
    recipe.head = rows[i].head;
    recipe.candidates = rows[i].candidates;
    recipe.way = 5;
    recipe.shot = recipe.queries = 2;
    assert_int_not_equal(og_trainer_create(&recipe, set, 3, 1, NULL, &trainer, &error), OG_OK);
    assert_true(!trainer && error.text[0] && !strchr(error.text, '\n'));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_objective_trains),
      cmocka_unit_test(what_does_not_suit_is_refused),
  };
  return cmocka_run_group_tests(tests, prepare, finish);
}
