/* Runs the real `oneglyph` in a folder of its own and looks at what it says. */
#ifndef TEST_COMMAND_H
#define TEST_COMMAND_H

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "native/omniglot.h"

extern char **environ;

/* What a finished run left; free with result_free. */
typedef struct result {
  int code; /* exit code; 1000 + N if signal N ended it */
  char *out, *err;
  size_t out_size;
} result;

/* The bytes of a file with a zero behind them; NULL if there is none. */
static inline char *read_bytes(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (size)
    *size = 0;
  if (!file)
    return NULL;
  char *bytes = NULL;
  size_t count = 0, got;
  do {
    bytes = realloc(bytes, count + 65537);
    got = fread(bytes + count, 1, 65536, file);
    count += got;
  } while (got);
  fclose(file);
  bytes[count] = 0;
  if (size)
    *size = count;
  return bytes;
}

static inline void write_bytes(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static inline void write_text(const char *path, const char *text) {
  write_bytes(path, text, strlen(text));
}

static inline int exists(const char *path) {
  return !access(path, F_OK);
}

/* Starts a program with its output in the files "stdout" and "stderr". */
static inline pid_t start_program(const char *path, const char *const *argv) {
  pid_t pid;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "stdout", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, "stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  assert_int_equal(posix_spawn(&pid, path, &actions, NULL, (char *const *)argv, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

static inline pid_t start(const char *const *argv) {
  return start_program(ONEGLYPH_COMMAND, argv);
}

static inline result finish(pid_t pid) {
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  result r = {.code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status)};
  r.out = read_bytes("stdout", &r.out_size);
  r.err = read_bytes("stderr", NULL);
  return r;
}

static inline void result_free(result r) {
  free(r.out);
  free(r.err);
}

#define COMMAND(...) ((const char *const[]){"oneglyph", __VA_ARGS__, NULL})
#define START(...) start(COMMAND(__VA_ARGS__))
#define RUN(...) finish(start(COMMAND(__VA_ARGS__)))

/* Runs a command that must succeed. */
#define RUN_WELL(...)                                                                              \
  do {                                                                                             \
    result r_ = RUN(__VA_ARGS__);                                                                  \
    if (r_.code)                                                                                   \
      print_error("%s", r_.err);                                                                   \
    assert_int_equal(r_.code, 0);                                                                  \
    result_free(r_);                                                                               \
  } while (0)

/* Checks that a run failed with `code`, printed nothing on stdout, and one line that holds `part`
 * on stderr. */
static inline void assert_complains(result r, int code, const char *part) {
  const char *newline = strchr(r.err, '\n');
  if (r.code != code || !newline || newline[1] || !strstr(r.err, part))
    print_error("exit code %d, wanted %d and one line with \"%s\": %s\n", r.code, code, part,
                r.err);
  assert_int_equal(r.code, code);
  assert_int_equal(strncmp(r.err, "oneglyph: ", 10), 0);
  assert_ptr_equal(newline + 1, r.err + strlen(r.err));
  assert_non_null(strstr(r.err, part));
  assert_int_equal(r.out_size, 0);
  result_free(r);
}

/* Counts the files here whose names hold `part`. */
static inline int count_files(const char *part) {
  int count = 0;
  DIR *dir = opendir(".");
  assert_non_null(dir);
  for (struct dirent *entry; (entry = readdir(dir));)
    count += strstr(entry->d_name, part) != NULL;
  closedir(dir);
  return count;
}

/* A fresh folder to work in; leaves it as it is afterwards removed. */
static inline int enter_folder(void **state) {
  char *path = malloc(64);
  snprintf(path, 64, "%s/oneglyph-test-XXXXXX", P_tmpdir);
  *state = path;
  return mkdtemp(path) && !chdir(path) ? 0 : -1;
}

static inline void remove_files(const char *path) {
  DIR *dir = opendir(path);
  char name[1024];
  for (struct dirent *entry; dir && (entry = readdir(dir));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
      continue;
    if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) >= (int)sizeof name)
      continue;
    if (unlink(name))
      remove_files(name);
  }
  if (dir)
    closedir(dir);
  rmdir(path);
}

