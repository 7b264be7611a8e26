/* `oneglyph model quantize`: smaller files that answer the same. */
#include "command.h"
#include "files.h"
#include "train_validate.h"

static const char glyph[] = ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors";

/* Embeddings of `set` by a model file. */
static embeddings embed(const char *path, const og_dataset *set) {
  uint8_t *bytes;
  size_t size;
  embeddings e = {0};
  og_error error = {0};
  if (file_read(path, 1 << 24, &bytes, &size, &error) ||
      embeddings_of(bytes, size, NULL, set, 1, 1, &e, &error))
    fail_msg("%s", error.text);
  free(bytes);
  return e;
}

/* The drawing most like drawing `query`, other than itself. */
static size_t nearest(const embeddings *e, size_t query) {
  size_t best = query;
  float most = -2;
  for (size_t i = 0; i < e->count; i++) {
    float sum = 0;
    for (size_t k = 0; k < e->dim; k++)
      sum += e->values[query * e->dim + k] * e->values[i * e->dim + k];
    if (i != query && sum > most) {
      most = sum;
      best = i;
    }
  }
  return best;
}

static size_t size_of(const char *path) {
  struct stat s;
  assert_int_equal(stat(path, &s), 0);
  return (size_t)s.st_size;
}

static void answers_stay_the_same(void **state) {
  (void)state;
  static const struct {
    const char *type;
    double size; /* of the int8 file that is shipped */
  } types[] = {{"f16", 2}, {"int16", 2}, {"int8", 1.001}};
  og_dataset *set;
  assert_int_equal(og_dataset_procedural(5, 1, 0, 20, 4, &set), OG_OK);
  embeddings before = embed(glyph, set);
  for (size_t t = 0; t < 3; t++) {
    RUN_WELL("model", "quantize", glyph, "--to", types[t].type, "--out", "small.safetensors");
    assert_true((double)size_of("small.safetensors") <= types[t].size * (double)size_of(glyph));
    embeddings after = embed("small.safetensors", set);
    for (size_t i = 0; i < set->drawings; i++)
      assert_int_equal(set->class_of[nearest(&before, i)], set->class_of[nearest(&after, i)]);
    embeddings_free(&after);
  }
  embeddings_free(&before);
  og_dataset_free(set);
  result r = RUN("model", "info", "small.safetensors");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, " int8\n"));
  assert_non_null(strstr(r.out, "\nquantized: int8 per output channel\n"));
  result_free(r);
}

static void says_what_it_cost(void **state) {
  (void)state;
  write_recipe("recipe.json", "");
  RUN_WELL("train", "--data", "procedural", "--recipe", "recipe.json", "--steps", "20", "--threads",
           "1", "--out", "tiny.safetensors");
  result r = RUN("model", "quantize", "tiny.safetensors", "--to", "int8", "--out",
                 "small.safetensors", "--json");
  assert_int_equal(r.code, 0);
  const char *key = strstr(r.out, "\"largest_weight_error\":");
  assert_non_null(key);
  double error = atof(strchr(key, ':') + 1);
  assert_true(error > 0 && error < 0.1);
  /* int8 keeps a weight to within a 254th of its channel's largest. */
  key = strstr(r.out, "\"relative_weight_error\":");
  assert_non_null(key);
  error = atof(strchr(key, ':') + 1);
  assert_true(error > 0.001 && error < 0.02);
  assert_null(strstr(r.out, "held_out"));
  result_free(r);
  const char *data = need_omniglot();
  r = RUN("model", "quantize", glyph, "--to", "int8", "--out", "small.safetensors", "--data", data);
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "held-out alphabets, within, 20-way 1-shot: "));
  result_free(r);
}

static void refuses_bad_use(void **state) {
  (void)state;
  assert_complains(RUN("model", "quantize", glyph, "--to", "int4", "--out", "x.safetensors"), 2,
                   "f16, int16 or int8");
  write_text("broken", "not a model");
  assert_complains(RUN("model", "quantize", "broken", "--to", "int8", "--out", "x.safetensors"), 2,
                   "broken");
  assert_complains(RUN("model", "quantize", glyph, "--to", "int8", "--out", "no/such/folder"), 1,
                   "no/such/folder");
  assert_int_equal(count_files("x.safetensors"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(answers_stay_the_same, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(says_what_it_cost, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(refuses_bad_use, enter_folder, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
