/* Training while the world breaks: kills, a full disk, damaged checkpoints, folders that vanish,
 * clocks that jump, losses that leave all bounds. Either the weights at the end are those of an
 * undisturbed run, bit for bit, or the command says in one line what is lost and exits with 1 or 2.
 *
 * ONEGLYPH_KILLS=50 kills so many runs (12 otherwise). */
#include "native/command.h"

#include <errno.h>
#include <sys/resource.h>

#include <zlib.h>

enum { USUAL_KILLS = 12, SMALL_FILE = 4096 };

/* A checkpoint after every step. */
#define OFTEN(out, ...) TRAIN(out, "--checkpoint-every", "0", __VA_ARGS__)

static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  write_recipe("r.json", "");
  RUN_WELL(TRAIN("whole", "--checkpoint-every", "60"));
  return 0;
}

static void wait_for_file(const char *path) {
  for (int i = 0; i < 20000 && !exists(path); i++)
    sleep_ms(1);
  assert_true(exists(path));
}

/* Runs until there are two checkpoints, and then stops with `signal_number`. */
static void start_and_stop(const char *out, int signal_number) {
  char before[64];
  snprintf(before, sizeof before, "%s.checkpoint.before", out);
  pid_t pid = START(OFTEN(out, "--seed", "1"));
  wait_for_file(before);
  kill(pid, signal_number);
  result_free(finish(pid));
  assert_true(exists(before));
}

static void assert_says(result r, int code, const char *part) {
  if (r.code != code || !strstr(r.err, part))
    print_error("exit code %d, wanted %d and \"%s\": %s\n", r.code, code, part, r.err);
  assert_int_equal(r.code, code);
  assert_non_null(strstr(r.err, part));
  result_free(r);
}

static void resumes_to_the_same(const char *out) {
  RUN_WELL(TRAIN(out, "--resume"));
  assert_same_file("whole", out);
  assert_int_equal(count_files(".checkpoint"), 0);
  assert_int_equal(count_files(".tmp"), 0);
}

/* Kills runs at random moments, each continuing the one before, and begins anew whenever one is
 * through. */
static void kills(void **state) {
  (void)state;
  const char *asked = getenv("ONEGLYPH_KILLS");
  int wanted = asked ? atoi(asked) : USUAL_KILLS, resumed = 0, whole = 0;
  unsigned random = 54321;
  for (int killed = 0; killed < wanted;) {
    int there = exists("k.checkpoint");
    pid_t pid = there ? START(OFTEN("k", "--resume")) : START(OFTEN("k", "--seed", "1"));
    random = random * 1103515245u + 12345u;
    if (random >> 30) { /* three of four die while they learn, the rest while they start */
      struct stat about;
      for (int i = 0; i < 5000 && (stat("stderr", &about) || !about.st_size); i++)
        sleep_ms(1);
    }
    sleep_ms((long)(random >> 16) % 60);
    kill(pid, SIGKILL);
    result r = finish(pid);
    assert_true(r.code == 0 || r.code == 1000 + SIGKILL);
    killed += r.code != 0;
    resumed += r.code != 0 && there;
    if (r.code == 0) {
      assert_same_file("whole", "k");
      unlink("k");
      whole++;
    }
    result_free(r);
  }
  if (exists("k.checkpoint"))
    resumes_to_the_same("k");
  print_message("%d kills, %d of them of resumed runs, %d runs came through between them\n", wanted,
                resumed, whole);
  assert_true(resumed > 0);
}

/* ---- A full disk ------------------------------------------------------------------------------
 */

