/* Training nets with Koch's head: both objectives, all optimisers, settings by layer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command.h"

/* Koch's net, small. */
static void write_small(const char *path, const char *more) {
  char text[2048];
  snprintf(text, sizeof text,
           "{%s\"name\":\"small\",\"holdout\":[\"alphabet04\"],\"head\":\"siamese\","
           "\"procedural\":{\"alphabets\":5,\"classes\":8,\"drawers\":6,\"seed\":3},"
           "\"net\":[\"x = input 16 16 1\",\"c = conv x 8 3x3 valid bn relu\",\"p = maxpool c 2\","
           "\"d = conv p 12 3x3 valid bn relu\",\"e = fc d 32 bn sigmoid\"],"
           "\"input\":\"side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14\","
           "\"steps\":300,\"classes_per_batch\":8,\"same_alphabet\":0.5,\"symmetries\":1,"
           "\"weight_decay\":5e-4,\"warmup_steps\":5,\"scale\":8,\"ema\":0.9,\"ema_start\":0.3,"
           "\"rotate_degrees\":15,\"stretch\":0.2,\"shear\":0.25,\"shift\":0.1,\"warp\":0.045,"
           "\"tone\":0.13,\"validate_every\":300}",
           more);
  write_text(path, text);
}

static double held_out_error(const char *model) {
  result r = RUN("model", "info", "--json", model);
  assert_int_equal(r.code, 0);
  const char *at = strstr(r.out, "\"held_out_error\":\"");
  assert_non_null(at);
  double percent = strtod(at + strlen("\"held_out_error\":\""), NULL);
  result_free(r);
  return percent;
}

static void all_pairs_learn(void **state) {
  (void)state;
  write_small("r.json", "\"objective\":\"all-pairs\",\"binary\":0.2,\"learning_rate\":4e-3,");
  RUN_WELL("train", "--recipe", "r.json", "--threads", "1", "--out", "all");
  /* Guessing is wrong 7 times of 8. */
  double percent = held_out_error("all");
  print_message("all pairs: %.1f %%\n", percent);
  assert_true(percent < 50);
}

/* Pairs of invented characters: told apart far better than by guessing, the same twice. */
static void pairs_are_verified(void **state) {
  (void)state;
  result a = RUN("eval", "--model", "all", "--data", "procedural", "--task", "verify", "--trials",
                 "1000", "--json"),
         b = RUN("eval", "--model", "all", "--data", "procedural", "--task", "verify", "--trials",
                 "1000", "--threads", "1", "--json");
  assert_int_equal(a.code, 0);
  assert_memory_equal(a.out, b.out, (size_t)(strstr(a.out, "\"ms_per_embed\"") - a.out));
  assert_non_null(strstr(a.out, "\"task\":\"verify\",\"model\":\"all\",\"way\":2,\"shot\":1,"));
  const char *at = strstr(a.out, "\"error_percent\":");
  assert_non_null(at);
  double percent = strtod(at + strlen("\"error_percent\":"), NULL);
  print_message("verify: %.1f %%\n", percent);
  assert_true(percent < 25);
  result_free(a);
  result_free(b);
  assert_complains(RUN("eval", "--model", "pixel", "--data", "procedural", "--task", "verify"), 2,
                   "asks for probabilities, which pixel has not");
  assert_complains(
      RUN("eval", "--model", "all", "--data", "procedural", "--task", "verify", "--way", "5"), 2,
      "--task verify takes none of");
}

static void pairs_learn(void **state) {
  (void)state;
  static const char *const how[] = {
      "\"learning_rate\":4e-3,\"optimiser\":\"adam\",",
      "\"learning_rate\":0.1,\"optimiser\":\"sgd\",\"epoch_steps\":10,"
      "\"layers\":[\"c rate=1 decay=1e-4 momentum=0.9 spread=0.1 offset=0.1\","
      "\"head rate=0.2 decay=0 momentum=0.7 spread=0.2 offset=0.5\"],"};
  for (size_t i = 0; i < 2; i++) {
    char more[512];
    snprintf(more, sizeof more, "\"objective\":\"pairs\",%s", how[i]);
    write_small("p.json", more);
    RUN_WELL("train", "--recipe", "p.json", "--threads", "1", "--out", "pairs");
    double percent = held_out_error("pairs");
    print_message("pairs, %s: %.1f %%\n", i ? "sgd" : "adam", percent);
    assert_true(percent < 75);
  }
}

static void bad_recipes(void **state) {
  (void)state;
  static const struct {
    const char *more, *says;
  } cases[] = {
      {"\"objective\":\"pairs\",\"optimiser\":\"lbfgs\",", "must be adamw, adam or sgd"},
      {"\"objective\":\"pairs\",\"layers\":[\"z rate=1\"],", "layers: there is no layer 'z'"},
      {"\"objective\":\"pairs\",\"layers\":[\"c rate=1\"],", "layers: decay is missing"},
      {"\"objective\":\"pairs\",\"binary\":2,", "\"binary\": must be a number between"},
      {"\"objective\":\"pairs\",\"head\":\"cosine\",", "no kind of head"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char more[512];
    snprintf(more, sizeof more, "%s\"learning_rate\":1e-3,", cases[i].more);
    write_small("bad.json", more);
    if (strstr(more, "cosine")) { /* a later key of one name wins */
      char *text = read_bytes("bad.json", NULL), *at = strstr(text, "\"head\":\"siamese\"");
      memcpy(at, "\"head\":\"cosines\"", 16);
      write_text("bad.json", text);
      free(text);
    }
    assert_complains(RUN("train", "--recipe", "bad.json", "--out", "b"), 2, cases[i].says);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(all_pairs_learn),
                                     cmocka_unit_test(pairs_are_verified),
                                     cmocka_unit_test(pairs_learn), cmocka_unit_test(bad_recipes)};
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
