/* Training through the command: the model at the end, and that nothing on the way there (a signal,
 * a crash, a limit) changes or loses it. */
#include "native/command.h"

#include "oneglyph.h"

#include <math.h>

static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  write_recipe("r.json", "");
  RUN_WELL(TRAIN("whole", "--log", "whole.log"));
  return 0;
}

static void a_run_leaves_a_model_and_a_log(void **state) {
  (void)state;
  assert_true(exists("whole"));
  assert_false(exists("whole.checkpoint"));
  assert_int_equal(count_files(".tmp"), 0);
  char *log = read_bytes("whole.log", NULL);
  static const char *const keys[] = {
      "step",   "images", "loss", "scale", "lr", "images_per_second", "validation_error_percent",
      "seconds"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    char key[40];
    snprintf(key, sizeof key, "\"%s\":", keys[i]);
    assert_non_null(strstr(log, key));
  }
  assert_non_null(strstr(log, "{\"step\":" RECIPE_STEPS ",\"images\":" RECIPE_IMAGES ","));
  free(log);
  result r = RUN("model", "info", "--json", "whole");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "\"steps\":\"" RECIPE_STEPS " of " RECIPE_STEPS "\""));
  assert_non_null(strstr(r.out, "\"held_out\":\"alphabet04\""));
  assert_non_null(strstr(r.out, "\"calibration\":{\"temperature\":"));
  assert_non_null(strstr(r.out, ",\"second_look\":0,\"example_views\":1,\"crowd\":0}"));
  result_free(r);
}

static void training_learns(void **state) {
  (void)state;
  /* Eight classes to tell apart: guessing is wrong 7 times of 8. */
  result r = RUN("model", "info", "--json", "whole");
  const char *at = strstr(r.out, "\"held_out_error\":\"");
  assert_non_null(at);
  assert_true(strtod(at + strlen("\"held_out_error\":\""), NULL) < 40);
  result_free(r);
}

/* One arithmetic class trains one model, whatever its vectors. */
static void kernels_of_one_class_train_the_same(void **state) {
  (void)state;
  RUN_WELL(TRAIN("scalar", "--steps", "12", "--isa", "scalar"));
  if (og_isa_usable("sse41")) {
    RUN_WELL(TRAIN("sse41", "--steps", "12", "--isa", "sse41"));
    assert_same_file("scalar", "sse41");
  }
  assert_complains(RUN(TRAIN("none", "--isa", "abacus")), 2, "--isa abacus: no such kernels");
  assert_false(exists("none"));
}

static void the_seed_decides(void **state) {
  (void)state;
  RUN_WELL(TRAIN("again", "--seed", "1"));
  assert_same_file("whole", "again");
  RUN_WELL(TRAIN("other", "--seed", "2"));
  size_t size_a, size_b;
  char *a = read_bytes("whole", &size_a), *b = read_bytes("other", &size_b);
  assert_true(size_a != size_b || memcmp(a, b, size_a));
  free(a);
  free(b);
}

/* Until the command says what it trains on. */
static void wait_until_under_way(void) {
  struct stat about;
  for (int i = 0; i < 5000 && (stat("stderr", &about) || !about.st_size); i++)
    sleep_ms(1);
}

static void stopped_and_resumed_is_the_same(void **state) {
  (void)state;
  static const int signals[] = {SIGTERM, SIGINT, SIGTERM};
  pid_t pid = START(TRAIN("stopped", "--log", "stopped.log"));
  int stops = 0;
  for (;; stops++) {
    if (stops < 3) {
      wait_until_under_way();
      sleep_ms(60);
      kill(pid, signals[stops]);
    }
    result r = finish(pid);
    int code = r.code;
    if (code == 0) {
      result_free(r);
      break;
    }
    assert_int_equal(code, 1);
    assert_non_null(strstr(r.err, "continue with the same command and --resume"));
    result_free(r);
    assert_false(exists("stopped"));
    assert_true(exists("stopped.checkpoint"));
    pid = START(TRAIN("stopped", "--log", "stopped.log", "--resume"));
  }
  assert_true(stops > 0);
  assert_false(exists("stopped.checkpoint"));
  assert_same_file("whole", "stopped");
}