/* What is started next may write no file past so many bytes, as on a disk that is full. */
static void limit_files(rlim_t bytes) {
  struct rlimit limit;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_loses_nothing_that_was_saved(void **state) {
  (void)state;
  start_and_stop("full", SIGTERM);
  size_t size;
  char *saved = read_bytes("full.checkpoint", &size);
  limit_files(SMALL_FILE);
  result r = RUN(TRAIN("full", "--resume"));
  limit_files(RLIM_INFINITY);
  assert_non_null(strstr(r.err, "full.checkpoint: cannot write: File too large; the model is "
                                "written without this checkpoint\n"));
  assert_says(r, 1, " of this run is safe in full.checkpoint (--resume)\n");
  assert_holds("full.checkpoint", saved, size);
  free(saved);
  assert_false(exists("full"));
  assert_int_equal(count_files(".tmp"), 0);
  resumes_to_the_same("full");
}

static void a_full_disk_from_the_start(void **state) {
  (void)state;
  limit_files(SMALL_FILE);
  result r = RUN(OFTEN("none", "--steps", "3"));
  limit_files(RLIM_INFINITY);
  assert_non_null(strstr(r.err, "; training goes on without this checkpoint\n"));
  assert_says(r, 1, "none: cannot write: File too large; nothing of this run was saved\n");
  assert_int_equal(count_files("none"), 0);
  if (!access("/dev/full", W_OK))
    assert_says(RUN(TRAIN("logged", "--log", "/dev/full")), 1,
                "/dev/full: the log could not be written in full; the model is there\n");
}

/* ---- Damage -----------------------------------------------------------------------------------
 */

static void a_damaged_checkpoint_gives_way_to_the_one_before(void **state) {
  (void)state;
  static const enum { TRUNCATE, FLIP, LOSE } ways[] = {TRUNCATE, FLIP, LOSE};
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    start_and_stop("hurt", i % 2 ? SIGKILL : SIGTERM);
    size_t size;
    char *bytes = read_bytes("hurt.checkpoint", &size);
    if (ways[i] == FLIP)
      bytes[size / 2] ^= 1;
    /* A disk damages what one name leads to; a kill may leave both names on one file. */
    unlink("hurt.checkpoint");
    if (ways[i] != LOSE)
      write_bytes("hurt.checkpoint", bytes, ways[i] == TRUNCATE ? size / 3 : size);
    free(bytes);
    /* Never a silent start from nothing. */
    assert_complains(RUN(TRAIN("hurt", "--seed", "1")), 2, "continue it with --resume");
    result r = RUN(TRAIN("hurt", "--resume"));
    assert_non_null(strstr(r.err, "hurt.checkpoint: damaged or lost; continuing from the one "
                                  "before, step "));
    assert_says(r, 0, "resumed at step ");
    assert_same_file("whole", "hurt");
    assert_int_equal(count_files("hurt."), 0);
  }
}

static void nothing_usable_is_said(void **state) {
  (void)state;
  start_and_stop("lost", SIGTERM);
  write_text("lost.checkpoint", "oneglyph checkpoint 1 00000000\n{}\n");
  write_text("lost.checkpoint.before", "");
  assert_complains(RUN(TRAIN("lost", "--resume")), 2,
                   "lost.checkpoint: the checkpoint is damaged, and none before it can be used;"
                   " delete it to start anew");
  unlink("lost.checkpoint");
  unlink("lost.checkpoint.before");
}

/* ---- Folders that vanish ----------------------------------------------------------------------
 */

static void the_folder_of_the_checkpoint_vanishes(void **state) {
  (void)state;
  assert_int_equal(mkdir("gone", 0700), 0);
  pid_t pid = START(OFTEN("m", "--checkpoint", "gone/c"));
  wait_for_file("gone/c");
  assert_int_equal(rename("gone", "back"), 0);
  result r = finish(pid);
  assert_non_null(strstr(r.err, "gone/c: cannot write: No such file or directory"));
  assert_int_equal(r.code, 0); /* the model has a place of its own */
  result_free(r);
  assert_same_file("whole", "m");
  assert_int_equal(rename("back", "gone"), 0);
  unlink("m");
  RUN_WELL(TRAIN("m", "--checkpoint", "gone/c", "--resume"));
  assert_same_file("whole", "m");
}

static void the_data_vanish(void **state) {
  (void)state;
  const char *data = need_omniglot();
  write_recipe("data.json", "");
  char *text = read_bytes("data.json", NULL), *at = strstr(text, "\"procedural\"");
  memset(at, ' ', (size_t)(strstr(at, "},") + 2 - at));
  memcpy(strstr(text, "[\"alphabet04\"]"), "[\"Korean\"]    ", 14);
  memcpy(strstr(text, "\"steps\":" RECIPE_STEPS), "\"steps\":150", 11);
  write_text("data.json", text);
  free(text);
#define ON_DATA "train", "--recipe", "data.json", "--threads", "2", "--data", "data", "--out"
  assert_int_equal(symlink(data, "data"), 0);
  RUN_WELL(ON_DATA, "all");
  pid_t pid = START(ON_DATA, "part", "--checkpoint-every", "0");
  wait_for_file("part.checkpoint");
  assert_int_equal(unlink("data"), 0); /* what is being learnt from is in memory */
  sleep_ms(50);
  kill(pid, SIGTERM);
  result_free(finish(pid));
  if (exists("part.checkpoint")) {
    assert_complains(RUN(ON_DATA, "part", "--resume"), 2, "data: ");
    assert_true(exists("part.checkpoint"));
    assert_int_equal(symlink(data, "data"), 0);
    RUN_WELL(ON_DATA, "part", "--resume");
  }
  assert_same_file("all", "part");
}

