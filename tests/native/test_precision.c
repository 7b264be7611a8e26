/* `--precision`, and `model calibrate`, which makes a model ready for it. */
#include "native/command.h"

#include <math.h>

#include "core/pictures.h"

enum { DIM = 16, SYMBOLS = 4, DRAWERS = 3 };

/* Layers of 32 channels, which have products of integers. */
static void write_wide_recipe(const char *path) {
  write_text(path,
             "{\"name\":\"wide\",\"holdout\":[\"alphabet04\"],"
             "\"procedural\":{\"alphabets\":5,\"classes\":8,\"drawers\":6,\"seed\":3},"
             "\"net\":[\"x = input 16 16 1\",\"c = conv x 32 3x3 same bn relu\","
             "\"p = maxpool c 2\",\"d = conv p 32 3x3 same bn relu\",\"q = maxpool d 2\","
             "\"e = fc q 16\",\"o = l2norm e\"],"
             "\"input\":\"side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14\","
             "\"steps\":20,\"classes_per_batch\":8,\"same_alphabet\":0.5,\"symmetries\":8,"
             "\"learning_rate\":2e-3,\"weight_decay\":5e-4,\"warmup_steps\":5,\"scale\":16,"
             "\"ema\":0.9,\"ema_start\":0.3,\"rotate_degrees\":15,\"stretch\":0.2,\"shear\":0.25,"
             "\"shift\":0.1,\"warp\":0.045,\"tone\":0.13,\"calibrate\":true}");
}

/* Omniglot's folders, with symbols drawn here. */
static void write_omniglot(void) {
  static const char *const folders[] = {"data", "data/images_background",
                                        "data/images_background/Drawn"};
  for (size_t i = 0; i < 3; i++)
    mkdir(folders[i], 0700);
  for (uint32_t s = 0; s < SYMBOLS; s++)
    for (uint32_t d = 0; d < DRAWERS; d++) {
      char path[100];
      snprintf(path, sizeof path, "data/images_background/Drawn/character%02u", s + 1);
      mkdir(path, 0700);
      size_t used = strlen(path);
      snprintf(path + used, sizeof path - used, "/%04u_%02u.png", s + 1, d + 1);
      picture p = picture_create(105, 105, 255, 255);
      og_drawing drawing;
      og_symbol_draw(OG_SYMBOL_JOINED, 7, s, d, &drawing);
      paint(&p, &drawing, 1, 2, 0);
      size_t size;
      uint8_t *png = png_of(&p, &size);
      write_bytes(path, png, size);
      free(png);
      free(p.rgba);
    }
}

static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  write_wide_recipe("r.json");
  RUN_WELL("train", "--recipe", "r.json", "--out", "m", "--threads", "1");
  write_omniglot();
  write_text("ink.jsonl", "{\"strokes\":[[[10,10],[80,20],[40,90],[15,60]]]}\n");
  return 0;
}

static const char drawn[] = "data/images_background/Drawn/character01/0001_01.png";

static void embed(const char *model, const char *precision, float out[DIM]) {
  result r = RUN("embed", "--model", model, "--precision", precision, drawn);
  assert_int_equal(r.code, 0);
  char *at = strstr(r.out, "\"embedding\":[");
  assert_non_null(at);
  at += strlen("\"embedding\":[");
  for (size_t i = 0; i < DIM; i++, at++)
    out[i] = strtof(at, &at);
  result_free(r);
}

static void assert_near(const float *a, const float *b) {
  float most = 0;
  for (size_t i = 0; i < DIM; i++)
    most = fmaxf(most, fabsf(a[i] - b[i]));
  if (!(most > 0 && most < 1e-2f))
    fail_msg("differ by %g", (double)most);
}

static void trained_models_run_in_both(void **state) {
  (void)state;
  float reals[DIM], integers[DIM];
  embed("m", "f32", reals);
  embed("m", "int16", integers);
  assert_near(reals, integers);
  assert_complains(RUN("embed", "--model", "m", "--precision", "int8", "ink.jsonl"), 2,
                   "--precision int8: must be f32 or int16");
}

static void calibrating_replaces_the_ranges(void **state) {
  (void)state;
  float before[DIM], after[DIM], reals[DIM];
  size_t old_size, new_size;
  result r = RUN("model", "calibrate", "m", "--data", "data", "--out", "n");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "n: ranges of 12 drawings of background"));
  result_free(r);
  free(read_bytes("m", &old_size));
  free(read_bytes("n", &new_size));
  assert_int_equal(old_size, new_size);
  embed("m", "int16", before);
  embed("n", "int16", after);
  embed("n", "f32", reals);
  assert_near(before, after);
  assert_near(reals, after);
  embed("m", "f32", before);
  assert_memory_equal(before, reals, sizeof reals);
}

static void says_what_is_wrong(void **state) {
  (void)state;
  assert_complains(RUN("model", "calibrate", "m", "--data", "nowhere"), 2, "nowhere");
  assert_complains(RUN("model", "calibrate", "gone", "--data", "data"), 2, "gone");
  assert_complains(RUN("model", "calibrate", "ink.jsonl", "--data", "data"), 2, "ink.jsonl: ");
  assert_complains(RUN("model", "calibrate", "m"), 2, "--data");
  assert_complains(RUN("model", "calibrate", "m", "--data", "data", "--example-views", "10"), 2,
                   "--example-views 10");
  assert_complains(RUN("model", "calibrate", "m", "--data", "data", "--example-views", "2"), 2,
                   "m: its recipe names no set of Omniglot");
  assert_complains(
      RUN("model", "calibrate", "m", "--data", "data", "--example-views", "2", "--like", "m"), 2,
      "goes with neither");
  assert_false(exists("ink.jsonl.tmp"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(trained_models_run_in_both),
                                     cmocka_unit_test(calibrating_replaces_the_ranges),
                                     cmocka_unit_test(says_what_is_wrong)};
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
