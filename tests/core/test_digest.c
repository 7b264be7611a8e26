/* The shipped model on every kernel set: embeddings of fixed drawings, whose bits are those of the
 * other sets of the same arithmetic. Prints a digest for each class and precision, by which builds
 * for other processors are held against this one (tests/run neon). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "core/rasters.h"
#include "kernels/kernels.h"

enum { DRAWINGS = 8, POINTS = 60 };

static uint8_t *read_model(size_t *size) {
  FILE *file = fopen(ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors", "rb");
  if (!file)
    return NULL;
  assert_int_equal(fseek(file, 0, SEEK_END), 0);
  *size = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*size);
  assert_non_null(bytes);
  assert_int_equal(fread(bytes, 1, *size, file), *size);
  fclose(file);
  return bytes;
}

/* A walk of three strokes, without any function of libm, whose last bits differ between systems. */
static void draw(uint64_t seed, uint8_t *raster) {
  float xy[POINTS][2], at[2] = {50, 50}, step[2] = {0, 0};
  uint32_t lengths[3] = {30, 20, 10};
  og_random random = og_random_stream(40, seed);
  for (size_t i = 0; i < POINTS; i++)
    for (size_t c = 0; c < 2; c++) {
      step[c] = 0.8f * step[c] + 3 * og_random_signed(&random);
      xy[i][c] = at[c] += step[c];
    }
  og_strokes strokes = {&xy[0][0], lengths, 3};
  assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_FIT, raster, NULL), OG_OK);
}

/* 0 if the model has no such precision. */
static uint64_t digest(const uint8_t *bytes, size_t size, const char *isa, og_precision precision) {
  og_model *model;
  og_workspace *workspace;
  og_status status = og_model_load_as(bytes, size, isa, precision, &model, NULL);
  if (status == OG_ERROR_UNSUPPORTED)
    return 0;
  assert_int_equal(status, OG_OK);
  assert_int_equal(og_workspace_create(model, &workspace), OG_OK);
  size_t dim = og_model_get_info(model)->dim;
  float *embedding = malloc(dim * sizeof *embedding);
  assert_non_null(embedding);
  uint64_t hash = HASH_START;
  for (uint64_t i = 0; i < DRAWINGS; i++) {
    uint8_t raster[OG_RASTER_SIZE];
    draw(i, raster);
    assert_int_equal(og_embed(model, workspace, raster, embedding), OG_OK);
    hash = hash_bytes(hash, embedding, dim * sizeof *embedding);
  }
  free(embedding);
  og_workspace_free(workspace);
  og_model_free(model);
  return hash;
}

static void sets_of_one_class_agree(void **state) {
  (void)state;
  static const char *const class_name[] = {"multiply-add", "fused"};
  static const char *const precision_name[] = {"f32", "int16"};
  size_t size = 0;
  uint8_t *bytes = read_model(&size);
  if (!bytes) {
    print_message("SKIP: models/glyph.safetensors is not there\n");
    skip();
  }
  for (int precision = OG_PRECISION_F32; precision <= OG_PRECISION_INT16; precision++) {
    uint64_t want[2] = {0, 0};
    for (size_t i = 0; og_kernels_at(i); i++) {
      const og_kernels *set = og_kernels_at(i);
      if (!og_isa_usable(set->name))
        continue;
      uint64_t got = digest(bytes, size, set->name, (og_precision)precision);
      uint64_t *first = &want[set->arithmetic == OG_FUSED];
      if (!*first && got)
        printf("digest %s %s %016llx\n", class_name[set->arithmetic == OG_FUSED],
               precision_name[precision], (unsigned long long)got);
      *first = *first ? *first : got;
      if (got != *first)
        fail_msg("%s: other bits than the scalar set of its class", set->name);
    }
  }
  free(bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sets_of_one_class_agree)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
