/* `eval --task imagined`: what is imagined keeps its class, and is no copy. */
#include "command.h"

/* A number after `key` in the line for queries by `who`. */
static double number_of(const char *out, const char *who, const char *key) {
  char mark[64];
  snprintf(mark, sizeof mark, "\"queries\":\"%s\"", who);
  const char *at = strstr(out, mark);
  assert_non_null(at);
  while (at > out && at[-1] != '\n')
    at--;
  at = strstr(at, key);
  assert_non_null(at);
  return strtod(at + strlen(key), NULL);
}

#define IMAGINED                                                                                   \
  "eval", "--task", "imagined", "--data", "procedural", "--model",                                 \
      ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors", "--json", "--trials", "1000"

static void the_classifier_judges(void **state) {
  (void)state;
  result r = RUN(IMAGINED), none = RUN(IMAGINED, "--strength", "0");
  if (r.code || none.code)
    fail_msg("%s%s", r.err, none.err);
  double own = number_of(r.out, "imagined", "\"errors\":");
  double likeness = number_of(r.out, "imagined", "\"likeness\":");
  double people = number_of(r.out, "people", "\"likeness\":");
  assert_true(own <= 50);                         /* of its own class: 95 % */
  assert_true(likeness > 0.8 && likeness < 0.98); /* and no copy */
  assert_true(number_of(none.out, "imagined", "\"errors\":") < 2);
  assert_true(number_of(none.out, "imagined", "\"likeness\":") > 0.99);
  assert_true(number_of(none.out, "people", "\"likeness\":") == people);
  result_free(r);
  result_free(none);
  assert_complains(RUN(IMAGINED, "--shot", "2"), 2, "1-shot");
  assert_complains(RUN("eval", "--model", "pixel", "--data", ".", "--strength", "1"), 2,
                   "--strength");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_classifier_judges, enter_folder, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
