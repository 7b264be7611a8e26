/* `oneglyph bench` and `model info --plan`: what they say, and what they refuse. */
#include "native/command.h"

#include <math.h>

#include <json-c/json.h>

#include "core/random_model.h"
#include "kernels/kernels.h"

#define MODELS ONEGLYPH_SOURCE_DIR "/models/"
static const char net[] = "x = input 24 24 1; c = conv x 32 3x3 same relu; p = maxpool c 2;"
                          "d = conv p 48 3x3 same relu; s = conv p 48 1x1 same;"
                          "t = conv d 48 3x3 same add=s relu; q = maxpool t 2; e = fc q 16;"
                          "out = l2norm e";

static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  uint8_t *bytes = NULL;
  size_t size = 0;
  assert_int_equal(random_model(net,
                                "side=24 half_width=2.4 blur=1.2 tone_threshold=0.28"
                                " tone_gain=14",
                                &bytes, &size),
                   OG_OK);
  write_bytes("m", bytes, size);
  free(bytes);
  return 0;
}

static json_object *parsed(const char *line) {
  json_object *object = json_tokener_parse(line);
  if (!object)
    fail_msg("not JSON: %s", line);
  return object;
}

static json_object *member(json_object *object, const char *key) {
  json_object *value = NULL;
  if (!json_object_object_get_ex(object, key, &value))
    fail_msg("no member %s", key);
  return value;
}

static double number(json_object *object, const char *key) {
  return json_object_get_double(member(object, key));
}

static void assert_text(json_object *object, const char *key, const char *text) {
  assert_string_equal(json_object_get_string(member(object, key)), text);
}

static void assert_time(json_object *time) {
  double least = number(time, "min"), median = number(time, "median");
  assert_true(least >= 0 && least <= median && median < 1e5);
}

static json_object *bench_line(const char *const *argv) {
  result r = finish(start(argv));
  if (r.code || r.err[0])
    fail_msg("exit %d: %s", r.code, r.err);
  char *newline = strchr(r.out, '\n');
  assert_true(newline && !newline[1]);
  json_object *object = parsed(r.out);
  result_free(r);
  return object;
}
#define BENCH(...) bench_line(COMMAND("bench", "--seconds", "0.01", "--json", __VA_ARGS__))

static void every_key(void **state) {
  (void)state;
  json_object *b = BENCH("--model", "m", "--isa", "scalar");
  assert_true(json_object_get_string_len(member(b, "cpu")) > 0);
  assert_text(b, "isa", "scalar");
  assert_text(b, "precision", "f32");
  assert_text(b, "model", "m");
  assert_true(number(b, "threads") == 1 && number(b, "runs") >= 3);
  assert_time(member(b, "embed_ms"));
  json_object *images = member(b, "images_per_second");
  assert_true(number(images, "batch") == 1 && number(images, "value") > 0);
  assert_true(number(b, "gflops") >= number(b, "gflops_done"));
  assert_true(number(b, "peak_gflops") > 0 && number(b, "fraction_of_peak") > 0);
  assert_int_equal(json_object_get_string_len(member(b, "signature")), 16);
  json_object *layers = member(b, "layers");
  static const char *const forms[] = {"-",        "direct+pool", "in c",   "winograd", "direct",
                                      "winograd", "-",           "direct", "-"};
  assert_int_equal(json_object_array_length(layers), sizeof forms / sizeof *forms);
  double shares = 0;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    json_object *layer = json_object_array_get_idx(layers, i);
    const char *form = json_object_get_string(member(layer, "form"));
    if (strncmp(form, forms[i], strlen(forms[i])))
      fail_msg("layer %zu: %s", i, form);
    assert_int_equal(json_object_array_length(member(layer, "shape")), 3);
    assert_time(member(layer, "ms"));
    shares += number(layer, "share");
    assert_true((number(layer, "gflops") > 0) == (form[0] == 'd' || form[0] == 'w'));
    assert_true(number(layer, "fraction_of_peak") <= 1.5);
    assert_true((number(layer, "gemm_fraction_of_peak") > 0) == (form[0] == 'd' || form[0] == 'w'));
  }
  assert_true(fabs(shares - 1) < 1e-3);
  assert_text(json_object_array_get_idx(layers, 0), "name", "x");
  json_object_put(b);
}

