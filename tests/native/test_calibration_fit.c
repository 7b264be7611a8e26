/* `oneglyph model calibrate`: probabilities fitted to the alphabets held out, of a committee and of
 * a model whose examples are seen otherwise. */
#include "command.h"
#include "files.h"
#include "oneglyph.h"

static int prepare(void **state) {
  return enter_folder(state) ||
         symlink(ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors", "glyph.safetensors");
}

/* The calibration that a model file holds; static. */
static const char *calibration_of(const char *path) {
  static char text[512];
  uint8_t *bytes = NULL;
  size_t size;
  og_model *model = NULL;
  og_error error = {0};
  if (file_read(path, SIZE_MAX, &bytes, &size, &error) ||
      og_model_load(bytes, size, NULL, &model, &error))
    fail_msg("%s", error.text);
  snprintf(text, sizeof text, "%s", og_model_metadata(model, "calibration"));
  og_model_free(model);
  free(bytes);
  return text;
}

static void probabilities_of_a_committee(void **state) {
  (void)state;
  const char *data = need_omniglot();
  write_text("views.json", "{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":["
                           "{\"model\":\"glyph.safetensors\",\"views\":3}]}");
  assert_complains(RUN("model", "calibrate", "views.json", "--data", data, "--out", "a/b.json"), 2,
                   "a/b.json: a committee's files are beside it");
  RUN_WELL("model", "calibrate", "views.json", "--data", data, "--out", "fitted.json");
  char *text = read_bytes("fitted.json", NULL);
  assert_non_null(text);
  const char *at = strstr(text, "\"held_out_error\"");
  assert_non_null(at);
  assert_true(strtod(strchr(at, ':') + 2, NULL) < 6);
  assert_non_null(strstr(text, "\"calibration\":\"temperature="));
  free(text);
  write_text("ink.jsonl", "{\"strokes\":[[[0,0],[9,9],[9,0]]]}\n");
  RUN_WELL("embed", "--model", "fitted.json", "ink.jsonl");
}

/* Examples seen otherwise have other probabilities. */
static void probabilities_of_other_views(void **state) {
  (void)state;
  const char *data = need_omniglot();
  char before[512];
  RUN_WELL("model", "calibrate", "glyph.safetensors", "--data", data, "--drawings", "20",
           "--example-views", "1", "--crowd", "0", "--out", "one");
  snprintf(before, sizeof before, "%s", calibration_of("one"));
  assert_null(strstr(before, "example_views"));
  assert_null(strstr(before, "crowd"));
  RUN_WELL("model", "calibrate", "glyph.safetensors", "--data", data, "--drawings", "20",
           "--example-views", "2", "--crowd", "0.25", "--out", "two");
  assert_non_null(strstr(calibration_of("two"), " example_views=2.0"));
  assert_non_null(strstr(calibration_of("two"), " crowd=0.25"));
  assert_true(strncmp(before, calibration_of("two"), strcspn(before, " ")) != 0);
  assert_non_null(strstr(before, " second_look="));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(probabilities_of_a_committee),
                                     cmocka_unit_test(probabilities_of_other_views)};
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
