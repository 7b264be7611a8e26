/* `oneglyph model calibrate`: probabilities fitted to the alphabets held out, of a committee and of
 * a model whose examples are seen otherwise. */
#include "command.h"
#include "files.h"
#include "oneglyph.h"

#include <math.h>

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

/* The calibration that a list's file holds; static. */
static const char *calibration_in_list(const char *path) {
  static char found[512];
  char *text = read_bytes(path, NULL), *at = strstr(text, "\"calibration\":\"");
  assert_non_null(at);
  snprintf(found, sizeof found, "%.*s", (int)strcspn(at + 15, "\""), at + 15);
  free(text);
  return found;
}

/* What is fitted is what is judged: a comparer without weight changes nothing that counts, one with
 * weight does. */
static void probabilities_with_a_comparer(void **state) {
  (void)state;
  const char *data = need_omniglot();
  write_comparing_recipe("pair.json");
  RUN_WELL("train", "--recipe", "pair.json", "--threads", "2", "--steps", "20", "--out", "pair");
  static const char list[] = "{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":["
                             "{\"model\":\"glyph.safetensors\"}]%s}";
  static const char *const comparers[] = {
      "", ",\"comparer\":{\"model\":\"pair\",\"top\":2,\"weight\":1e-6}",
      ",\"comparer\":{\"model\":\"pair\",\"top\":20,\"weight\":0.3}"};
  double temperatures[3];
  for (size_t i = 0; i < 3; i++) {
    char text[512];
    snprintf(text, sizeof text, list, comparers[i]);
    write_text("list.json", text);
    RUN_WELL("model", "calibrate", "list.json", "--data", data, "--out", "fitted.json");
    temperatures[i] = strtod(calibration_in_list("fitted.json") + strlen("temperature="), NULL);
  }
  assert_true(temperatures[0] > 0);
  assert_true(fabs(temperatures[1] / temperatures[0] - 1) < 1e-3);
  assert_true(fabs(temperatures[2] / temperatures[0] - 1) > 1e-2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(probabilities_of_a_committee),
                                     cmocka_unit_test(probabilities_of_other_views),
                                     cmocka_unit_test(probabilities_with_a_comparer)};
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
