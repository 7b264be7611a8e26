/* Recipes with "then": stages that follow one another in one run are what as many commands make,
 * and nothing on the way there changes or loses them. */
#include "native/command.h"

#define FIRST "\"slices\":2,\"steps\":120,\"margin\":0.05,\"whiten\":0.3,"
#define STAGES(name, out, ...)                                                                     \
  "train", "--recipe", name, "--threads", "2", "--seed", "5", "--out", out, __VA_ARGS__

/* A recipe whose "steps" and others come from `more` in place of the usual ones. */
static void write_stage(const char *path, const char *more) {
  write_recipe(path, more);
  char *text = read_bytes(path, NULL), *at = strstr(text, "\"steps\":" RECIPE_STEPS ",");
  memset(at, ' ', strlen("\"steps\":" RECIPE_STEPS ","));
  write_text(path, text);
  free(text);
}

static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  write_stage("then.json", FIRST
              "\"then\":[{\"steps\":80,\"learning_rate\":0.001,\"margin\":0,\"also\":{"
              "\"alphabets\":1,\"classes\":6,\"drawers\":4,\"seed\":9}},{\"steps\":30,\"style\":1}"
              "],");
  RUN_WELL(STAGES("then.json", "whole", "--log", "whole.log"));
  return 0;
}

/* The numbers that a model makes of a drawing. */
static char *embedding_of(const char *model) {
  write_text("ink.jsonl", "{\"strokes\":[[[0,0],[30,40],[60,5]],[[10,50],[50,50]]]}\n");
  result r = RUN("embed", "--model", model, "ink.jsonl");
  assert_int_equal(r.code, 0);
  char *copy = strdup(strstr(r.out, "\"embedding\""));
  result_free(r);
  return copy;
}

static void stages_are_as_many_commands(void **state) {
  (void)state;
#define OTHER                                                                                      \
  "\"slices\":2,\"whiten\":0.3,\"also\":{\"alphabets\":1,\"classes\":6,\"drawers\":4,\"seed\":9},"
  write_stage("1.json", FIRST);
  write_stage("2.json", OTHER "\"steps\":80,\"start\":\"one\",");
  write_stage("3.json", OTHER "\"steps\":30,\"style\":1,\"start\":\"two\",");
  static const char *const later[] = {"2.json", "3.json"};
  for (size_t i = 0; i < 2; i++) {
    char *text = read_bytes(later[i], NULL);
    memcpy(strstr(text, "\"learning_rate\":2e-3"), "\"learning_rate\":1e-3", 20);
    write_text(later[i], text);
    free(text);
  }
  RUN_WELL("train", "--recipe", "1.json", "--seed", "5", "--out", "one");
  RUN_WELL("train", "--recipe", "2.json", "--seed", "6", "--out", "two");
  RUN_WELL("train", "--recipe", "3.json", "--seed", "7", "--out", "three");
  char *apart = embedding_of("three"), *together = embedding_of("whole"),
       *two = embedding_of("two");
  assert_string_equal(together, apart);
  assert_string_not_equal(together, two);
  free(apart);
  free(together);
  free(two);
}

static void the_file_and_the_log_say_so(void **state) {
  (void)state;
  result r = RUN("model", "info", "--json", "whole");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "\"steps\":\"230 of 230\""));
  assert_non_null(strstr(r.out, "\"images\":\"3680\""));
  assert_non_null(strstr(r.out, "\"seed\":\"5\""));
  /* What each stage changes, and no more; what it takes away is a 0. */
  assert_non_null(strstr(r.out, "\\\"then\\\":[{"));
  assert_non_null(strstr(r.out, "\\\"margin\\\":0}"));
  assert_non_null(strstr(r.out, "{\\\"steps\\\":30,\\\"style\\\":1}]"));
  result_free(r);
  char *log = read_bytes("whole.log", NULL);
  assert_non_null(strstr(log, "{\"step\":120,"));
  assert_non_null(strstr(log, "\"stage\":1,"));
  assert_non_null(strstr(strstr(log, "\"stage\":2,"), "{\"step\":30,"));
  free(log);
  assert_int_equal(count_files("checkpoint"), 0);
}

/* Until there is something to lose, and the command says what it trains on. */
static void wait_until_under_way(const char *checkpoint) {
  struct stat about;
  for (int i = 0; i < 20000 && (!exists(checkpoint) || stat("stderr", &about) || !about.st_size);
       i++)
    sleep_ms(1);
}

