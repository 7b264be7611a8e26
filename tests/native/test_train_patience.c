/* Koch's stopping rule: a run ends where the held-out error no longer falls, with its best step as
 * the model, whatever interrupts it; his split by drawers; and recipes that ask for what cannot be.
 */
#include "native/command.h"

enum { EPOCH = 20, PATIENCE = 3, STEPS = 400 };

#define PATIENT                                                                                    \
  "\"epoch_steps\":20,\"patience_epochs\":3,\"validate_rounds\":64,\"calibrate\":false,"

/* And long enough to lose patience, under sanitizers too. */
static void validate_often(const char *path) {
  char *text = read_bytes(path, NULL), *at = strstr(text, "\"validate_every\":200}");
  assert_non_null(at);
  memcpy(strstr(text, "\"steps\":"), "\"steps\":400", sizeof "\"steps\":400" - 1);
  memcpy(at, "\"validate_every\":10}", sizeof "\"validate_every\":10}");
  write_text(path, text);
  free(text);
}

static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  write_recipe("r.json", PATIENT);
  validate_often("r.json");
  result r = RUN(TRAIN("whole", "--log", "log"));
  write_text("said", r.err);
  int code = r.code;
  result_free(r);
  return code;
}

/* The first step with the lowest error of a log, and the last step that was validated. */
static void read_log(unsigned long *best, unsigned long *last) {
  char *log = read_bytes("log", NULL), *line = log;
  double least = 1000;
  while ((line = strstr(line, "{\"step\":"))) {
    char *end = strchr(line, '\n'), *error = strstr(line, "\"validation_error_percent\":");
    if (error && error < end) {
      double percent = strtod(error + strlen("\"validation_error_percent\":"), NULL);
      *last = strtoul(line + strlen("{\"step\":"), NULL, 10);
      if (percent < least) {
        least = percent;
        *best = *last;
      }
    }
    line = end;
  }
  free(log);
}

static void the_best_step_is_the_model(void **state) {
  (void)state;
  unsigned long best = 0, last = 0;
  char text[128];
  read_log(&best, &last);
  print_message("best step %lu, ended at %lu\n", best, last);
  assert_int_equal(last, best + PATIENCE * EPOCH);
  assert_true(last < STEPS);
  char *said = read_bytes("said", NULL);
  snprintf(text, sizeof text,
           "train: no gain on held-out alphabets for 3 epochs, ended at step %lu\n", last);
  assert_non_null(strstr(said, text));
  free(said);
  result r = RUN("model", "info", "--json", "whole");
  snprintf(text, sizeof text, "\"steps\":\"%lu of 400\"", best);
  assert_non_null(strstr(r.out, text));
  result_free(r);
  assert_int_equal(count_files("checkpoint"), 0);
}

/* Stops a run once its first best step is safe. */
static void begin(const char *out) {
  char path[64];
  snprintf(path, sizeof path, "%s.checkpoint.best", out);
  pid_t pid = START(TRAIN(out, "--checkpoint-every", "0"));
  for (int i = 0; i < 60000 && !exists(path); i++)
    sleep_ms(1);
  kill(pid, SIGTERM);
  result r = finish(pid);
  assert_int_equal(r.code, 1);
  assert_non_null(strstr(r.err, "continue with the same command and --resume"));
  result_free(r);
}

static void resumed_it_ends_the_same(void **state) {
  (void)state;
  begin("cut");
  assert_true(exists("cut.checkpoint.best") && !exists("cut.checkpoint.best.before"));
  RUN_WELL(TRAIN("cut", "--resume"));
  assert_same_file("whole", "cut");
  assert_int_equal(count_files("checkpoint"), 0);
}

/* Nothing is learnt here, so the first validation stays the best. */
static void without_its_best_step_it_says_so(void **state) {
  (void)state;
  char *kept = read_bytes("r.json", NULL);
  write_recipe("r.json", PATIENT);
  char *text = read_bytes("r.json", NULL), *at = strstr(text, "\"learning_rate\":2e-3");
  memcpy(at, "\"learning_rate\":1e-9", 20);
  while ((at = strstr(text, " bn"))) /* whose statistics would move */
    memcpy(at, "   ", 3);
  write_text("r.json", text);
  free(text);
  validate_often("r.json");
  begin("lost");
  assert_int_equal(unlink("lost.checkpoint.best"), 0);
  result r = RUN(TRAIN("lost", "--resume"));
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.err, "ended at step 70\n"));
  assert_non_null(strstr(r.err, "the model is that of step 70, not of the best one, 10\n"));
  assert_non_null(strstr(r.out, "lost: 70 of 400 steps"));
  result_free(r);
  write_text("r.json", kept);
  free(kept);
}

static void drawers_are_split(void **state) {
  (void)state;
  write_recipe("d.json", "\"drawers\":4,\"validation_drawers\":2,\"calibrate\":false,");
  result r = RUN("train", "--recipe", "d.json", "--threads", "1", "--steps", "1", "--out", "d");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.err, "4 alphabets, 32 characters, 128 drawings"));
  result_free(r);
}

static void bad_recipes(void **state) {
  (void)state;
  static const struct {
    const char *more, *says;
  } cases[] = {
      {"\"pairs\":10,", "\"pairs\": are for the objective \"pairs\""},
      {"\"pairs\":0,", "\"pairs\": must be a whole number between 1 and 1e+07"},
      {"\"pair_copies\":9,", "\"pair_copies\": needs \"pairs\""},
      {"\"pair_copies\":26,", "\"pair_copies\": must be a whole number between 1 and 25"},
      {"\"distortion_chance\":0,", "\"distortion_chance\": must be a number between 0.01 and 1"},
      {"\"patience_epochs\":2,", "\"patience_epochs\": needs \"epoch_steps\""},
      {"\"drawers\":1,", "\"drawers\": must be a whole number between 2 and"},
      {"\"drawers\":7,", "drawers: the data has fewer than 7 known drawers of alphabet01"},
      {"\"validation_drawers\":2,", "\"validation_drawers\": needs \"drawers\""},
      {"\"drawers\":5,\"validation_drawers\":2,",
       "validation_drawers: the data has fewer than 7 known drawers of alphabet04"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_recipe("bad.json", cases[i].more);
    assert_complains(RUN("train", "--recipe", "bad.json", "--out", "b"), 2, cases[i].says);
  }
  write_recipe("bad.json", PATIENT);
  char *text = read_bytes("bad.json", NULL), *at = strstr(text, "\"holdout\":[\"alphabet04\"],");
  memset(at, ' ', strlen("\"holdout\":[\"alphabet04\"],"));
  write_text("bad.json", text);
  free(text);
  assert_complains(RUN("train", "--recipe", "bad.json", "--out", "b"), 2,
                   "\"patience_epochs\": needs \"holdout\" alphabets");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_best_step_is_the_model),
      cmocka_unit_test(resumed_it_ends_the_same),
      cmocka_unit_test(without_its_best_step_it_says_so),
      cmocka_unit_test(drawers_are_split),
      cmocka_unit_test(bad_recipes),
  };
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
