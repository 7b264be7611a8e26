/* `oneglyph model average`: one model out of several that began as one. */
#include <math.h>

#include "command.h"
#include "files.h"
#include "net/safetensors.h"

static const char *const tensor = "e.weight";

/* The first numbers of a file's tensor. */
static void first_numbers(const char *path, float out[8]) {
  uint8_t *bytes;
  size_t size;
  og_safetensors *file;
  og_error error = {0};
  if (file_read(path, 1 << 24, &bytes, &size, &error) ||
      og_safetensors_read(bytes, size, &file, &error))
    fail_msg("%s", error.text);
  const og_tensor *t = og_safetensors_find(file, tensor);
  assert_non_null(t);
  for (size_t i = 0; i < 8; i++)
    out[i] = og_tensor_value(t, i);
  og_safetensors_free(file);
  free(bytes);
}

static int train(void **state) {
  (void)state;
  enter_folder(state);
  write_recipe("recipe.json", "");
  write_recipe("more.json", "\"start\":\"a\",");
  RUN_WELL("train", "--recipe", "recipe.json", "--steps", "60", "--threads", "1", "--out", "a");
  RUN_WELL("train", "--recipe", "more.json", "--steps", "60", "--threads", "1", "--out", "b");
  return 0;
}

static void numbers_are_the_mean(void **state) {
  (void)state;
  float a[8], b[8], both[8], twice[8];
  RUN_WELL("model", "average", "a", "b", "--out", "both");
  RUN_WELL("model", "average", "a", "b", "a", "--out", "twice");
  first_numbers("a", a);
  first_numbers("b", b);
  first_numbers("both", both);
  first_numbers("twice", twice);
  for (size_t i = 0; i < 8; i++) {
    assert_true(fabsf(both[i] - (a[i] + b[i]) / 2) < 1e-3f);
    assert_true(fabsf(twice[i] - (2 * a[i] + b[i]) / 3) < 1e-3f);
  }
  result r = RUN("model", "info", "both");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "\nmean_of: tiny of seed 1, 60 of 60 steps; tiny of seed 1, 60 of "
                                "60 steps\n"));
  assert_non_null(strstr(r.out, "(never calibrated, middling values)"));
  assert_non_null(strstr(r.out, "\nheld_out: alphabet04\n"));
  result_free(r);
}

static void models_that_have_no_mean(void **state) {
  (void)state;
  write_comparing_recipe("pair.json");
  RUN_WELL("train", "--recipe", "pair.json", "--steps", "2", "--threads", "1", "--out", "pair");
  write_text("none", "no model");
  assert_complains(RUN("model", "average", "a", "pair", "--out", "c"), 2,
                   "pair: differs from a in its \"net\"");
  assert_complains(RUN("model", "average", "a", "none", "--out", "c"), 2, "none: ");
  assert_complains(RUN("model", "average", "none", "a", "--out", "c"), 2, "none: ");
  assert_complains(RUN("model", "average", "a", "missing", "--out", "c"), 2, "missing: ");
  assert_complains(RUN("model", "average", "a", "--out", "c"), 2, "");
  assert_complains(RUN("model", "average", "a", "b", "--out", "no/such/folder"), 1,
                   "no/such/folder");
  assert_false(exists("c"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_the_mean),
                                     cmocka_unit_test(models_that_have_no_mean)};
  return cmocka_run_group_tests(tests, train, leave_folder);
}
