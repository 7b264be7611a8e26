/* Matching, Prototypical and memory-augmented networks, and a plain classifier: they learn, their
 * files hold their heads, and the commands use those or say why not. */
#include "native/command.h"

#include "embedding.h"
#include "instances.h"
#include "net/model.h"

/* Five made-up alphabets; the last is held out. */
static void write_episode_recipe(const char *objective) {
  char text[2048];
  snprintf(
      text, sizeof text,
      "{\"name\":\"tiny\",%s,\"holdout\":[\"alphabet04\"],"
      "\"procedural\":{\"alphabets\":5,\"classes\":8,\"drawers\":12,\"seed\":3},"
      "\"net\":[\"x = input 16 16 1\",\"c = conv x 8 3x3 same bn relu\",\"p = maxpool c 2\","
      "\"d = conv p 16 3x3 same bn relu\",\"q = maxpool d 2\",\"e = fc q 16\",\"o = l2norm e\"],"
      "\"input\":\"side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14\","
      "\"slices\":2,\"symmetries\":8,"
      "\"weight_decay\":1e-4,\"warmup_steps\":5,\"scale\":10,\"ema\":0,\"ema_start\":0,"
      "\"rotate_degrees\":10,\"stretch\":0.1,\"shear\":0.1,\"shift\":0.05,\"warp\":0.02,"
      "\"tone\":0.1,\"validate_every\":100000}",
      objective);
  write_text("r.json", text);
}

#define EPISODES(head, more)                                                                       \
  "\"objective\":\"episodes\",\"head\":\"" head                                                    \
  "\",\"same_alphabet\":0.5,\"learning_rate\":4e-3,\"steps\":60,\"classes_per_batch\":10,\"way\":" \
  "5,\"queries\":2," more
#define PLAIN "\"same_alphabet\":0,\"learning_rate\":1e-2,"
#define MEMORY                                                                                     \
  PLAIN "\"objective\":\"memory\",\"head\":\"memory hidden=24 slots=32 width=16 reads=1 "          \
        "classes=3\","                                                                             \
        "\"steps\":600,\"classes_per_batch\":24,\"way\":3,\"shot\":4,\"calibrate\":false"

#define CLASSES                                                                                    \
  "\"objective\":\"classes\",\"same_alphabet\":0,\"learning_rate\":4e-3,\"steps\":150,"            \
  "\"classes_per_batch\":24"

static double held_out_error(const char *path) {
  og_model *model;
  og_error error = {0};
  if (model_read(path, NULL, &model, &error))
    fail_msg("%s", error.text);
  double percent = atof(og_model_metadata(model, "held_out_error"));
  og_model_free(model);
  return percent;
}

static void episodes_are_learnt(void **state) {
  (void)state;
  static const char *const heads[] = {
      EPISODES("prototypical", "\"shot\":3"), EPISODES("matching context=0", "\"shot\":1"),
      EPISODES("matching context=2", "\"shot\":1,\"calibrate\":false")};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    write_episode_recipe(heads[i]);
    RUN_WELL(TRAIN("m.safetensors", "--steps", "60"));
    double percent = held_out_error("m.safetensors");
    print_message("%.2f %%\n", percent);
    assert_true(percent < 40); /* 8-way: 87.5 by guessing */
    RUN_WELL("eval", "--model", "m.safetensors", "--data", "procedural", "--task", "ink",
             "--trials", "40", "--shot", "2", "--threads", "1");
    result r = RUN("eval", "--model", "m.safetensors", "--data", ".", "--task", "instances");
    assert_complains(r, 2, "m.safetensors: the model has no memory");
  }
}

/* Under sanitizers nothing is learnt in the time there is. */
#ifdef ONEGLYPH_SANITIZE
enum { LEARNS = 0 };
#define MEMORY_STEPS "60"
#else
enum { LEARNS = 1 };
#define MEMORY_STEPS "600"
#endif

static void memory_is_learnt(void **state) {
  (void)state;
  write_episode_recipe(MEMORY);
  RUN_WELL(TRAIN("m.safetensors", "--steps", MEMORY_STEPS));
  og_model *model;
  og_error error = {0};
  assert_int_equal(model_read("m.safetensors", NULL, &model, &error), OG_OK);
  og_dataset *set;
  assert_int_equal(og_dataset_procedural(3, 5, 0, 8, 12, &set), OG_OK);
  size_t dim = og_model_get_info(model)->dim;
  float *embeddings = calloc(set->drawings * dim, sizeof *embeddings);
  assert_int_equal(embed_rasters(model, 1, set->rasters, NULL, set->drawings, 2, embeddings, dim),
                   OG_OK);
  instance_count counts[INSTANCES], again[INSTANCES];
  assert_int_equal(instances_measure(model, embeddings, set, 100, 1, counts, &error), OG_OK);
  for (size_t i = 0; i < INSTANCES; i++) {
    assert_int_equal(counts[i].trials, 300);
    print_message("instance %zu: %d errors in 300\n", i + 1, (int)counts[i].errors);
  }
  /* The first drawing of a character can only be guessed: 200 errors are chance. What comes after
   * the fourth was never trained. */
  assert_true(counts[0].errors > 90);
  if (LEARNS)
    assert_true(counts[1].errors < 60 && counts[2].errors < 100);
  assert_int_equal(instances_measure(model, embeddings, set, 100, 1, again, &error), OG_OK);
  assert_memory_equal(counts, again, sizeof counts);
  free(embeddings);
  og_dataset_free(set);
  og_model_free(model);
  result r = RUN("eval", "--model", "m.safetensors", "--data", "procedural", "--task", "ink");
  assert_complains(r, 2, "m.safetensors: a network with memory judges no support sets");
  r = RUN("eval", "--model", "m.safetensors", "--data", ".", "--task", "instances", "--way", "5");
  assert_complains(r, 2, "--task instances takes none of --way");
}

