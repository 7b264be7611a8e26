/* A net learns what a finished model makes of the same drawings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/tiny_run.h"
#include "train/teacher.h"

enum { DIM = 16, SIDE = 16, BATCH = 3, COUNT = BATCH * DIM };

typedef struct file {
  uint8_t *bytes;
  size_t size;
} file;

static og_recipe taught(float weight) {
  og_recipe recipe = tiny_recipe;
  recipe.teacher_weight = weight;
  return recipe;
}

/* A run of `steps` that learns from `teacher`, or from nobody if that is empty. */
static og_trainer *run(const og_recipe *how, file teacher, uint64_t steps, float *loss) {
  og_trainer *trainer;
  og_error error = {0};
  og_step report = {0};
  if (og_trainer_create(how, set, SEED, 2, NULL, &trainer, &error))
    fail_msg("%s", error.text);
  if (teacher.bytes)
    assert_int_equal(og_trainer_teach(trainer, teacher.bytes, teacher.size, NULL), OG_OK);
  while (steps--)
    assert_int_equal(og_trainer_step(trainer, &report, NULL), OG_OK);
  if (loss)
    *loss = report.loss;
  return trainer;
}

/* The model that a run of some steps makes; frees the run. */
static file model_of(og_trainer *trainer) {
  file out;
  assert_int_equal(og_trainer_export(trainer, NULL, 0, NULL, 0, &out.bytes, &out.size, NULL),
                   OG_OK);
  og_trainer_free(trainer);
  return out;
}

static file wide_teacher(void) {
  og_recipe wide = tiny_recipe;
  wide.net = tiny_wider_net;
  return model_of(run(&wide, (file){0}, STEPS, NULL));
}

static float *embed_all(file model) {
  og_model *m;
  og_workspace *w;
  float *out = malloc(set->drawings * DIM * sizeof *out);
  assert_int_equal(og_model_load(model.bytes, model.size, NULL, &m, NULL), OG_OK);
  assert_int_equal(og_workspace_create(m, &w), OG_OK);
  for (size_t i = 0; i < set->drawings; i++)
    assert_int_equal(og_embed(m, w, og_dataset_raster(set, i), out + i * DIM), OG_OK);
  og_workspace_free(w);
  og_model_free(m);
  return out;
}

/* Mean cosine of what two models make of a drawing. */
static float likeness(file a, file b) {
  float *x = embed_all(a), *y = embed_all(b), sum = 0;
  for (size_t i = 0; i < set->drawings * DIM; i++)
    sum += x[i] * y[i];
  free(x);
  free(y);
  return sum / (float)set->drawings;
}

static void the_net_comes_nearer_to_its_teacher(void **state) {
  (void)state;
  const og_recipe how = taught(30);
  file teacher = wide_teacher(), alone = model_of(run(&tiny_recipe, (file){0}, STEPS, NULL));
  float loss_alone, loss;
  og_trainer_free(run(&tiny_recipe, (file){0}, 1, &loss_alone));
  og_trainer_free(run(&how, teacher, 1, &loss));
  assert_true(loss > loss_alone && loss < loss_alone + 60);
  file pupil = model_of(run(&how, teacher, STEPS, NULL));
  print_message("likeness %g, alone %g\n", (double)likeness(pupil, teacher),
                (double)likeness(alone, teacher));
  assert_true(likeness(pupil, teacher) > likeness(alone, teacher) + 0.1f);
  free(teacher.bytes);
  free(alone.bytes);
  free(pupil.bytes);
}

static void interrupted_it_is_the_same(void **state) {
  (void)state;
  const og_recipe how = taught(30);
  file teacher = wide_teacher();
  og_trainer *whole = run(&how, teacher, STEPS, NULL), *half = run(&how, teacher, STEPS / 2, NULL);
  uint8_t *saved;
  size_t size;
  assert_int_equal(og_trainer_save(half, &saved, &size), OG_OK);
  og_trainer_free(half);
  og_trainer *again = run(&how, teacher, 0, NULL);
  assert_int_equal(og_trainer_load(again, saved, size, NULL), OG_OK);
  og_step report;
  for (int i = STEPS / 2; i < STEPS; i++)
    assert_int_equal(og_trainer_step(again, &report, NULL), OG_OK);
  assert_true(trained_hash(again) == trained_hash(whole));
  og_trainer_free(again);
  og_trainer *other = run(&tiny_recipe, (file){0}, 0, NULL);
  assert_int_equal(og_trainer_load(other, saved, size, NULL), OG_ERROR_ARGUMENT);
  og_trainer_free(other);
  og_trainer_free(whole);
  free(teacher.bytes);
  free(saved);
}