static void killed_at_any_moment_loses_nothing(void **state) {
  (void)state;
  /* A checkpoint after every step, so that most kills hit the writing of one. */
  unsigned random = 12345;
  int resumes = 0;
  for (int i = 0; i < 16; i++) {
    int there = exists("killed.checkpoint");
    resumes += there;
    pid_t pid = there ? START(TRAIN("killed", "--checkpoint-every", "0", "--resume"))
                      : START(TRAIN("killed", "--checkpoint-every", "0"));
    random = random * 1103515245u + 12345u;
    /* Sometimes while it starts, mostly while it steps and saves. */
    if (i % 4)
      wait_until_under_way();
    sleep_ms((long)(random >> 16) % 120);
    kill(pid, SIGKILL);
    result r = finish(pid);
    int code = r.code;
    if (code != 0 && code != 1000 + SIGKILL)
      print_error("%s", r.err);
    assert_true(code == 0 || code == 1000 + SIGKILL);
    result_free(r);
    if (code == 0)
      break;
  }
  assert_true(resumes > 0);
  if (exists("killed.checkpoint"))
    RUN_WELL(TRAIN("killed", "--resume"));
  assert_same_file("whole", "killed");
  assert_int_equal(count_files(".tmp"), 0);
}

/* The recipe's slices, not the threads, decide how a batch is summed, and a run that began without
 * them keeps the number of threads it began with. */
static void threads_do_not_matter(void **state) {
  (void)state;
  write_recipe("slices.json", "\"slices\":3,");
  RUN_WELL("train", "--recipe", "slices.json", "--threads", "1", "--out", "one", "--steps", "150");
  static const char *const threads[] = {"2", "3", "5"};
  for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
    RUN_WELL("train", "--recipe", "slices.json", "--threads", threads[i], "--out", "more",
             "--steps", "150");
    assert_same_file("one", "more");
  }
  result r =
      RUN("train", "--recipe", "slices.json", "--threads", "4", "--out", "idle", "--steps", "1");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.err, "train: batches in 3 slices keep no more threads busy; "));
  result_free(r);
  pid_t pid = START(TRAIN("moved", "--checkpoint-every", "0"));
  for (int i = 0; i < 2000 && !exists("moved.checkpoint"); i++)
    sleep_ms(1);
  kill(pid, SIGTERM);
  result_free(finish(pid));
  assert_true(exists("moved.checkpoint"));
  /* Naming the usual objective is saying nothing, so the run goes on. */
  write_recipe("named.json", "\"objective\":\"embed\",");
  RUN_WELL("train", "--recipe", "named.json", "--out", "moved", "--threads", "1", "--resume");
  assert_same_file("whole", "moved");
}

static void minutes_end_early(void **state) {
  (void)state;
  write_recipe("long.json",
               "\"procedural\":{\"alphabets\":5,\"classes\":8,\"drawers\":6,\"seed\":3},");
  result r = RUN("train", "--recipe", "long.json", "--out", "short", "--minutes", "0.004",
                 "--threads", "1");
  assert_int_equal(r.code, 0);
  result_free(r);
  assert_true(exists("short"));
}

static void checkpoints_must_fit(void **state) {
  (void)state;
  pid_t pid = START(TRAIN("c", "--checkpoint-every", "0"));
  for (int i = 0; i < 2000 && !exists("c.checkpoint"); i++)
    sleep_ms(1);
  kill(pid, SIGTERM);
  result_free(finish(pid));
  assert_true(exists("c.checkpoint"));
  assert_complains(RUN(TRAIN("c", "--seed", "1")), 2, "continue it with --resume");
  assert_complains(RUN(TRAIN("c", "--seed", "9", "--resume")), 2, "differs in seed");
  assert_complains(RUN(TRAIN("c", "--steps", "7", "--resume")), 2,
                   "differs in the recipe's \"steps\"");
  assert_complains(RUN(TRAIN("nothing", "--resume")), 2, "no checkpoint to resume from");
  size_t size;
  char *bytes = read_bytes("c.checkpoint", &size);
  unlink("c.checkpoint.before"); /* see test_train_faults.c */
  static const size_t cuts[] = {0, 1, 30, 31, 500};
  for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
    write_bytes("c.checkpoint", bytes, cuts[i]);
    assert_complains(RUN(TRAIN("c", "--resume")), 2, "c.checkpoint: ");
  }
  for (size_t at = 3; at < size; at += size / 9) {
    bytes[at] ^= 4;
    write_bytes("c.checkpoint", bytes, size);
    assert_complains(RUN(TRAIN("c", "--resume")), 2, "c.checkpoint: ");
    bytes[at] ^= 4;
  }
  free(bytes);
}

/* Alphabets invented beside those of the recipe, others composed of those, a margin, and a whitened
 * export. */