static char *signature_of(json_object *b) {
  char *text = strdup(json_object_get_string(member(b, "signature")));
  json_object_put(b);
  return text;
}

static void signatures_are_of_the_arithmetic_alone(void **state) {
  (void)state;
  char *one = signature_of(BENCH("--model", "m", "--isa", "scalar"));
  json_object *b = BENCH("--model", "m", "--isa", "scalar", "--batch", "5", "--threads", "2");
  assert_true(number(b, "threads") == 2);
  assert_true(number(member(b, "images_per_second"), "batch") == 5);
  char *many = signature_of(b);
  assert_string_equal(one, many);
  free(many);
  for (size_t i = 0; og_isa_name(i); i++) {
    const og_kernels *set = og_kernels_find(og_isa_name(i));
    if (!set || set->arithmetic == OG_RELAXED)
      continue;
    char *other = signature_of(BENCH("--model", "m", "--isa", set->name));
    assert_int_equal(!strcmp(one, other), set->arithmetic == OG_MULTIPLY_ADD);
    free(other);
  }
  free(one);
}

static void all_sets(void **state) {
  (void)state;
  result r = RUN("bench", "--model", "m", "--isa", "all", "--seconds", "0", "--json");
  assert_int_equal(r.code, 0);
  char *at = r.out;
  for (size_t i = 0; og_isa_name(i); i++)
    if (og_isa_usable(og_isa_name(i))) {
      char *end = strchr(at, '\n');
      assert_non_null(end);
      *end = 0;
      json_object_put(parsed(at));
      at = end + 1;
    }
  assert_string_equal(at, "");
  result_free(r);
  r = RUN("bench", "--model", "m", "--isa", "all", "--seconds", "0");
  assert_int_equal(r.code, 0);
  for (size_t i = 0; og_isa_name(i); i++) {
    char name[60];
    snprintf(name, sizeof name, "kernels %s, f32, batch 1, 1 thread\n", og_isa_name(i));
    assert_int_equal(strstr(r.out, name) != NULL, og_isa_usable(og_isa_name(i)));
  }
  assert_non_null(strstr(r.out, "signature"));
  result_free(r);
}

static void bad_use(void **state) {
  (void)state;
  assert_complains(RUN("bench"), 2, "--model");
  result r = RUN("bench", "--list");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "scalar\n"));
  result_free(r);
  assert_complains(RUN("bench", "--model", "gone"), 2, "gone");
  assert_complains(RUN("bench", "--model", MODELS "glyph-max/pair.safetensors"), 2,
                   "pair.safetensors: compares drawings and embeds none");
  assert_complains(RUN("bench", "--model", "m", "--isa", "abacus"), 2,
                   "--isa abacus: no such kernels; usable here: ");
  assert_complains(RUN("bench", "--model", "m", "--precision", "int8"), 2, "must be f32 or int16");
  assert_complains(RUN("bench", "--model", "m", "--precision", "int16"), 2, "model calibrate");
  assert_complains(RUN("bench", "--model", "m", "--batch", "0"), 2, "--batch 0");
  assert_complains(RUN("bench", "--model", "m", "--threads", "2"), 2,
                   "--threads 2: more than drawings in a batch, --batch 1");
  assert_complains(RUN("bench", "--model", "m", "--seconds", "-1"), 2, "--seconds -1");
  assert_complains(RUN("bench", "--model", "m", "--seconds", "soon"), 2, "--seconds soon");
  assert_complains(RUN("bench", "--model", "m", "m"), 2, "m: ");
  for (size_t i = 0; og_isa_name(i); i++)
    if (!og_isa_usable(og_isa_name(i)))
      assert_complains(RUN("bench", "--model", "m", "--isa", og_isa_name(i)), 2,
                       "this machine cannot run it; usable here: ");
}

