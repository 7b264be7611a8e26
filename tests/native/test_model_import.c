/* `oneglyph model import`: a net of every kind of layer that PyTorch ran (see torch/make.py) gives
 * the numbers that PyTorch gave; what does not fit is refused by name. */
#include "command.h"

#include "embedding.h"
#include "files.h"
#include "net/model.h"

#define FOLDER ONEGLYPH_SOURCE_DIR "/tests/native/torch/"
#define NET FOLDER "net.json"
#define WEIGHTS FOLDER "net.safetensors"

enum { SIDE = 16, DIM = 8 };

static og_safetensors *read_tensors(const char *path, uint8_t **bytes, size_t *size) {
  og_safetensors *file = NULL;
  og_error error = {0};
  if (file_read(path, MODEL_LIMIT, bytes, size, &error) ||
      og_safetensors_read(*bytes, *size, &file, &error))
    fail_msg("%s", error.text);
  return file;
}

/* What the model makes of an input that no drawing gives. */
static void run(const og_model *model, const og_tensor *input, float output[DIM]) {
  og_workspace *workspace;
  assert_int_equal(og_workspace_create(model, &workspace), OG_OK);
  og_plane plane = og_arena_plane(&model->net, &model->plan, workspace->arena, 1, 0);
  og_plane_clear_border(&model->net.layers[0], plane);
  for (size_t y = 0; y < SIDE; y++)
    for (size_t x = 0; x < SIDE; x++)
      plane.at[y * plane.line + x] = og_tensor_value(input, y * SIDE + x);
  og_net_forward(model->kernels, &model->net, &model->plan, model->weights, workspace->arena, 1, 1);
  assert_int_equal(og_model_take(model, workspace, 0, 0, output), OG_OK);
  og_workspace_free(workspace);
}

static void computes_what_pytorch_computed(void **state) {
  (void)state;
  uint8_t *bytes, *model_bytes;
  size_t size, model_size;
  og_model *model;
  float output[DIM];
  og_error error = {0};
  result r = RUN("model", "import", "--recipe", NET, "--out", "net.safetensors", WEIGHTS);
  assert_string_equal(r.err, "");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "net.safetensors: 17 of 19 tensors"));
  result_free(r);
  assert_int_equal(file_read("net.safetensors", MODEL_LIMIT, &model_bytes, &model_size, &error), 0);
  assert_int_equal(og_model_load(model_bytes, model_size, NULL, &model, &error), OG_OK);
  assert_string_equal(og_model_metadata(model, "name"), "torch");
  og_safetensors *file = read_tensors(WEIGHTS, &bytes, &size);
  const og_tensor *wanted = og_safetensors_find(file, "check.output");
  run(model, og_safetensors_find(file, "check.input"), output);
  for (size_t i = 0; i < DIM; i++)
    assert_float_equal(output[i], og_tensor_value(wanted, i), 2e-6);
  og_safetensors_free(file);
  og_model_free(model);
  free(bytes);
  free(model_bytes);
}

/* Writes net.json with one text in it replaced, and imports with it. */
static result import_with(const char *from, const char *to) {
  char *text = read_bytes(NET, NULL), *at = strstr(text, from);
  assert_non_null(at);
  FILE *file = fopen("recipe.json", "w");
  assert_non_null(file);
  fprintf(file, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
  fclose(file);
  free(text);
  return RUN("model", "import", "--recipe", "recipe.json", "--out", "x.safetensors", WEIGHTS);
}

static void refuses_what_does_not_fit(void **state) {
  (void)state;
  assert_complains(import_with("conv x 4", "conv x 5"), 2,
                   "net.safetensors: tensor 'a.0.weight': has not the shape");
  assert_complains(import_with("fc q 8", "fc q 9"), 2, "tensor 'e.weight': has not the shape");
  assert_complains(import_with("\"s = conv p 6 1x1 same\"", "\"s = conv p 6 1x1 same bn\""), 2,
                   "tensor 's.bn.weight': is not in the file");
  assert_complains(import_with("v = conv b 5 2x2 valid sigmoid\",\n    \"q = maxpool v",
                               "w = conv b 5 2x2 valid sigmoid\",\n    \"q = maxpool w"),
                   2, "tensor 'w.weight': is not in the file");
  assert_complains(import_with("e = fc q", "e = magic q"), 2, "recipe.json: net line 8: ");
  assert_complains(import_with("side=16", "side=18"), 2, "net and input differ in size");
  assert_complains(import_with("\"input\"", "\"inputs\""), 2, "recipe.json: \"input\": must say");
  assert_complains(import_with("\"torch\"", "7"), 2, "recipe.json: \"name\": must be");
  assert_complains(RUN("model", "import", "--recipe", WEIGHTS, "--out", "x.safetensors", WEIGHTS),
                   2, "net.safetensors: not a JSON object");
  assert_complains(RUN("model", "import", "--recipe", NET, "--out", "x.safetensors", NET), 2,
                   "net.json: ");
  assert_complains(RUN("model", "import", "--recipe", NET, "--prefix", "net.", "--out",
                       "x.safetensors", WEIGHTS),
                   2, "tensor 'net.a.weight': is not in the file");
  assert_complains(RUN("model", "import", "--recipe", NET, "--out", "no/such/folder", WEIGHTS), 1,
                   "no/such/folder");
  assert_int_equal(count_files("x.safetensors"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(computes_what_pytorch_computed),
                                     cmocka_unit_test(refuses_what_does_not_fit)};
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
