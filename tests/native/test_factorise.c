/* `oneglyph model factorise`: a layer as two that together say the same. */
#include "command.h"
#include "core/random_model.h"
#include "factorised.h"
#include "train_validate.h"

#include <math.h>

static const char glyph[] = ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors";
enum { DRAWINGS = 24, RANK = DRAWINGS - 1 };

static og_dataset *set;

static int prepare(void **state) {
  return enter_folder(state) || og_dataset_procedural(5, 1, 0, DRAWINGS / 2, 2, &set) ? -1 : 0;
}

static int clean(void **state) {
  og_dataset_free(set);
  return leave_folder(state);
}

static embeddings embed(const uint8_t *bytes, size_t size) {
  embeddings e = {0};
  og_error error = {0};
  if (embeddings_of(bytes, size, NULL, set, 1, 1, &e, &error))
    fail_msg("%s", error.text);
  return e;
}

/* The sums of so few drawings have so few directions: nothing is lost on these drawings. */
static void check(const char *path, const char *layer) {
  model_file f;
  uint8_t *bytes;
  size_t size;
  og_error error = {0};
  assert_int_equal(model_file_open(path, NULL, &f), OPTIONS_RUN);
  size_t at = factorised_layer(&f.net, layer);
  if (factorised_write(&f, at, RANK, set, DRAWINGS, 1, &bytes, &size, &error))
    fail_msg("%s", error.text);
  assert_true(size < f.size);
  embeddings before = embed(f.bytes, f.size), after = embed(bytes, size);
  float most = 0, off = 0;
  for (size_t i = 0; i < before.count * before.dim; i++) {
    most = fmaxf(most, fabsf(before.values[i]));
    off = fmaxf(off, fabsf(before.values[i] - after.values[i]));
  }
  if (!(off < 2e-3f * most))
    fail_msg("%s: %g of %g", path, (double)off, (double)most);
  embeddings_free(&before);
  embeddings_free(&after);
  free(bytes);
  model_file_close(&f);
}

static void little_is_lost(void **state) {
  (void)state;
  static const char input[] = "side=20 half_width=2.4 blur=2 tone_threshold=0.28 tone_gain=14";
  static const char *const nets[] = {
      "x = input 20 20 1; c = conv x 32 3x3 same relu; p = maxpool c 2; e = fc p 100 sigmoid",
      /* Not the last layer, and a name as long as names may be, which is taken. */
      "x = input 20 20 1; abcdefghijkllow = conv x 8 3x3 same relu; p = maxpool abcdefghijkllow 2;"
      "abcdefghijklmno = fc p 60 relu; e = fc abcdefghijklmno 20"};
  static const char *const heads[] = {"siamese", NULL};
  for (size_t i = 0; i < 2; i++) {
    uint8_t *bytes;
    size_t size;
    assert_int_equal(random_model_with_head(nets[i], input, heads[i], &bytes, &size), OG_OK);
    write_bytes("m", bytes, size);
    free(bytes);
    check("m", i ? "abcdefghijklmno" : NULL);
  }
}

static void says_what_is_wrong(void **state) {
  (void)state;
  assert_complains(RUN("model", "factorise", glyph, "--data", "d", "--rank", "114", "--out", "o"),
                   2, "gets smaller up to 113 only");
  assert_complains(
      RUN("model", "factorise", glyph, "--data", "d", "--rank", "9", "--out", "o", "--layer", "r"),
      2, "has no fc layer called r");
  assert_complains(RUN("model", "factorise", glyph, "--data", "d", "--rank", "9", "--out", "o"), 2,
                   "d");
  assert_complains(RUN("model", "factorise", glyph, "--data", "d", "--out", "o"), 2, "--rank");
  assert_complains(RUN("model", "factorise", "gone", "--data", "d", "--rank", "9", "--out", "o"), 2,
                   "gone");
  assert_false(exists("o"));
}

static void a_file_is_written_with_its_loss(void **state) {
  (void)state;
  const char *data = need_omniglot();
  result r = RUN("model", "factorise", glyph, "--data", data, "--rank", "100", "--drawings", "400",
                 "--out", "o", "--json");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "\"layer\":\"e\",\"rank\":100,"));
  const char *errors = strstr(r.out, "\"error_percent\":");
  assert_non_null(errors);
  assert_true(strtod(strchr(errors, ':') + 1, NULL) < 5.5);
  result_free(r);
  RUN_WELL("model", "info", "o");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(little_is_lost),
                                     cmocka_unit_test(says_what_is_wrong),
                                     cmocka_unit_test(a_file_is_written_with_its_loss)};
  return cmocka_run_group_tests(tests, prepare, clean);
}