/* Killed at any time, in a stage or between two, it goes on and comes to the same. */
static void killed_in_any_stage_loses_nothing(void **state) {
  (void)state;
  unsigned random = 99;
  int resumes = 0;
  for (int i = 0; i < 14; i++) {
    int there = exists("killed.checkpoint");
    resumes += there;
    pid_t pid = there ? START(STAGES("then.json", "killed", "--checkpoint-every", "0", "--resume"))
                      : START(STAGES("then.json", "killed", "--checkpoint-every", "0"));
    random = random * 1103515245u + 12345u;
    wait_until_under_way("killed.checkpoint");
    sleep_ms((long)(random >> 16) % 40);
    kill(pid, i % 3 ? SIGKILL : SIGTERM);
    result r = finish(pid);
    int code = r.code;
    result_free(r);
    if (code == 0)
      break;
    assert_true(code == 1 || code == 1000 + SIGKILL || code == 1000 + SIGTERM);
  }
  assert_true(resumes > 0);
  if (exists("killed.checkpoint"))
    RUN_WELL(STAGES("then.json", "killed", "--resume"));
  assert_same_file("whole", "killed");
}

static void minutes_are_of_all_stages(void **state) {
  (void)state;
  result r = RUN(STAGES("then.json", "early", "--minutes", "0.001"));
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.err, "train: tiny, stage 1 of 3; "));
  assert_null(strstr(r.err, "stage 2 of 3"));
  result_free(r);
  assert_true(exists("early"));
  assert_complains(RUN("train", "--recipe", "then.json", "--seed", "5", "--steps", "7", "--resume",
                       "--out", "early"),
                   2, "differs in the recipe's \"steps\"");
  RUN_WELL(STAGES("then.json", "early", "--resume"));
  assert_same_file("whole", "early");
  r = RUN(STAGES("then.json", "short", "--steps", "2"));
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "short: stage 3 of 3, 2 of 2 steps in "));
  result_free(r);
}

static void bad_stages_are_named(void **state) {
  (void)state;
  static const struct {
    const char *more, *error;
  } bad[] = {
      {"\"then\":{},", "\"then\": must be an array of 1 to 15 objects"},
      {"\"then\":[],", "\"then\": must be an array of 1 to 15 objects"},
      {"\"then\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}],", "1 to 15 objects"},
      {"\"then\":[{},3],", "\"then[1]\": must be an object"},
      {"\"then\":[{\"stepps\":3}],", "\"then[0].stepps\": unknown key"},
      {"\"then\":[{},{\"steps\":0}],", "\"then[1].steps\": must be a whole number between"},
      {"\"then\":[{\"name\":\"x\"}],", "\"then[0].name\": is the same in all stages"},
      {"\"then\":[{\"holdout\":[]}],", "\"then[0].holdout\": is the same in all stages"},
      {"\"then\":[{\"slices\":3}],", "\"then[0].slices\": is the same in all stages"},
      {"\"then\":[{\"then\":[]}],", "\"then[0].then\": is the same in all stages"},
      {"\"then\":[{\"also\":{\"alphabets\":1}}],", "\"then[0].also.classes\": is missing"},
      {"\"patience_epochs\":2,\"epoch_steps\":5,\"then\":[{}],", "must be the last"},
      {"\"then\":[{\"net\":[\"x = input 16 16 1\",\"e = fc x 16\",\"o = l2norm e\"]}],",
       "\"then[0].net\": is the same in all stages"},
      /* What the trainer refuses comes before the first stage, not after it. */
      {"\"then\":[{\"learning_rate\":2}],", "stage 2: recipe: learning_rate, weight_decay in"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    write_recipe("bad.json", bad[i].more);
    assert_complains(RUN("train", "--recipe", "bad.json", "--steps", "2", "--out", "bad"), 2,
                     bad[i].error);
    assert_false(exists("bad"));
    unlink("bad.checkpoint");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stages_are_as_many_commands),
      cmocka_unit_test(the_file_and_the_log_say_so),
      cmocka_unit_test(killed_in_any_stage_loses_nothing),
      cmocka_unit_test(minutes_are_of_all_stages),
      cmocka_unit_test(bad_stages_are_named),
  };
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