/* The errors that `eval --json` prints. */
static double errors_of(const char *model) {
  result r = RUN("eval", "--model", model, "--data", "procedural", "--task", "ink", "--trials",
                 "400", "--threads", "1", "--json");
  const char *at = strstr(r.out, "\"errors\":");
  if (r.code || !at)
    fail_msg("%s: %s", model, r.err);
  assert_non_null(strstr(r.out, model));
  double errors = atof(at + strlen("\"errors\":"));
  result_free(r);
  return errors;
}

static void classes_are_learnt(void **state) {
  (void)state;
  write_episode_recipe(CLASSES);
  RUN_WELL(TRAIN("m.safetensors", "--steps", "150"));
  double percent = held_out_error("m.safetensors");
  print_message("%.2f %%\n", percent);
  assert_true(percent < 50); /* 8-way: 87.5 by guessing */
  og_model *model;
  assert_int_equal(model_read("m.safetensors", NULL, &model, NULL), OG_OK);
  assert_int_equal(model->head.kind, OG_HEAD_COSINE); /* and the last layer was left behind: */
  assert_int_equal(og_model_get_info(model)->parameters,
                   (9 + 1) * 8 + (9 * 8 + 1) * 16 + (16 * 16 + 1) * 16);
  og_model_free(model);
  double nearest = errors_of("m.safetensors"), refit = errors_of("refit:m.safetensors");
  print_message("errors of 400: nearest neighbour %.0f, refitted %.0f\n", nearest, refit);
  assert_true(refit < 200 && refit < 1.5 * nearest); /* 20-way: 380 by guessing */
}

static void refitted_layers_say_no(void **state) {
  (void)state;
  write_text("m.safetensors", "none");
  assert_complains(
      RUN("eval", "--model", "refit:m.safetensors", "--data", "procedural", "--task", "ink"), 2,
      "m.safetensors: ");
  assert_complains(RUN("eval", "--model", "refit:", "--data", "."), 2,
                   "--model refit: needs a model file behind the colon");
  assert_complains(RUN("eval", "--model", "refit:m", "--data", ".", "--task", "verify"), 2,
                   "--task verify asks for probabilities, which refit:m has not");
  assert_complains(RUN("eval", "--model", "refit:m", "--data", ".", "--task", "instances"), 2,
                   "--task instances takes none of ");
}

static void threads_share_slices(void **state) {
  (void)state;
  static const char *const heads[] = {
      EPISODES("matching context=2", "\"shot\":2,\"calibrate\":false"), MEMORY, CLASSES};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    write_episode_recipe(heads[i]);
    RUN_WELL("train", "--recipe", "r.json", "--steps", "6", "--out", "one", "--threads", "1");
    RUN_WELL("train", "--recipe", "r.json", "--steps", "6", "--out", "two", "--threads", "2");
    assert_same_file("one", "two");
  }
}

static void bad_recipes(void **state) {
  (void)state;
  static const struct {
    const char *objective, *part;
  } bad[] = {
      {EPISODES("cosine", "\"shot\":1"), "head: no kind of head 'cosine'"},
      {EPISODES("prototypical", "\"whiten\":1,\"shot\":1"), "\"whiten\": a head is learnt for"},
      {PLAIN "\"head\":\"matching context=2\",\"steps\":9,\"classes_per_batch\":10",
       "its objective trains no head"},
      {EPISODES("matching context=99", "\"shot\":1"), "head: context is out of range"},
      {EPISODES("memory hidden=4 slots=8 width=4 reads=1 classes=5", "\"shot\":1"),
       "episodes needs a head \"matching"},
      {EPISODES("prototypical", "\"calibrate\":false"), "shot must be 1 to 256"},
      {EPISODES("prototypical", "\"shot\":11"), "has too few drawings for shot and queries"},
      {PLAIN "\"objective\":\"episodes\",\"steps\":9,\"classes_per_batch\":10", "needs a head"},
      {PLAIN "\"objective\":\"episodes\",\"head\":\"prototypical\",\"steps\":9,"
             "\"classes_per_batch\":10,\"way\":5,\"shot\":1",
       "needs queries"},
      {PLAIN "\"objective\":\"episodes\",\"head\":\"prototypical\",\"steps\":9,"
             "\"classes_per_batch\":10,\"way\":4,\"shot\":1,\"queries\":1",
       "a multiple of it"},
      {PLAIN "\"objective\":\"memory\",\"head\":\"prototypical\",\"steps\":9,"
             "\"classes_per_batch\":10,\"way\":5,\"shot\":1",
       "memory needs a head"},
      {PLAIN "\"objective\":\"classes\",\"head\":\"prototypical\",\"steps\":9,"
             "\"classes_per_batch\":10",
       "the objective classes trains no head"},
      {PLAIN
       "\"objective\":\"memory\",\"head\":\"memory hidden=4 slots=8 width=4 reads=1 classes=4\","
       "\"steps\":9,\"classes_per_batch\":10,\"way\":5,\"shot\":1",
       "way must be the head's classes"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    write_episode_recipe(bad[i].objective);
    assert_complains(RUN(TRAIN("m.safetensors", "--steps", "3")), 2, bad[i].part);
  }
  assert_int_equal(count_files("checkpoint"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(episodes_are_learnt, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(memory_is_learnt, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(classes_are_learnt, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(refitted_layers_say_no, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(threads_share_slices, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(bad_recipes, enter_folder, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