/* ---- Clocks -----------------------------------------------------------------------------------
 */

/* With the time of day jumping by years at every look (jumping_clock.c), a run does what it does
 * otherwise, checkpoints and all. */
static void the_time_of_day_does_not_matter(void **state) {
  (void)state;
  assert_int_equal(setenv("LD_PRELOAD", ONEGLYPH_JUMPING_CLOCK, 1), 0);
  setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 0);
  RUN_WELL(TRAIN("clock", "--checkpoint-every", "60", "--log", "clock.log"));
  result r = RUN(TRAIN("short", "--minutes", "0.001", "--log", "short.log"));
  unsetenv("LD_PRELOAD");
  assert_int_equal(r.code, 0);
  result_free(r);
  assert_same_file("whole", "clock");
  char *log = read_bytes("clock.log", NULL), *last = strrchr(log, '{');
  const char *seconds = strstr(last, "\"seconds\":");
  assert_non_null(seconds);
  double took = strtod(seconds + strlen("\"seconds\":"), NULL);
  assert_true(took > 0 && took < 600);
  free(log);
  unlink("short.checkpoint");
  unlink("short.checkpoint.before");
}

/* ---- Losses that leave all bounds -------------------------------------------------------------
 */

/* Replaces `from` in the recipe by as many characters. */
static void edit(const char *path, const char *from, const char *to) {
  char *text = read_bytes(path, NULL), *at = strstr(text, from);
  assert_non_null(at);
  assert_int_equal(strlen(from), strlen(to));
  memcpy(at, to, strlen(to));
  write_text(path, text);
  free(text);
}

static void divergence_is_told(void **state) {
  (void)state;
  write_comparing_recipe("wild.json");
  edit("wild.json", "\"learning_rate\":4e-3", "\"learning_rate\":1.00");
  edit("wild.json", " bn relu", "        "); /* norms would catch it again */
  edit("wild.json", " bn relu", "        ");
  result r = RUN("train", "--recipe", "wild.json", "--threads", "2", "--out", "wild",
                 "--checkpoint-every", "0");
  assert_says(r, 1,
              ": the loss has grown far beyond guessing and stays there: try a smaller "
              "learning_rate; step ");
  assert_false(exists("wild"));
  assert_true(exists("wild.checkpoint"));
}

/* Puts `value` into the checkpoint's weights and both its checks right again. */
static void poison(const char *path, float value) {
  size_t size;
  char *bytes = read_bytes(path, &size), *line = memchr(bytes, '\n', size);
  char *state = memchr(line + 1, '\n', (size_t)(bytes + size - line - 1));
  uint8_t *first = (uint8_t *)state + 1, *end = (uint8_t *)bytes + size - 8;
  for (size_t i = 0; i < 100; i++)
    memcpy(first + 7 * 8 + 4 * i, &value, sizeof value);
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (const uint8_t *b = first; b < end; b++)
    hash = (hash ^ *b) * 0x100000001b3u;
  memcpy(end, &hash, sizeof hash);
  char head[9];
  snprintf(head, sizeof head, "%08lx",
           crc32_z(0, (const uint8_t *)line + 1, (size_t)(bytes + size - line - 1)));
  memcpy(line - 8, head, 8);
  write_bytes(path, bytes, size);
  free(bytes);
}

static void a_loss_that_is_no_number_is_told(void **state) {
  (void)state;
  start_and_stop("nan", SIGTERM);
  poison("nan.checkpoint", 1e38f);
  size_t size;
  char *saved = read_bytes("nan.checkpoint", &size);
  result r = RUN(OFTEN("nan", "--resume"));
  assert_non_null(strstr(r.err, " is not finite: try a smaller learning_rate; step "));
  assert_says(r, 1, " of this run is safe in nan.checkpoint (--resume)\n");
  assert_holds("nan.checkpoint", saved, size);
  free(saved);
  assert_false(exists("nan"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(kills),
      cmocka_unit_test(a_full_disk_loses_nothing_that_was_saved),
      cmocka_unit_test(a_full_disk_from_the_start),
      cmocka_unit_test(a_damaged_checkpoint_gives_way_to_the_one_before),
      cmocka_unit_test(nothing_usable_is_said),
      cmocka_unit_test(the_folder_of_the_checkpoint_vanishes),
      cmocka_unit_test(the_data_vanish),
      cmocka_unit_test(the_time_of_day_does_not_matter),
      cmocka_unit_test(divergence_is_told),
      cmocka_unit_test(a_loss_that_is_no_number_is_told),
  };
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