static void more_alphabets_and_whitening(void **state) {
  (void)state;
  write_recipe("also.json",
               "\"also\":{\"alphabets\":2,\"loose\":1,\"classes\":6,\"drawers\":4,\"seed\":9},"
               "\"compounds\":{\"alphabets\":3,\"classes\":8,\"drawers\":5,\"seed\":2,"
               "\"share\":0.25},\"margin\":0.05,\"style\":0.8,\"whiten\":0.3,");
  RUN_WELL("train", "--recipe", "also.json", "--threads", "2", "--out", "also");
  result r = RUN("model", "info", "--json", "also");
  assert_non_null(strstr(r.out, "9 alphabets, 68 characters, 360 drawings"));
  assert_non_null(strstr(r.out, "\\\"compounds\\\":{\\\"alphabets\\\":3,\\\"classes\\\":8,"
                                "\\\"drawers\\\":5,\\\"seed\\\":2,\\\"share\\\":0.25}"));
  assert_non_null(strstr(r.out, "\\\"margin\\\":0.05"));
  assert_non_null(strstr(r.out, "\\\"style\\\":0.8"));
  assert_non_null(strstr(r.out, "\"whitened\":\"within classes of the training set, ridge 0.3\""));
  const char *at = strstr(r.out, "\"held_out_error\":\"");
  assert_non_null(at);
  assert_true(strtod(at + strlen("\"held_out_error\":\""), NULL) < 40);
  result_free(r);
  /* Whitening is of the export alone: the weights learnt are the same. */
  write_recipe("plain.json", "\"whiten\":1e3,");
  RUN_WELL("train", "--recipe", "plain.json", "--threads", "2", "--out", "plain");
  result a = RUN("model", "info", "--json", "plain"), b = RUN("model", "info", "--json", "whole");
  const char *error_a = strstr(a.out, "held_out_error"), *error_b = strstr(b.out, "held_out_error");
  assert_non_null(error_a);
  assert_non_null(error_b);
  assert_true(fabs(strtod(error_a + 17, NULL) - strtod(error_b + 17, NULL)) < 0.5);
  result_free(a);
  result_free(b);
}

/* A model to start from lies beside the recipe; a run that is resumed has no need of it. */
static void a_run_starts_from_a_model(void **state) {
  (void)state;
  write_recipe("more.json", "\"start\":\"first\",");
  assert_complains(RUN("train", "--recipe", "more.json", "--out", "b"), 2, "first: cannot open");
  write_text("first", "no model");
  assert_complains(RUN("train", "--recipe", "more.json", "--out", "b"), 2, "first: ");
  RUN_WELL("model", "quantize", "whole", "--to", "int8", "--out", "first");
  RUN_WELL("train", "--recipe", "more.json", "--threads", "2", "--out", "more");
  pid_t pid = START("train", "--recipe", "more.json", "--threads", "2", "--out", "resumed");
  wait_until_under_way();
  sleep_ms(60);
  kill(pid, SIGTERM);
  result r = finish(pid);
  remove("first");
  if (r.code) /* it was quicker than the signal otherwise */
    RUN_WELL("train", "--recipe", "more.json", "--threads", "2", "--out", "resumed", "--resume");
  result_free(r);
  assert_same_file("more", "resumed");
  write_comparing_recipe("pair.json");
  RUN_WELL("train", "--recipe", "pair.json", "--threads", "2", "--steps", "1", "--out", "pair");
  write_recipe("more.json", "\"start\":\"pair\",");
  assert_complains(RUN("train", "--recipe", "more.json", "--out", "b"), 2,
                   "pair: a start must have the recipe's net");
}

/* A teacher lies beside the recipe, and a run that is resumed asks it again. */
static void a_run_has_a_teacher(void **state) {
  (void)state;
  write_recipe("taught.json", "\"teacher\":\"teacher\",\"teacher_weight\":5,");
#define TAUGHT(out, ...)                                                                           \
  "train", "--recipe", "taught.json", "--threads", "2", "--out", out, "--steps", "60", __VA_ARGS__
  assert_complains(RUN(TAUGHT("b", "--seed", "1")), 2, "teacher: cannot open");
  write_text("teacher", "no model");
  assert_complains(RUN(TAUGHT("b", "--seed", "1")), 2, "teacher: ");
  RUN_WELL("model", "quantize", "whole", "--to", "int8", "--out", "teacher");
  RUN_WELL(TAUGHT("taught", "--seed", "1"));
  if (stopped_at_checkpoint(START(TAUGHT("resumed", "--checkpoint-every", "0")),
                            "resumed.checkpoint"))
    RUN_WELL(TAUGHT("resumed", "--resume"));
  assert_same_file("taught", "resumed");
#undef TAUGHT
}

