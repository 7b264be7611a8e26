/* The manners of the command line: help, versions, and one clear line for every kind of misuse. */
#include "native/command.h"

static const char *const commands[][3] = {
    {"train"},         {"embed"},           {"classify"}, {"model"},
    {"model", "info"}, {"model", "export"}, {"data"},     {"eval"},
};

static void every_command_has_help_with_an_example(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    const char *argv[5] = {"oneglyph"};
    size_t count = 1;
    while (count < 4 && commands[i][count - 1]) {
      argv[count] = commands[i][count - 1];
      count++;
    }
    argv[count] = "--help";
    result r = finish(start(argv));
    assert_int_equal(r.code, 0);
    assert_string_equal(r.err, "");
    assert_non_null(strstr(r.out, "Usage: oneglyph"));
    assert_non_null(strstr(r.out, "Example"));
    result_free(r);
  }
}

static void top_level(void **state) {
  (void)state;
  result r = RUN("--help");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "Example"));
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
    assert_non_null(strstr(r.out, commands[i][0]));
  result_free(r);
  r = RUN("--version");
  assert_int_equal(r.code, 0);
  assert_int_equal(strncmp(r.out, "oneglyph ", 9), 0);
  result_free(r);
  assert_complains(finish(start((const char *[]){"oneglyph", NULL})), 2, "which command?");
  assert_complains(RUN("trian"), 2, "did you mean train?");
  assert_complains(RUN("clasify"), 2, "did you mean classify?");
  assert_complains(RUN("zzzzzz"), 2, "unknown command");
  assert_complains(RUN("a\nb\033[31m"), 2, "a?b?[31m");
}

static void misuse(void **state) {
  (void)state;
  assert_complains(RUN("train", "--sede", "1"), 2, "did you mean --seed?");
  assert_complains(RUN("train", "--qqqqqqq"), 2, "unknown option");
  assert_complains(RUN("train", "-z"), 2, "unknown option");
  assert_complains(RUN("train", "--recipe"), 2, "needs a value");
  assert_complains(RUN("train", "--recipe", "r"), 2, "--out MODEL is missing");
  assert_complains(RUN("train", "--recipe", ""), 2, "must not be empty");
  assert_complains(RUN("train", "--recipe", "r", "--recipe", "s"), 2, "given twice");
  assert_complains(RUN("train", "--recipe", "r", "--out", "o", "extra"), 2,
                   "one argument too many");
  assert_complains(RUN("embed", "--model", "m"), 2, "FILE...: missing");
  assert_complains(RUN("model"), 2, "which command?");
  assert_complains(RUN("model", "inof", "m"), 2, "inof");
  assert_complains(RUN("classify", "--json=yes"), 2, "--json");
  assert_complains(RUN("train", "--recipe", "r", "--out", "o", "--steps", "5", "--minutes", "1"), 2,
                   "exclude each other");
}

static void numbers(void **state) {
  (void)state;
  static const char *const whole[] = {
      "-1",        "0", "1.5", "1e3", " 7", "7 ", "0x10", "seven", "99999999999999999999999",
      "1000000001"};
  for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
    assert_complains(RUN("train", "--steps", whole[i]), 2, "not a whole number between 1 and");
  static const char *const real[] = {"nan", "inf", "-inf", "", "1,5", "0", "-3", "1e400", " 1"};
  for (size_t i = 0; i < sizeof real / sizeof real[0]; i++)
    assert_complains(RUN("train", "--minutes", real[i]), 2, "number between 0.001 and 1000000");
}

static void unwritable_results(void **state) {
  (void)state;
  const char *const argv[] = {"oneglyph", "--help", NULL};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/full", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid;
  write_text("stdout", "");
  assert_int_equal(
      posix_spawn(&pid, ONEGLYPH_COMMAND, &actions, NULL, (char *const *)argv, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  assert_complains(finish(pid), 1, "could not be written");
}

static void kernels_by_name(void **state) {
  (void)state;
  write_text("m", "x");
  assert_complains(RUN("model", "info", "m", "--isa", "abacus"), 2, "usable here: ");
  setenv("ONEGLYPH_ISA", "abacus", 1);
  assert_complains(RUN("model", "info", "m"), 2, "ONEGLYPH_ISA abacus: no such kernels");
  assert_complains(RUN("model", "info", "m", "--isa", "scalar"), 2, "m: ");
  unsetenv("ONEGLYPH_ISA");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_command_has_help_with_an_example),
      cmocka_unit_test(top_level),
      cmocka_unit_test(misuse),
      cmocka_unit_test(numbers),
      cmocka_unit_test(unwritable_results),
      cmocka_unit_test(kernels_by_name),
  };
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