static void its_gradient_is_right(void **state) {
  (void)state;
  file bytes = wide_teacher();
  og_net net;
  og_pass *pass;
  og_teacher *teacher;
  const og_kernels *kernels = og_kernels_find(NULL);
  assert_int_equal(og_net_parse(tiny_recipe.net, &net, NULL), OG_OK);
  assert_int_equal(og_pass_create(&net, kernels, BATCH, 1, 1, &pass), OG_OK);
  assert_int_equal(og_teacher_create(bytes.bytes, bytes.size, &net, tiny_recipe.input, kernels,
                                     BATCH, 1, 1, &teacher, NULL),
                   OG_OK);
  og_random random = og_random_stream(1, 1);
  for (size_t i = 0; i < BATCH; i++)
    for (size_t y = 0; y < SIDE; y++)
      for (size_t x = 0; x < SIDE; x++) {
        og_plane plane = og_pass_input(pass, i);
        plane.at[y * plane.line + x] = og_random_unit(&random);
      }
  float e[COUNT], gradient[COUNT], loss = 0;
  for (size_t i = 0; i < COUNT; i++) {
    e[i] = og_random_signed(&random) / 4;
    gradient[i] = 1;
  }
  assert_int_equal(og_teacher_ask(teacher, pass, 2, e, gradient, &loss), OG_OK);
  for (size_t i = 0; i < COUNT; i++) {
    float unused[COUNT] = {0}, above = 0, kept = e[i];
    e[i] = kept + 1;
    assert_int_equal(og_teacher_ask(teacher, pass, 2, e, unused, &above), OG_OK);
    e[i] = kept;
    assert_true(fabsf(above - loss - (gradient[i] - 1)) < 1e-5f);
  }
  og_teacher_free(teacher);
  og_pass_free(pass);
  free(bytes.bytes);
}

static void refuse(const og_recipe *how, file teacher, og_status status, const char *why) {
  og_trainer *trainer = run(how, (file){0}, 0, NULL);
  og_error error = {0};
  assert_int_equal(og_trainer_teach(trainer, teacher.bytes, teacher.size, &error), status);
  if (!strstr(error.text, why))
    fail_msg("%s", error.text);
  og_trainer_free(trainer);
}

static void other_teachers_are_refused(void **state) {
  (void)state;
  file teacher = wide_teacher();
  og_recipe other = taught(1);
  other.input = "side=16 half_width=2.5 blur=2.75 tone_threshold=0.28 tone_gain=14";
  refuse(&other, teacher, OG_ERROR_FORMAT, "the recipe's input");
  other = taught(1);
  other.net = "x = input 16 16 1; c = conv x 8 3x3 same bn relu; p = maxpool c 4;"
              "e = fc p 12; o = l2norm e";
  refuse(&other, teacher, OG_ERROR_FORMAT, "as many numbers");
  other = taught(1);
  other.objective = "classes";
  refuse(&other, teacher, OG_ERROR_ARGUMENT, "the objective");
  other = taught(1);
  refuse(&other, (file){teacher.bytes, teacher.size - 1}, OG_ERROR_FORMAT, "");
  refuse(&other, (file){teacher.bytes, 3}, OG_ERROR_FORMAT, "");
  const float nan = NAN;
  memcpy(teacher.bytes + teacher.size - 16, &nan, sizeof nan);
  refuse(&other, teacher, OG_ERROR_FORMAT, "finite");
  free(teacher.bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_net_comes_nearer_to_its_teacher),
      cmocka_unit_test(interrupted_it_is_the_same),
      cmocka_unit_test(its_gradient_is_right),
      cmocka_unit_test(other_teachers_are_refused),
  };
  return cmocka_run_group_tests(tests, prepare, finish);
}