/* A few steps on Omniglot with drawings made afresh from their strokes. */
static void strokes_are_redrawn(void **state) {
  (void)state;
  const char *data = need_omniglot();
  write_recipe("redraw.json", "");
  char *text = read_bytes("redraw.json", NULL), *at = strstr(text, "\"procedural\"");
  char *end = strstr(at, "},") + 2;
  memset(at, ' ', (size_t)(end - at));
  at = strstr(text, "[\"alphabet04\"]");
  memcpy(at, "[\"Korean\"]    ", 14);
  at = strstr(text, "\"steps\":" RECIPE_STEPS);
  memcpy(at, "\"steps\":3  ", 11);
  write_text("plain.json", text);
  at = strstr(text, "                ");
  memcpy(at, "\"redraw\":0.5,\"jitter\":1,", 24);
  write_text("redraw.json", text);
  free(text);
  RUN_WELL("train", "--data", data, "--recipe", "plain.json", "--threads", "2", "--out", "plain");
  RUN_WELL("train", "--data", data, "--recipe", "redraw.json", "--threads", "2", "--out", "one");
  RUN_WELL("train", "--data", data, "--recipe", "redraw.json", "--threads", "2", "--out", "two");
  assert_same_file("one", "two");
  size_t size_a, size_b;
  char *a = read_bytes("plain", &size_a), *b = read_bytes("one", &size_b);
  assert_true(size_a != size_b || memcmp(a, b, size_a));
  free(a);
  free(b);
  assert_complains(RUN("train", "--data", ".", "--recipe", "redraw.json", "--out", "none"), 2, ".");
}