static inline int leave_folder(void **state) {
  if (chdir("/"))
    return -1;
  remove_files(*state);
  free(*state);
  return 0;
}

/* ---- A recipe small enough to train in a blink ------------------------------------------------
 */

/* Under sanitizers a step takes three times as long. */
#ifdef ONEGLYPH_SANITIZE
#define RECIPE_STEPS "200"
#define RECIPE_IMAGES "3200"
#else
#define RECIPE_STEPS "400"
#define RECIPE_IMAGES "6400"
#endif

/* `more` are further members, each followed by a comma. */
static inline void write_recipe(const char *path, const char *more) {
  char text[2048];
  snprintf(
      text, sizeof text,
      "{%s\"name\":\"tiny\",\"holdout\":[\"alphabet04\"],"
      "\"procedural\":{\"alphabets\":5,\"classes\":8,\"drawers\":6,\"seed\":3},"
      "\"net\":[\"x = input 16 16 1\",\"c = conv x 8 3x3 same bn relu\",\"p = maxpool c 2\","
      "\"d = conv p 8 3x3 same bn relu\",\"q = maxpool d 2\",\"e = fc q 16\",\"o = l2norm e\"],"
      "\"input\":\"side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14\","
      "\"steps\":" RECIPE_STEPS ",\"classes_per_batch\":8,\"same_alphabet\":0.5,\"symmetries\":8,"
      "\"learning_rate\":2e-3,\"weight_decay\":5e-4,\"warmup_steps\":5,\"scale\":16,\"ema\":0.9,"
      "\"ema_start\":0.3,\"rotate_degrees\":15,\"stretch\":0.2,\"shear\":0.25,\"shift\":0.1,"
      "\"warp\":0.045,\"tone\":0.13,\"validate_every\":200}",
      more);
  write_text(path, text);
}

/* One for a net that compares two drawings. */
static inline void write_comparing_recipe(const char *path) {
  write_text(
      path,
      "{\"name\":\"pair\",\"holdout\":[\"alphabet04\"],"
      "\"procedural\":{\"alphabets\":5,\"classes\":8,\"drawers\":6,\"seed\":3},"
      "\"net\":[\"x = input 16 16 2\",\"c = conv x 8 3x3 same bn relu\",\"p = maxpool c 2\","
      "\"d = conv p 8 3x3 same bn relu\",\"q = maxpool d 2\",\"e = fc q 16 relu\",\"o = fc e 1\"],"
      "\"input\":\"side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14\","
      "\"steps\":300,\"classes_per_batch\":8,\"candidates\":4,\"same_alphabet\":1,"
      "\"symmetries\":8,\"learning_rate\":4e-3,\"weight_decay\":5e-4,\"warmup_steps\":5,"
      "\"scale\":1,\"ema\":0.9,\"ema_start\":0.3,\"rotate_degrees\":15,\"stretch\":0.2,"
      "\"shear\":0.25,\"shift\":0.1,\"warp\":0.045,\"tone\":0.13,\"validate_every\":150,"
      "\"calibrate\":false}");
}

static inline void sleep_ms(long ms) {
  nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Stops a training at its first checkpoint. Returns whether it had more to do. */
static inline int stopped_at_checkpoint(pid_t pid, const char *checkpoint) {
  for (int i = 0; i < 5000 && !exists(checkpoint); i++)
    sleep_ms(1);
  kill(pid, SIGTERM);
  result r = finish(pid);
  int more = r.code != 0;
  result_free(r);
  return more;
}

/* Checks that a file holds these bytes and no more. */
static inline void assert_holds(const char *path, const char *bytes, size_t size) {
  size_t size_now;
  char *now = read_bytes(path, &size_now);
  assert_non_null(now);
  assert_int_equal(size_now, size);
  assert_memory_equal(now, bytes, size);
  free(now);
}

static inline void assert_same_file(const char *a, const char *b) {
  size_t size;
  char *bytes = read_bytes(b, &size);
  assert_non_null(bytes);
  assert_holds(a, bytes, size);
  free(bytes);
}

/* Trains by r.json, two threads, to the model file `out`. */
#define TRAIN(out, ...) "train", "--recipe", "r.json", "--threads", "2", "--out", out, __VA_ARGS__

#endif
