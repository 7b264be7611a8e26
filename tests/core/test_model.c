/* Model files: what is written is read back, and no broken file gets through or does harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "net/half.h"
#include "net/safetensors.h"
#include "oneglyph.h"

static const char net_text[] = "x = input 8 8 1; c = conv x 4 3x3 same relu; p = maxpool c 2\n"
                               "e = fc p 6; out = l2norm e";
static const char input_text[] = "side=8 half_width=2.4 blur=1 tone_threshold=0.28 tone_gain=14";

typedef struct file {
  uint8_t *bytes;
  size_t size;
} file;

/* A small model; `change` alters one thing: a metadata value or a tensor. */
typedef struct change {
  const char *net, *input, *format, *version, *calibration;
  const char *rename, *to;
  size_t extra_shape;
  float poison;
} change;

static file make_model(const change *c, og_dtype dtype) {
  static float values[400];
  og_random r = og_random_stream(5, 5);
  for (size_t i = 0; i < 400; i++)
    values[i] = og_random_signed(&r);
  values[3] += c->poison;
  og_tensor_source tensors[] = {
      {"c.weight", dtype, 4, {3, 3, 1, 4 + c->extra_shape}, values},
      {"c.bias", OG_F32, 1, {4}, values},
      {"e.weight", dtype, 4, {4, 4, 4, 6}, values + 10},
      {"e.bias", OG_F32, 1, {6}, values + 20},
  };
  for (size_t i = 0; i < 4; i++)
    if (c->rename && strcmp(tensors[i].name, c->rename) == 0)
      tensors[i].name = c->to;
  const char *const metadata[][2] = {
      {"format", c->format ? c->format : "oneglyph"},
      {"version", c->version ? c->version : "1"},
      {"net", c->net ? c->net : net_text},
      {"input", c->input ? c->input : input_text},
      {"calibration", c->calibration
                          ? c->calibration
                          : "temperature=0.07 threshold=0.5 same_scale=12 same_bias=-6.5"},
      {"note", "quote \" backslash \\ newline \n tab \t bell \a gr\xc3\xbc\xc3\x9f"},
  };
  file f;
  assert_int_equal(og_safetensors_write(tensors, 4, metadata, 6, &f.bytes, &f.size), OG_OK);
  return f;
}

static void draw_something(uint8_t raster[OG_RASTER_SIZE]) {
  memset(raster, 0, OG_RASTER_SIZE);
  for (int i = 20; i < 80; i++)
    raster[i * OG_RASTER_SIDE + i] = raster[i * OG_RASTER_SIDE + 40] = 1;
}

static void embed_with(const file *f, const char *isa, float embedding[6]) {
  og_model *model;
  og_workspace *workspace;
  og_error error = {0};
  if (og_model_load(f->bytes, f->size, isa, &model, &error))
    fail_msg("%s", error.text);
  assert_int_equal(og_model_get_info(model)->dim, 6);
  assert_int_equal(og_workspace_create(model, &workspace), OG_OK);
  uint8_t raster[OG_RASTER_SIZE];
  draw_something(raster);
  assert_int_equal(og_embed(model, workspace, raster, embedding), OG_OK);
  float again[6], blank[6] = {7};
  assert_int_equal(og_embed(model, workspace, raster, again), OG_OK);
  assert_memory_equal(embedding, again, sizeof again);
  memset(raster, 0, sizeof raster);
  assert_int_equal(og_embed(model, workspace, raster, blank), OG_ERROR_EMPTY);
  og_workspace_free(workspace);
  og_model_free(model);
}

static void loads_and_embeds(void **state) {
  (void)state;
  file f = make_model(&(change){0}, OG_F32), h = make_model(&(change){0}, OG_F16);
  float scalar[6], half[6];
  embed_with(&f, "scalar", scalar);
  embed_with(&h, "scalar", half);
  double length = 0, off = 0;
  for (size_t i = 0; i < 6; i++) {
    length += (double)scalar[i] * (double)scalar[i];
    off = fmax(off, fabs((double)scalar[i] - (double)half[i]));
  }
  assert_true(fabs(length - 1) < 1e-6);
  assert_true(off > 0 && off < 2e-3);
  for (size_t i = 0; og_isa_name(i); i++)
    if (og_isa_usable(og_isa_name(i))) {
      float other[6];
      embed_with(&f, og_isa_name(i), other);
      for (size_t k = 0; k < 6; k++)
        assert_true(fabs((double)other[k] - (double)scalar[k]) < 1e-5);
    }
  og_model *model;
  assert_int_equal(og_model_load(f.bytes, f.size, NULL, &model, NULL), OG_OK);
  assert_string_equal(og_model_metadata(model, "note"),
                      "quote \" backslash \\ newline \n tab \t bell \a gr\xc3\xbc\xc3\x9f");
  assert_null(og_model_metadata(model, "nothing"));
  assert_true(fabs((double)og_model_get_info(model)->calibration.same_bias + 6.5) < 1e-6);
  og_model_free(model);
  og_error error = {0};
  assert_int_equal(og_model_load(f.bytes, f.size, "abacus", &model, &error), OG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.text, "abacus"));
  free(f.bytes);
  free(h.bytes);
}

