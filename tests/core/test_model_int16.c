/* Models in 16-bit integers, and many drawings at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "net/model.h"

enum { DIM = 24, DRAWINGS = 7 };

/* Every kind of layer: one channel, Winograd with and without skip, 1x1, an odd plane, fc. */
static const char net_text[] =
    "x = input 22 22 1; c = conv x 32 3x3 same relu; p = maxpool c 2\n"
    "a = conv p 32 3x3 same relu; s = conv p 64 1x1 same; b = conv a 64 3x3 same add=s relu\n"
    "q = maxpool b 2; e = fc q 24; out = l2norm e";

typedef struct file {
  uint8_t *bytes;
  size_t size;
} file;

/* `ranges`: one tensor a layer that has them, of `points` numbers; NULL: none. */
static file make_model(float *const ranges[OG_MAX_LAYERS], size_t shorter) {
  og_net net;
  assert_int_equal(og_net_parse(net_text, &net, NULL), OG_OK);
  og_plan plan;
  og_plan_make(&net, &plan);
  og_tensor_source tensors[3 * OG_MAX_LAYERS];
  static char names[3 * OG_MAX_LAYERS][OG_ST_MAX_NAME];
  static float values[3 * OG_MAX_LAYERS][60000];
  size_t count = 0;
  og_random r = og_random_stream(5, 5);
  for (size_t i = 0; i < net.count; i++) {
    const og_layer *l = &net.layers[i];
    size_t inner = l->input >= 0 ? net.layers[l->input].channels : 0,
           size = og_layer_weights(&net, i);
    if (!size)
      continue;
    float scale = sqrtf(3.0f * (float)l->channels / (float)size);
    for (size_t k = 0; k < size; k++)
      values[count][k] = og_random_signed(&r) * scale;
    for (size_t k = 0; k < l->channels; k++)
      values[count + 1][k] = og_random_signed(&r) * 0.1f;
    const char *kinds[] = {"weight", "bias", "range"};
    size_t shapes[3][4] = {{l->kernel_h, l->kernel_w, inner, l->channels}, {l->channels}};
    shapes[2][0] = og_layer_ranges(&net, i, &plan.form[i]) - shorter;
    for (size_t k = 0; k < 3; k++) {
      if (k == 2 && (!ranges || !ranges[i]))
        continue;
      og_tensor_name(l, kinds[k], names[count]);
      tensors[count] = (og_tensor_source){.name = names[count],
                                          .dtype = OG_F32,
                                          .dims = k ? 1 : 4,
                                          .values = k == 2 ? ranges[i] : values[count]};
      memcpy(tensors[count].shape, shapes[k], sizeof shapes[k]);
      count++;
    }
  }
  const char *const metadata[][2] = {
      {"format", "oneglyph"},
      {"version", "1"},
      {"net", net_text},
      {"input", "side=22 half_width=2.4 blur=1 tone_threshold=0.28 tone_gain=14"}};
  file f;
  assert_int_equal(og_safetensors_write(tensors, count, metadata, 4, &f.bytes, &f.size), OG_OK);
  return f;
}

static void draw(uint8_t rasters[DRAWINGS][OG_RASTER_SIZE]) {
  memset(rasters, 0, (size_t)DRAWINGS * OG_RASTER_SIZE);
  for (int d = 0; d < DRAWINGS; d++)
    for (int i = 20; i < 80; i++)
      rasters[d][i * OG_RASTER_SIDE + (i * (d + 1) + 7 * d) % 90] =
          rasters[d][(30 + 5 * d) * OG_RASTER_SIDE + i] = 1;
}

static og_model *load(const file *f, const char *isa, og_precision precision) {
  og_model *model;
  og_error error = {0};
  if (og_model_load_as(f->bytes, f->size, isa, precision, &model, &error))
    fail_msg("%s", error.text);
  assert_int_equal(og_model_get_info(model)->precision, precision);
  return model;
}

typedef struct measured {
  float *ranges[OG_MAX_LAYERS];
  size_t layers;
} measured;

static measured measure(const uint8_t rasters[DRAWINGS][OG_RASTER_SIZE]) {
  measured m = {{NULL}, 0};
  file f = make_model(NULL, 0);
  og_model *model = load(&f, "scalar", OG_PRECISION_F32);
  og_workspace *workspace;
  assert_int_equal(og_workspace_create(model, &workspace), OG_OK);
  m.layers = og_model_layers(model);
  for (size_t i = 0; i < m.layers; i++) {
    size_t size = og_layer_ranges(&model->net, i, &model->plan.form[i]);
    m.ranges[i] = size ? calloc(size, sizeof(float)) : NULL;
  }
  for (size_t d = 0; d < DRAWINGS; d++)
    assert_int_equal(og_model_ranges(model, workspace, rasters[d], m.ranges), OG_OK);
  og_workspace_free(workspace);
  og_model_free(model);
  free(f.bytes);
  return m;
}

static void free_measured(measured *m) {
  for (size_t i = 0; i < m->layers; i++)
    free(m->ranges[i]);
}

static void embed_each(const og_model *model, const uint8_t rasters[DRAWINGS][OG_RASTER_SIZE],
                       float out[DRAWINGS][DIM]) {
  og_workspace *workspace;
  assert_int_equal(og_workspace_create(model, &workspace), OG_OK);
  for (size_t d = 0; d < DRAWINGS; d++)
    assert_int_equal(og_embed(model, workspace, rasters[d], out[d]), OG_OK);
  og_workspace_free(workspace);
}

