/* Every kernel set by name: --isa and ONEGLYPH_ISA choose it where the machine can run it, and are
 * a clear error where it cannot or there is none. */
#include "native/command.h"

#include "oneglyph.h"

static const char *const model = ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors";

static void require_model(void) {
  if (exists(model))
    return;
  print_message("SKIP: models/glyph.safetensors is not there\n");
  skip();
}

static void assert_runs(result r, const char *name) {
  char line[80];
  snprintf(line, sizeof line, "kernels here: %s\n", name);
  if (r.code || !strstr(r.out, line))
    fail_msg("%s: exit %d: %s%s", name, r.code, r.err, r.out);
  result_free(r);
}

static void every_set_by_name(void **state) {
  (void)state;
  require_model();
  for (size_t i = 0; og_isa_name(i); i++) {
    const char *name = og_isa_name(i);
    if (og_isa_usable(name)) {
      assert_runs(RUN("model", "info", model, "--isa", name), name);
      setenv("ONEGLYPH_ISA", name, 1);
      assert_runs(RUN("model", "info", model), name);
    } else {
      assert_complains(RUN("model", "info", model, "--isa", name), 2, "this machine cannot run it");
      setenv("ONEGLYPH_ISA", name, 1);
      assert_complains(RUN("model", "info", model), 2, "usable here: scalar");
    }
    unsetenv("ONEGLYPH_ISA");
  }
}

static void the_option_wins_and_nothing_means_the_best(void **state) {
  (void)state;
  require_model();
  const char *best = NULL;
  for (size_t i = 0; og_isa_name(i); i++)
    best = og_isa_usable(og_isa_name(i)) ? og_isa_name(i) : best;
  unsetenv("ONEGLYPH_ISA");
  assert_runs(RUN("model", "info", model), best);
  setenv("ONEGLYPH_ISA", "", 1);
  assert_runs(RUN("model", "info", model), best);
  setenv("ONEGLYPH_ISA", "abacus", 1);
  assert_runs(RUN("model", "info", model, "--isa", "scalar"), "scalar");
  unsetenv("ONEGLYPH_ISA");
}

static void names_of_no_set(void **state) {
  (void)state;
  write_text("m", "x");
  static const char *const names[] = {"abacus", "AVX2", "scalar ", "avx", "neon,scalar"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    assert_complains(RUN("model", "info", "m", "--isa", names[i]), 2, "no such kernels");
  assert_complains(RUN("embed", "--model", "m", "--isa", "abacus", "m"), 2, "no such kernels");
  assert_complains(RUN("classify", "--model", "m", "--isa", "abacus", "--support", "m", "m"), 2,
                   "no such kernels");
  setenv("ONEGLYPH_ISA", "abacus", 1);
  assert_complains(RUN("model", "info", "m"), 2, "ONEGLYPH_ISA abacus: no such kernels");
  unsetenv("ONEGLYPH_ISA");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_set_by_name),
      cmocka_unit_test(the_option_wins_and_nothing_means_the_best),
      cmocka_unit_test(names_of_no_set),
  };
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
