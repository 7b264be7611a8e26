/* What is documented to allocate nothing allocates nothing: linked so that every call of malloc and
 * its kin from the library comes by here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "oneglyph.h"

static size_t calls;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size) {
  calls++;
  return __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size) {
  calls++;
  return __real_calloc(count, size);
}

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size) {
  calls++;
  return __real_realloc(memory, size);
}

static uint8_t bytes[1 << 22];
static size_t size;

static int read_model(void **state) {
  (void)state;
  FILE *in = fopen(ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors", "rb");
  size = in ? fread(bytes, 1, sizeof bytes, in) : 0;
  if (in)
    fclose(in);
  return size > 0 && size < sizeof bytes ? 0 : -1;
}

enum { IMAGES = 3, MOST_DIM = 1024 };

static void run(const char *isa, og_precision precision) {
  og_model *model;
  og_workspace *workspace;
  og_support *support;
  og_error error;
  if (og_model_load_as(bytes, size, isa, precision, &model, &error))
    fail_msg("%s: %s", isa, error.text);
  size_t dim = og_model_get_info(model)->dim, done = 0;
  assert_true(dim <= MOST_DIM);
  assert_int_equal(og_workspace_create_batch(model, 2, &workspace), OG_OK);
  assert_int_equal(og_support_create(dim, &support), OG_OK);
  static const float xy[] = {10, 10, 50, 60, 90, 20, 30, 80};
  static const uint32_t lengths[] = {3, 1};
  const og_strokes strokes = {xy, lengths, 2};
  static uint8_t rasters[IMAGES][OG_RASTER_SIZE];
  static float embeddings[IMAGES * MOST_DIM];
  og_match match;
  og_answer answer;
  /* The first support example takes memory; the rest of a drawing's way is free of it. */
  assert_true(calls > 0);
  calls = 0;
  for (size_t i = 0; i < IMAGES; i++)
    assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_FIT, rasters[i], &error), OG_OK);
  assert_int_equal(og_embed(model, workspace, rasters[0], embeddings), OG_OK);
  assert_int_equal(og_embed_batch(model, workspace, (const uint8_t(*)[OG_RASTER_SIZE])rasters,
                                  IMAGES, embeddings, &done),
                   OG_OK);
  assert_int_equal(done, IMAGES);
  assert_int_equal(calls, 0);
  assert_int_equal(og_support_add(support, 1, embeddings, NULL), OG_OK);
  calls = 0;
  assert_int_equal(og_support_classify(support, embeddings + dim,
                                       &og_model_get_info(model)->calibration, 0.5f, &match, 1,
                                       &answer),
                   OG_OK);
  assert_int_equal(calls, 0);
  og_support_free(support);
  og_workspace_free(workspace);
  og_model_free(model);
}

static void drawings_take_no_memory(void **state) {
  (void)state;
  for (size_t i = 0; og_isa_name(i); i++)
    if (og_isa_usable(og_isa_name(i))) {
      run(og_isa_name(i), OG_PRECISION_F32);
      run(og_isa_name(i), OG_PRECISION_INT16);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(drawings_take_no_memory)};
  return cmocka_run_group_tests(tests, read_model, NULL);
}
