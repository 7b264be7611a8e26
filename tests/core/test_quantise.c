/* Integer weights in model files: what comes back, and which scales are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "net/quantise.h"

enum { ROWS = 45, CHANNELS = 4, COUNT = ROWS * CHANNELS };

typedef struct file {
  uint8_t *bytes;
  size_t size;
} file;

/* A channel of zeros, one of tiny, one of usual and one of large numbers. */
static void paint(float *values) {
  static const float sizes[CHANNELS] = {0, 1e-30f, 0.7f, 3e30f};
  og_random random = og_random_stream(3, 1);
  for (size_t i = 0; i < COUNT; i++)
    values[i] = sizes[i % CHANNELS] * og_random_signed(&random);
}

static file write_file(const float *values, og_dtype dtype) {
  static const float bias[CHANNELS] = {1, 2, 3, 4};
  const og_tensor_source tensors[] = {{"w", dtype, 3, {5, 9, CHANNELS}, values},
                                      {"b", OG_F32, 1, {CHANNELS}, bias}};
  const char *const metadata[][2] = {{"format", "test"}};
  file f;
  assert_int_equal(og_safetensors_write(tensors, 2, metadata, 1, &f.bytes, &f.size), OG_OK);
  return f;
}

static void numbers_come_back_within_half_a_step(void **state) {
  (void)state;
  static const og_dtype types[] = {OG_I8, OG_I16};
  float values[COUNT];
  paint(values);
  for (size_t t = 0; t < 2; t++) {
    file f = write_file(values, types[t]);
    og_safetensors *read;
    og_error error = {0};
    if (og_safetensors_read(f.bytes, f.size, &read, &error))
      fail_msg("%s", error.text);
    assert_int_equal(read->tensors, 2);
    const og_tensor *w = og_safetensors_find(read, "w"), *b = og_safetensors_find(read, "b");
    assert_true(w && b && !og_safetensors_find(read, "w_scale"));
    assert_true(w->scales && !b->scales && og_tensor_value(b, 3) == 4);
    for (size_t i = 0; i < COUNT; i++) {
      float scale =
          og_quantise_scale(values, COUNT, CHANNELS, i % CHANNELS, og_quantise_most(types[t]));
      float got = og_tensor_value(w, i);
      assert_true(fabsf(got - values[i]) <= scale * 0.5001f);
      assert_true(i % CHANNELS || got == 0);
    }
    /* What was integers once stays the same integers. */
    float again[COUNT];
    for (size_t i = 0; i < COUNT; i++)
      again[i] = og_tensor_value(w, i);
    file g = write_file(again, types[t]);
    assert_int_equal(f.size, g.size);
    size_t data = f.size - 4 * CHANNELS - 4 * CHANNELS - COUNT * og_dtype_size(types[t]);
    assert_memory_equal(f.bytes + data, g.bytes + data, COUNT * og_dtype_size(types[t]));
    free(g.bytes);
    og_safetensors_free(read);
    free(f.bytes);
  }
}

static void integers_are_clamped(void **state) {
  (void)state;
  assert_int_equal(og_quantise(1, 1, 127), 1);
  assert_int_equal(og_quantise(-0.4f, 1, 127), 0);
  assert_int_equal(og_quantise(-0.6f, 1, 127), -1);
  assert_int_equal(og_quantise(126.7f, 1, 127), 127);
  assert_int_equal(og_quantise(1e30f, 1e-30f, 127), 127);
  assert_int_equal(og_quantise(-1e30f, 1e-30f, 32767), -32767);
  assert_int_equal(og_quantise(INFINITY, 1, 127), 127);
  assert_int_equal(og_quantise(NAN, 1, 127), 0);
  assert_true(og_quantise_scale((const float[]){0, 0}, 2, 1, 0, 127) == 1);
  assert_true(og_quantise_scale((const float[]){1e-40f, 0}, 2, 1, 0, 127) == 1);
  assert_true(og_quantise_scale((const float[]){-254, 9}, 2, 1, 0, 127) == 2);
}