static void the_plan(void **state) {
  (void)state;
  result r = RUN("model", "info", "m", "--plan", "--json", "--isa", "scalar");
  assert_int_equal(r.code, 0);
  json_object *layers = parsed(r.out);
  result_free(r);
  assert_int_equal(json_object_array_length(layers), 9);
  json_object *fc = json_object_array_get_idx(layers, 7);
  assert_text(fc, "name", "e");
  assert_text(fc, "form", "direct");
  /* 6 x 6 x 48 numbers to 16, in panels of a bias row and a row for each number. */
  assert_true(number(fc, "products") == 6 * 6 * 48 * 16);
  assert_true(number(fc, "packed_bytes") == (6 * 6 * 48 + 1) * 16 * 4);
  assert_true(number(fc, "scratch_bytes") == 0);
  json_object *winograd = json_object_array_get_idx(layers, 5);
  double tile = number(winograd, "tile");
  double across = ceil(12 / tile), alpha = tile + 2;
  assert_true(tile > 0 && number(winograd, "chunk") > 0 && number(winograd, "scratch_bytes") > 0);
  assert_true(number(winograd, "products") == across * across * alpha * alpha * 48 * 48);
  json_object_put(layers);
  r = RUN("model", "info", "m", "--plan");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "p        12x12x32       in c\n"));
  result_free(r);
}

/* Sums of the peak loop, which nobody else looks at: (sum * a + b) goes to b / (1 - a). */
static void peaks_compute(void **state) {
  (void)state;
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *set = og_kernels_find(og_kernels_at(i)->name);
    if (!set)
      continue;
    for (int integers = 0; integers < 2; integers++) {
      og_real memory[OG_PEAK_MEMORY];
      const int16_t pair[2] = {3, -2};
      for (size_t k = 0; k < OG_PEAK_MEMORY; k++) {
        memory[k] = (og_real)0.5;
        if (integers)
          memcpy(&memory[k], pair, sizeof pair);
      }
      size_t done = set->peak(integers, 100, memory);
      assert_true(done >= 100 && done % 100 == 0);
      assert_true(memory[0] == (integers ? 100 * (9 + 4) : 1));
    }
  }
}

/* A large support set: memory is what its numbers take and no more, and what was taught is found.
 */
static void support_sets_under_load(void **state) {
  (void)state;
  json_object *r = bench_line(COMMAND("bench", "--support", "2000", "--shot", "5", "--queries",
                                      "200", "--threads", "2", "--json"));
  assert_true(number(r, "examples") == 10000 && number(r, "dim") == 128);
  assert_true(number(r, "tried") == 100 && number(r, "found") == 100);
  assert_time(member(r, "query_ms"));
  assert_true(number(r, "queries_per_second") > 0);
#ifndef ONEGLYPH_SANITIZE
  /* Room doubles as it grows, and the old one is there until it is copied. */
  assert_true(number(r, "set_bytes") < 4 * 10000 * 128 * 2.0);
  assert_true(number(r, "query_bytes") < 1e6);
#endif
  json_object_put(r);
  assert_complains(RUN("bench", "--support", "1000000", "--shot", "5"), 2, "more than 1048576");
  assert_complains(RUN("bench", "--support", "0"), 2, "--support");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_key),
      cmocka_unit_test(signatures_are_of_the_arithmetic_alone),
      cmocka_unit_test(all_sets),
      cmocka_unit_test(bad_use),
      cmocka_unit_test(the_plan),
      cmocka_unit_test(peaks_compute),
      cmocka_unit_test(support_sets_under_load),
  };
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