static void refuses_what_does_not_fit(void **state) {
  (void)state;
  const change changes[] = {
      {.format = "other"},
      {.version = "2"},
      {.net = "nonsense"},
      {.net = "x = input 9 9 1; c = conv x 4 3x3 same relu; p = maxpool c 2; e = fc p 6"},
      {.net = "x = input 8 8 1; c = conv x 5 3x3 same relu; p = maxpool c 2; e = fc p 6"},
      {.net = "x = input 8 8 1; c = conv x 4 3x3 same bn; p = maxpool c 2; e = fc p 6"},
      {.net = "x = input 8 8 1; c = conv x 4 3x3 same"},
      {.input = "side=8"},
      {.input = ""},
      {.calibration = "temperature=0 threshold=0 same_scale=1 same_bias=1"},
      {.calibration = "temperature=1"},
      {.calibration = "temperature=1 threshold=nan same_scale=1 same_bias=1"},
      {.calibration = "temperature=1 temperature=1 same_scale=1 same_bias=1"},
      {.rename = "e.weight", .to = "f.weight"},
      {.rename = "c.bias", .to = "e.bias"},
      {.extra_shape = 1},
      {.poison = NAN},
      {.poison = INFINITY},
  };
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    file f = make_model(&changes[i], OG_F32);
    og_model *model = NULL;
    og_error error = {0};
    if (og_model_load(f.bytes, f.size, NULL, &model, &error) == OG_OK)
      fail_msg("change %zu was accepted", i);
    assert_null(model);
    assert_true(error.text[0] && !strchr(error.text, '\n'));
    free(f.bytes);
  }
}

/* Every truncation, every byte of the header changed in a few ways, and random damage: an error or
 * a model that runs, nothing else. Sanitizers watch. */
static void survives_damage(void **state) {
  (void)state;
  file f = make_model(&(change){0}, OG_F32);
  og_model *model;
  for (size_t size = 0; size < f.size; size++) {
    uint8_t *part = malloc(size + 1);
    assert_non_null(part);
    memcpy(part, f.bytes, size);
    assert_int_not_equal(og_model_load(part, size, NULL, &model, NULL), OG_OK);
    free(part);
  }
  size_t header = (size_t)f.bytes[0] + ((size_t)f.bytes[1] << 8) + 8;
  static const uint8_t odd[] = {0, '"', '{', '}', ',', '9', '\\', 0xff};
  for (size_t i = 0; i < header; i++)
    for (size_t k = 0; k < sizeof odd; k++) {
      uint8_t kept = f.bytes[i];
      f.bytes[i] = odd[k];
      if (og_model_load(f.bytes, f.size, NULL, &model, NULL) == OG_OK)
        og_model_free(model);
      f.bytes[i] = kept;
    }
  free(f.bytes);
}

/* Finite weights can still overflow: an error, not a NaN. */
static void overflow_is_an_error(void **state) {
  (void)state;
  file f = make_model(&(change){.poison = 3e38f}, OG_F32);
  og_model *model;
  og_workspace *workspace;
  float embedding[6];
  uint8_t raster[OG_RASTER_SIZE];
  draw_something(raster);
  assert_int_equal(og_model_load(f.bytes, f.size, NULL, &model, NULL), OG_OK);
  assert_int_equal(og_workspace_create(model, &workspace), OG_OK);
  assert_int_equal(og_embed(model, workspace, raster, embedding), OG_ERROR_FORMAT);
  og_workspace_free(workspace);
  og_model_free(model);
  free(f.bytes);
}

static void half_precision(void **state) {
  (void)state;
  for (uint32_t h = 0; h < 0x10000; h++) {
    float value = og_half_to_float((uint16_t)h);
    if ((h & 0x7fff) <= 0x7c00)
      assert_int_equal(og_half_from_float(value), h);
    else
      assert_true(isnan(value) && isnan(og_half_to_float(og_half_from_float(value))));
  }
  assert_int_equal(og_half_from_float(65519.0f), 0x7bff);
  assert_int_equal(og_half_from_float(65520.0f), 0x7c00);
  assert_int_equal(og_half_from_float(1.0f + 0x1p-11f), 0x3c00);
  assert_int_equal(og_half_from_float(1.0f + 0x1.8p-10f), 0x3c02);
  assert_int_equal(og_half_from_float(0x1p-25f), 0);
  assert_int_equal(og_half_from_float(0x1.8p-25f), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(loads_and_embeds), cmocka_unit_test(refuses_what_does_not_fit),
      cmocka_unit_test(survives_damage), cmocka_unit_test(overflow_is_an_error),
      cmocka_unit_test(half_precision)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