/* A file is refused, with one line that names the tensor. */
static void check_refused(const file *f) {
  og_safetensors *read = NULL;
  og_error error = {0};
  assert_int_equal(og_safetensors_read(f->bytes, f->size, &read, &error), OG_ERROR_FORMAT);
  assert_null(read);
  assert_true(error.text[0] && !strchr(error.text, '\n'));
}

/* Changes the first `from` of the header to `to`, of the same length. */
static void change_header(const file *f, const char *from, const char *to) {
  size_t length = strlen(from);
  for (size_t i = 8; i + length < f->size; i++)
    if (!memcmp(f->bytes + i, from, length)) {
      memcpy(f->bytes + i, to, length);
      return;
    }
  fail_msg("no %s in the header", from);
}

static void hostile_scales_are_refused(void **state) {
  (void)state;
  static const float bad[] = {0, -1, -0.0f, NAN, INFINITY, -INFINITY};
  float values[COUNT];
  paint(values);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    file f = write_file(values, OG_I8);
    memcpy(f.bytes + f.size - 8 * sizeof *values, &bad[i], sizeof bad[i]); /* of channel 0 */
    check_refused(&f);
    free(f.bytes);
  }
  static const char *const changes[][2] = {
      {"w_scale", "w_scalx"},                               /* none */
      {"b\":{\"dtype\":\"F32\"", "b\":{\"dtype\":\"I32\""}, /* no such type */
      {"\"shape\":[4],\"data", "\"shape\":[5],\"data"},     /* another count */
      {"e\":{\"dtype\":\"F32\",\"shape\":[4]", "e\":{\"dtype\":\"F16\",\"shape\":[8]"},
      {"\"shape\":[5,9,4]", "\"shape\":[9,5,3]"},
      {"\"shape\":[5,9,4]", "\"shape\":[4,9,5]"}, /* fits the data, not the scales */
      {"\"shape\":[5,9,4]", "\"shape\":[180,1]"},
  };
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    file f = write_file(values, OG_I8);
    change_header(&f, changes[i][0], changes[i][1]);
    check_refused(&f);
    free(f.bytes);
  }
}

/* A scale without integers is a tensor like any other. */
static void other_scales_stay(void **state) {
  (void)state;
  const float one = 1;
  const og_tensor_source tensors[] = {{"w", OG_F32, 1, {1}, &one},
                                      {"w_scale", OG_F32, 1, {1}, &one}};
  file f;
  og_safetensors *read;
  assert_int_equal(og_safetensors_write(tensors, 2, NULL, 0, &f.bytes, &f.size), OG_OK);
  assert_int_equal(og_safetensors_read(f.bytes, f.size, &read, NULL), OG_OK);
  assert_int_equal(read->tensors, 2);
  og_safetensors_free(read);
  free(f.bytes);
}

/* Sanitizers watch. */
static void damage_does_no_harm(void **state) {
  (void)state;
  static const uint8_t odd[] = {0, '"', '{', '}', ',', '1', '8', 0xff};
  float values[COUNT];
  paint(values);
  file f = write_file(values, OG_I16);
  og_safetensors *read;
  for (size_t size = 0; size < f.size; size++) {
    uint8_t *part = malloc(size + 1);
    assert_non_null(part);
    memcpy(part, f.bytes, size);
    assert_int_not_equal(og_safetensors_read(part, size, &read, NULL), OG_OK);
    free(part);
  }
  size_t header = 8 + (size_t)f.bytes[0] + ((size_t)f.bytes[1] << 8);
  for (size_t i = 0; i < header; i++)
    for (size_t k = 0; k < sizeof odd; k++) {
      uint8_t kept = f.bytes[i];
      f.bytes[i] = odd[k];
      if (og_safetensors_read(f.bytes, f.size, &read, NULL) == OG_OK) {
        for (size_t t = 0; t < read->tensors; t++)
          for (size_t n = 0; n < read->tensor[t].count; n++)
            (void)og_tensor_value(&read->tensor[t], n);
        og_safetensors_free(read);
      }
      f.bytes[i] = kept;
    }
  free(f.bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_come_back_within_half_a_step),
      cmocka_unit_test(integers_are_clamped),
      cmocka_unit_test(hostile_scales_are_refused),
      cmocka_unit_test(other_scales_stay),
      cmocka_unit_test(damage_does_no_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