static void bad_recipes(void **state) {
  (void)state;
  static const struct {
    const char *more, *says;
  } cases[] = {
      {"\"stepz\":1,", "\"stepz\": unknown key"},
      {"\"half\":1,", "\"half\": must be true or false"},
      {"\"calibrate\":\"no\",", "\"calibrate\": must be true or false"},
      {"\"whiten\":true,", "\"whiten\": must be a number between"},
      {"\"also\":[],", "\"also\": must be an object"},
      {"\"teacher\":\"m\",", "\"teacher\": needs a \"teacher_weight\" above 0"},
      {"\"teacher_weight\":3,", "\"teacher_weight\": needs a \"teacher\""},
      {"\"also\":{\"alphabets\":1,\"loose\":2,\"classes\":4,\"drawers\":2,\"seed\":1},",
       "\"also.loose\": must not be more than alphabets"},
      {"\"compounds\":7,", "\"compounds\": must be an object"},
      {"\"compounds\":{\"alphabets\":1,\"classes\":4,\"drawers\":2},",
       "\"compounds.seed\": is missing"},
      {"\"compounds\":{\"alphabets\":1,\"classes\":4,\"drawers\":2,\"seed\":1,\"share\":2},",
       "\"compounds.share\": must be a number between"},
      {"\"compounds\":{\"alphabets\":1,\"classes\":4,\"drawers\":2,\"seed\":1,\"loose\":1},",
       "\"compounds.loose\": unknown key"},
      {"\"style\":4.5,", "\"style\": must be a number between"},
      {"\"style\":1,\"objective\":\"classes\",", "\"style\": is for the objectives"},
      {"\"margin\":1.5,", "\"margin\": must be a number between"},
      {"\"margin\":0.1,\"calibrate\":false,\"candidates\":3,\"objective\":\"compare\",",
       "\"margin\": is for the objective"},
      {"\"redraw\":2,", "\"redraw\": must be a number between"},
      {"\"redraw\":0.5,", "redraw: invented data has no strokes"},
      {"\"candidates\":4,", "\"candidates\": nets that compare take no \"calibrate\""},
      {"\"candidates\":1,\"calibrate\":false,", "candidates must be 0 or 2"},
      {"\"candidates\":3,\"calibrate\":false,", "a net that compares must read two channels"},
      {"\"objective\":\"guess\",", "\"objective\": there is none of that name"},
      {"\"objective\":\"embed\",\"candidates\":4,", "\"candidates\": are for the objective"},
      {"\"rivals\":\"m\",", "\"rivals\": are for nets that compare"},
      {"\"objective\":\"compare\",", "a net that compares needs candidates"},
      {"\"set\":7,", "\"set\": must be a string"},
      {"\"set\":\"a\\u0000b\",", "\"set\": must be a string"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    write_recipe("bad.json", cases[i].more);
    assert_complains(RUN("train", "--recipe", "bad.json", "--out", "b"), 2, cases[i].says);
  }
  static const struct {
    const char *from, *to, *says;
  } edits[] = {
      {"\"steps\":" RECIPE_STEPS, "\"steps\":0  ", "\"steps\": must be a whole number"},
      {"\"steps\":" RECIPE_STEPS, "\"steps\":4.5", "\"steps\": must be a whole number"},
      {"\"steps\":" RECIPE_STEPS, "\"steps\":\"4\"", "\"steps\": must be a whole number"},
      {"\"scale\":16", "\"scale\":-1", "\"scale\": must be a number between"},
      {"\"shear\":0.25", "\"shear\":null", "\"shear\": must be a number between"},
      {"\"symmetries\":8", "\"symmetries\":3", "\"symmetries\": must be 1, 4 or 8"},
      {"conv x 8 3x3", "conv y 8 3x3", "bad.json: "},
      {"l2norm e", "l2norm q", "\"whiten\": needs a last layer before l2norm that is linear"},
      {"side=16", "side=99", "bad.json: "},
      {"half_width", "full_width", "bad.json: \"input\": "},
      {"[\"alphabet04\"]", "[\"alphabet99\"]", "no alphabet named alphabet99"},
      {"[\"alphabet04\"]", "\"alphabet04\"  ", "\"holdout\": must be an array"},
      {"\"alphabets\":5", "\"alphabets\":0", "\"procedural.alphabets\": must be"},
      {"\"drawers\":6", "\"drivers\":6", "\"procedural.drivers\": unknown key"},
      {"\"tone\":0.13,", "            ", "\"tone\": is missing"},
      {"\"name\":", "\"name\" ", "not a JSON object"},
      {"\"validate_every\":200}", "\"validate_every\":200 ", "not a JSON object"},
      {"\"validate_every\":200}", "\"validate_every\":20}}", "not a JSON object"},
  };
  for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
    write_recipe("bad.json", "\"whiten\":1,");
    char *text = read_bytes("bad.json", NULL), *at = strstr(text, edits[i].from);
    assert_non_null(at);
    assert_int_equal(strlen(edits[i].from), strlen(edits[i].to));
    memcpy(at, edits[i].to, strlen(edits[i].to));
    write_text("bad.json", text);
    free(text);
    assert_complains(RUN("train", "--recipe", "bad.json", "--out", "b"), 2, edits[i].says);
  }
  assert_complains(RUN("train", "--recipe", "missing.json", "--out", "b"), 2, "missing.json: ");
  write_text("bad.json", "[]");
  assert_complains(RUN("train", "--recipe", "bad.json", "--out", "b"), 2, "not a JSON object");
  assert_complains(RUN("train", "--recipe", "r.json", "--out", "b", "--data", "x"), 2,
                   "procedural data of its own");
  assert_false(exists("b"));
}

static void places_that_cannot_be_written(void **state) {
  (void)state;
  assert_complains(RUN("train", "--recipe", "r.json", "--out", "no/such/m"), 2, "no/such/m: ");
  assert_complains(RUN("train", "--recipe", "r.json", "--out", "."), 2, "is a folder");
  assert_complains(RUN("train", "--recipe", "r.json", "--out", "b", "--checkpoint", "no/such/c"), 2,
                   "no/such/c: ");
  assert_complains(RUN("train", "--recipe", "r.json", "--out", "b", "--log", "no/such/log"), 2,
                   "no/such/log: ");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_run_leaves_a_model_and_a_log),
      cmocka_unit_test(training_learns),
      cmocka_unit_test(kernels_of_one_class_train_the_same),
      cmocka_unit_test(the_seed_decides),
      cmocka_unit_test(stopped_and_resumed_is_the_same),
      cmocka_unit_test(killed_at_any_moment_loses_nothing),
      cmocka_unit_test(threads_do_not_matter),
      cmocka_unit_test(minutes_end_early),
      cmocka_unit_test(checkpoints_must_fit),
      cmocka_unit_test(more_alphabets_and_whitening),
      cmocka_unit_test(strokes_are_redrawn),
      cmocka_unit_test(a_run_starts_from_a_model),
      cmocka_unit_test(a_run_has_a_teacher),
      cmocka_unit_test(bad_recipes),
      cmocka_unit_test(places_that_cannot_be_written),
  };
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
