/* `mpirun ... oneglyph train`: the model of several processes is that of one, byte for byte, and a
 * process that dies ends the run with words and a good checkpoint. In a build without MPI: that it
 * says so. */
#include "native/command.h"

#ifdef ONEGLYPH_MPI

static const char *mpirun;

/* mpirun starts `processes` of the command, of one thread each. */
#define TOGETHER(processes, recipe, out, ...)                                                      \
  ((const char *const[]){"mpirun", "--oversubscribe", "-n", processes, ONEGLYPH_COMMAND, "train",  \
                         "--recipe", recipe, "--threads", "1", "--out", out, __VA_ARGS__, NULL})
#define RUN_TOGETHER(...) finish(start_program(mpirun, TOGETHER(__VA_ARGS__)))

static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  write_recipe("r.json", "");
  RUN_WELL(TRAIN("one", "--log", "one.log"));
  return 0;
}

static void assert_well(result r) {
  if (r.code)
    print_error("%s", r.err);
  assert_int_equal(r.code, 0);
  result_free(r);
}

/* The steps and losses of a log, without its times. */
static char *curve_of(const char *path) {
  char *log = read_bytes(path, NULL), *out = log;
  assert_non_null(log);
  for (char *line = strtok(log, "\n"), *end; line; line = strtok(NULL, "\n")) {
    end = strstr(line, ",\"images_per_second\"");
    assert_non_null(end);
    memmove(out, line, (size_t)(end - line));
    out += end - line;
    *out++ = '\n';
  }
  *out = 0;
  return log;
}

static void two_processes_train_what_one_trains(void **state) {
  (void)state;
  result r = RUN_TOGETHER("2", "r.json", "two", "--log", "two.log");
  assert_non_null(strstr(r.err, " in each of 2 processes, begun at step 0\n"));
  assert_non_null(strstr(r.out, "two: " RECIPE_STEPS " of " RECIPE_STEPS " steps in "));
  assert_well(r);
  assert_same_file("two", "one");
  char *one = curve_of("one.log"), *two = curve_of("two.log");
  assert_string_equal(two, one);
  free(one);
  free(two);
  assert_int_equal(count_files("checkpoint"), 0);
}

static pid_t start_until_saved(const char *out) {
  char before[64];
  snprintf(before, sizeof before, "%s.checkpoint.before", out);
  pid_t pid = start_program(mpirun, TOGETHER("2", "r.json", out, "--checkpoint-every", "0"));
  for (int i = 0; i < 30000 && !exists(before); i++)
    sleep_ms(1);
  assert_true(exists(before));
  return pid;
}

/* The process id of rank `rank` of an mpirun, which starts them in their order. */
static pid_t process_of(pid_t launcher, int rank) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", launcher, launcher);
  char *children = read_bytes(path, NULL);
  assert_non_null(children);
  char *at = children, *end;
  pid_t pid = 0;
  for (int i = 0; i <= rank; i++, at = end) {
    pid = (pid_t)strtol(at, &end, 10);
    assert_int_not_equal(pid, 0);
  }
  free(children);
  return pid;
}

/* By as many processes as it likes. */
static void resumes_to_the_same(const char *out, const char *processes) {
  result r = RUN_TOGETHER(processes, "r.json", out, "--resume");
  assert_non_null(strstr(r.err, "resumed at step "));
  assert_well(r);
  assert_same_file(out, "one");
}

static void a_killed_process_ends_the_run(void **state) {
  (void)state;
  pid_t pid = start_until_saved("killed");
  assert_int_equal(kill(process_of(pid, 1), SIGKILL), 0);
  result r = finish(pid);
  assert_int_not_equal(r.code, 0);
  if (!strstr(r.err, "oneglyph: another process of this run has ended; step "))
    fail_msg("%s", r.err);
  assert_non_null(strstr(r.err, " of this run is safe in killed.checkpoint (--resume)\n"));
  assert_false(exists("killed"));
  result_free(r);
  resumes_to_the_same("killed", "2");
}

static void a_killed_leader_leaves_its_checkpoint(void **state) {
  (void)state;
  pid_t pid = start_until_saved("led");
  assert_int_equal(kill(process_of(pid, 0), SIGKILL), 0);
  result r = finish(pid);
  assert_int_not_equal(r.code, 0);
  assert_non_null(strstr(r.err, "oneglyph: process 2: another process of this run has ended\n"));
  result_free(r);
  resumes_to_the_same("led", "1");
}

static void asked_to_stop_it_stops_together(void **state) {
  (void)state;
  pid_t pid = start_until_saved("asked");
  kill(process_of(pid, 0), SIGTERM);
  result r = finish(pid);
  assert_int_equal(r.code, 1);
  assert_non_null(strstr(r.err, "oneglyph: interrupted after "));
  result_free(r);
  RUN_WELL(TRAIN("asked", "--resume"));
  assert_same_file("asked", "one");
}

static void what_is_wrong_is_said_once(void **state) {
  (void)state;
  write_recipe("few.json", "\"slices\":1,");
  static const struct {
    const char *recipe, *text;
  } wrong[] = {
      {"none.json", "oneglyph: none.json: cannot open"},
      {"few.json", "oneglyph: 2 processes are too many for 1 slices; the recipe can say more\n"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    result r = RUN_TOGETHER("2", wrong[i].recipe, "wrong", "--seed", "1");
    assert_int_equal(r.code, 2);
    const char *first = strstr(r.err, wrong[i].text);
    assert_non_null(first);
    assert_null(strstr(first + 1, "oneglyph: "));
    result_free(r);
  }
}

int main(void) {
  mpirun = MPIRUN;
  if (access(mpirun, X_OK)) {
    printf("SKIP: no mpirun here\n");
    return 77;
  }
  /* Open MPI would not have root start anything: containers have nobody else. */
  setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
  setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_processes_train_what_one_trains),
      cmocka_unit_test(a_killed_process_ends_the_run),
      cmocka_unit_test(a_killed_leader_leaves_its_checkpoint),
      cmocka_unit_test(asked_to_stop_it_stops_together),
      cmocka_unit_test(what_is_wrong_is_said_once),
  };
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}

#else

static void without_mpi_it_says_so(void **state) {
  (void)state;
  write_recipe("r.json", "");
  setenv("OMPI_COMM_WORLD_SIZE", "4", 1);
  assert_complains(RUN(TRAIN("four", "--steps", "1")), 2,
                   "started as one of 4 processes, but built without MPI");
  assert_false(exists("four"));
  setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
  RUN_WELL(TRAIN("four", "--steps", "1"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(without_mpi_it_says_so)};
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

#endif
