/* `oneglyph model whiten`: the embedding of a trained model scatters evenly, once. */
#include "command.h"

static const char small[] = "background_small1", other[] = "background_small2";

static void train(const char *out) {
  write_recipe("recipe.json", "");
  RUN_WELL("train", "--data", "procedural", "--recipe", "recipe.json", "--out", out, "--threads",
           "1");
}

static double error_rate(const char *model, const char *data) {
  result r = RUN("eval", "--model", model, "--task", "within", "--data", data, "--set", other,
                 "--trials", "4000", "--json");
  assert_int_equal(r.code, 0);
  const char *key = strstr(r.out, "\"error_percent\":");
  assert_non_null(key);
  double error = atof(strchr(key, ':') + 1);
  result_free(r);
  return error;
}

static void pays_on_other_alphabets(void **state) {
  (void)state;
  const char *data = need_omniglot();
  train("plain.safetensors");
  RUN_WELL("model", "whiten", "plain.safetensors", "--data", data, "--set", small, "--out",
           "white.safetensors");
  result r = RUN("model", "info", "white.safetensors");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "\nwhitened: within classes of background_small1, ridge 0.3\n"));
  result_free(r);
  double before = error_rate("plain.safetensors", data),
         after = error_rate("white.safetensors", data);
  assert_true(after > 0 && after < before);
  assert_complains(RUN("model", "whiten", "white.safetensors", "--data", data, "--set", small,
                       "--out", "twice.safetensors"),
                   2, "white.safetensors: is whitened already");
  assert_complains(RUN("model", "whiten", "plain.safetensors", "--data", data, "--set", small,
                       "--out", "no/such/folder"),
                   1, "no/such/folder");
  assert_int_equal(count_files("twice"), 0);
}

static void refuses_bad_use(void **state) {
  (void)state;
  write_text("broken", "not a model");
  assert_complains(RUN("model", "whiten", "broken", "--data", ".", "--out", "x.safetensors"), 2,
                   "broken");
  train("plain.safetensors");
  assert_complains(
      RUN("model", "whiten", "plain.safetensors", "--data", "nowhere", "--out", "x.safetensors"), 2,
      "plain.safetensors: its recipe names no set of Omniglot");
  assert_complains(RUN("model", "whiten", "plain.safetensors", "--data", "nowhere", "--set", small,
                       "--out", "x.safetensors"),
                   2, "nowhere");
  assert_complains(RUN("model", "whiten", "plain.safetensors", "--out", "x.safetensors"), 2,
                   "--data");
  assert_complains(
      RUN("model", "whiten", "plain.safetensors", "--data", ".", "--out", "x", "--ridge", "-1"), 2,
      "--ridge");
  assert_int_equal(count_files("x"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(pays_on_other_alphabets, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(refuses_bad_use, enter_folder, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