static void integers_are_near_reals(void **state) {
  (void)state;
  static uint8_t rasters[DRAWINGS][OG_RASTER_SIZE];
  draw(rasters);
  measured m = measure(rasters);
  file f = make_model(m.ranges, 0);
  float reals[DRAWINGS][DIM], integers[DRAWINGS][DIM], class[2][DRAWINGS][DIM];
  og_model *model = load(&f, "scalar", OG_PRECISION_F32);
  embed_each(model, rasters, reals);
  og_model_free(model);
  const char *reference[] = {"scalar", "scalar_fma"};
  for (size_t c = 0; c < 2; c++)
    if (og_isa_usable(reference[c])) {
      model = load(&f, reference[c], OG_PRECISION_INT16);
      embed_each(model, rasters, class[c]);
      og_model_free(model);
    }
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *set = og_kernels_at(i);
    if (!og_isa_usable(set->name))
      continue;
    model = load(&f, set->name, OG_PRECISION_INT16);
    embed_each(model, rasters, integers);
    og_model_free(model);
    assert_memory_equal(integers, class[set->arithmetic == OG_FUSED], sizeof integers);
    for (size_t d = 0; d < DRAWINGS; d++)
      for (size_t k = 0; k < DIM; k++)
        assert_true(fabsf(integers[d][k] - reals[d][k]) < 3e-3f);
  }
  free(f.bytes);
  free_measured(&m);
}

static void refuses_bad_ranges(void **state) {
  (void)state;
  static uint8_t rasters[DRAWINGS][OG_RASTER_SIZE];
  draw(rasters);
  measured m = measure(rasters);
  og_model *model;
  og_error error;
  file none = make_model(NULL, 0), shorter = make_model(m.ranges, 1);
  assert_int_equal(
      og_model_load_as(none.bytes, none.size, NULL, OG_PRECISION_INT16, &model, &error),
      OG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.text, "model calibrate"));
  assert_int_equal(
      og_model_load_as(shorter.bytes, shorter.size, NULL, OG_PRECISION_INT16, &model, &error),
      OG_ERROR_FORMAT);
  assert_non_null(strstr(error.text, ".range"));
  for (size_t i = 0; i < m.layers; i++)
    if (m.ranges[i])
      m.ranges[i][0] = NAN;
  file poisoned = make_model(m.ranges, 0);
  assert_int_equal(
      og_model_load_as(poisoned.bytes, poisoned.size, NULL, OG_PRECISION_INT16, &model, &error),
      OG_ERROR_FORMAT);
  /* Ranges nothing ever reached, or of the wrong sign, leave zeros, not accidents. */
  float embedding[DRAWINGS][DIM];
  for (size_t i = 0; i < m.layers; i++)
    if (m.ranges[i])
      m.ranges[i][0] = -1;
  file negative = make_model(m.ranges, 0);
  model = load(&negative, NULL, OG_PRECISION_INT16);
  embed_each(model, rasters, embedding);
  og_model_free(model);
  file *files[] = {&none, &shorter, &poisoned, &negative};
  for (size_t i = 0; i < 4; i++)
    free(files[i]->bytes);
  free_measured(&m);
}

static void many_at_once_give_the_same_bits(void **state) {
  (void)state;
  static uint8_t rasters[DRAWINGS][OG_RASTER_SIZE];
  draw(rasters);
  measured m = measure(rasters);
  file f = make_model(m.ranges, 0);
  for (int precision = OG_PRECISION_F32; precision <= OG_PRECISION_INT16; precision++) {
    og_model *model = load(&f, NULL, (og_precision)precision);
    float alone[DRAWINGS][DIM], together[DRAWINGS][DIM];
    embed_each(model, rasters, alone);
    for (size_t images = 1; images <= DRAWINGS + 1; images++) {
      og_workspace *workspace;
      size_t done = 99;
      assert_int_equal(og_workspace_create_batch(model, images, &workspace), OG_OK);
      memset(together, 0, sizeof together);
      assert_int_equal(og_embed_batch(model, workspace, rasters, DRAWINGS, &together[0][0], &done),
                       OG_OK);
      assert_int_equal(done, DRAWINGS);
      assert_memory_equal(alone, together, sizeof alone);
      og_workspace_free(workspace);
    }
    og_model_free(model);
  }
  free(f.bytes);
  free_measured(&m);
}

static void a_batch_stops_at_what_it_cannot_embed(void **state) {
  (void)state;
  static uint8_t rasters[DRAWINGS][OG_RASTER_SIZE];
  draw(rasters);
  memset(rasters[4], 0, OG_RASTER_SIZE);
  file f = make_model(NULL, 0);
  og_model *model = load(&f, NULL, OG_PRECISION_F32);
  og_workspace *workspace = NULL;
  float embeddings[DRAWINGS][DIM] = {{0}};
  assert_int_equal(og_workspace_create_batch(model, 0, &workspace), OG_ERROR_ARGUMENT);
  assert_int_equal(og_workspace_create_batch(model, SIZE_MAX, &workspace), OG_OK);
  og_workspace_free(workspace);
  for (size_t images = 1; images <= DRAWINGS; images++) {
    size_t done = 99;
    assert_int_equal(og_workspace_create_batch(model, images, &workspace), OG_OK);
    assert_int_equal(og_embed_batch(model, workspace, rasters, DRAWINGS, &embeddings[0][0], &done),
                     OG_ERROR_EMPTY);
    assert_int_equal(done, 4);
    assert_int_equal(og_embed_batch(model, workspace, rasters, 0, &embeddings[0][0], &done), OG_OK);
    assert_int_equal(done, 0);
    og_workspace_free(workspace);
  }
  og_model_free(model);
  free(f.bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(integers_are_near_reals),
                                     cmocka_unit_test(refuses_bad_ranges),
                                     cmocka_unit_test(many_at_once_give_the_same_bits),
                                     cmocka_unit_test(a_batch_stops_at_what_it_cannot_embed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
