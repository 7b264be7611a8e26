/* ONNX export: what is written, read back with protobuf-c, and every way of asking wrongly. Whether
 * the file computes the same numbers is for tests/bench/onnx.test.js, which runs it. */
#include "native/command.h"

#ifdef ONEGLYPH_ONNX

#include <onnx/onnx.pb-c.h>

#include "core/random_model.h"
#include "model_file.h"

#define GLYPH ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors"

static void write_net(const char *path, const char *net, const char *input) {
  uint8_t *bytes;
  size_t size;
  assert_int_equal(random_model(net, input, &bytes, &size), OG_OK);
  write_bytes(path, bytes, size);
  free(bytes);
}

static Onnx__ModelProto *read_onnx(const char *path) {
  size_t size;
  char *bytes = read_bytes(path, &size);
  assert_non_null(bytes);
  Onnx__ModelProto *model = onnx__model_proto__unpack(NULL, size, (const uint8_t *)bytes);
  free(bytes);
  assert_non_null(model);
  return model;
}

static size_t count_nodes(const Onnx__GraphProto *graph, const char *op) {
  size_t count = 0;
  for (size_t i = 0; i < graph->n_node; i++)
    count += !strcmp(graph->node[i]->op_type, op);
  return count;
}

static const Onnx__TensorProto *find_tensor(const Onnx__GraphProto *graph, const char *name) {
  for (size_t i = 0; i < graph->n_initializer; i++)
    if (!strcmp(graph->initializer[i]->name, name))
      return graph->initializer[i];
  fail_msg("no tensor %s", name);
  return NULL;
}

static int64_t attribute(const Onnx__NodeProto *node, const char *name, size_t i) {
  for (size_t a = 0; a < node->n_attribute; a++)
    if (!strcmp(node->attribute[a]->name, name)) {
      assert_true(i < node->attribute[a]->n_ints);
      return node->attribute[a]->ints[i];
    }
  fail_msg("no attribute %s", name);
  return 0;
}

static float number(const Onnx__TensorProto *tensor, size_t i) {
  const uint8_t *b = tensor->raw_data.data + 4 * i;
  uint32_t bits =
      (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Every input of a node is an earlier output, the graph's input or a tensor, and no name comes
 * twice. */
static void assert_wired(const Onnx__GraphProto *graph) {
  const char *known[1024] = {graph->input[0]->name};
  size_t count = 1;
  for (size_t i = 0; i < graph->n_initializer; i++)
    known[count++] = graph->initializer[i]->name;
  for (size_t i = 0; i < graph->n_node; i++) {
    for (size_t j = 0; j < graph->node[i]->n_input; j++) {
      size_t k = 0;
      while (k < count && strcmp(known[k], graph->node[i]->input[j]))
        k++;
      if (k == count)
        fail_msg("%s reads %s", graph->node[i]->name, graph->node[i]->input[j]);
    }
    for (size_t k = 0; k < count; k++)
      assert_string_not_equal(known[k], graph->node[i]->output[0]);
    known[count++] = graph->node[i]->output[0];
  }
  assert_string_equal(known[count - 1], graph->output[0]->name);
}

static void glyph(void **state) {
  (void)state;
  RUN_WELL("model", "export", "--onnx", "glyph.onnx", "--model", GLYPH);
  Onnx__ModelProto *model = read_onnx("glyph.onnx");
  const Onnx__GraphProto *graph = model->graph;
  model_file file;
  assert_int_equal(model_file_open(GLYPH, NULL, &file), -1);
  size_t convs = 0, pools = 0, sums = 0, relus = 0;
  for (size_t i = 0; i < file.net.count; i++) {
    const og_layer *l = &file.net.layers[i];
    convs += l->op == OG_OP_CONV;
    pools += l->op == OG_OP_MAXPOOL;
    sums += l->add >= 0;
    relus += l->relu;
  }
  assert_int_equal(count_nodes(graph, "Conv"), convs);
  assert_int_equal(count_nodes(graph, "MaxPool"), pools);
  assert_int_equal(count_nodes(graph, "Add"), sums);
  assert_int_equal(count_nodes(graph, "Relu"), relus);
  assert_int_equal(graph->n_node, convs + pools + sums + relus + 3 + 1); /* l2norm; Flatten */
  assert_int_equal(graph->n_initializer, 2 * convs + 1);
  assert_wired(graph);
  for (size_t i = 0; i < convs; i++)
    assert_int_equal(graph->initializer[2 * i]->raw_data.len % sizeof(float), 0);

  assert_int_equal(graph->input[0]->type->tensor_type->shape->n_dim, 4);
  assert_string_equal(graph->input[0]->type->tensor_type->shape->dim[0]->dim_param, "batch");
  assert_int_equal(graph->input[0]->type->tensor_type->shape->dim[3]->dim_value, 40);
  assert_int_equal(graph->output[0]->type->tensor_type->shape->dim[1]->dim_value, 128);
  assert_int_equal(model->n_metadata_props, file.tensors->pairs);
  for (size_t i = 0; i < model->n_metadata_props; i++) {
    assert_string_equal(model->metadata_props[i]->key, file.tensors->key[i]);
    assert_string_equal(model->metadata_props[i]->value, file.tensors->value[i]);
  }
  model_file_close(&file);
  onnx__model_proto__free_unpacked(model, NULL);
}

/* A net with every operation, uneven kernels and a last plane that is more than one pixel. */
static void every_operation(void **state) {
  (void)state;
  write_net("small.safetensors",
            "x = input 16 16 1; a = conv x 3 4x3 same relu; b = conv a 3 2x2 same add=a sigmoid;"
            "c = conv b 3 1x1 same add=a; p = maxpool c 3; o = l2norm p",
            "side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14");
  RUN_WELL("model", "export", "--model", "small.safetensors", "--onnx", "small.onnx", "--batch",
           "7");
  Onnx__ModelProto *model = read_onnx("small.onnx");
  const Onnx__GraphProto *graph = model->graph;
  static const char *const ops[] = {"Conv", "Relu",      "Conv",    "Add",      "Sigmoid",
                                    "Conv", "Add",       "MaxPool", "ReduceL2", "Max",
                                    "Div",  "Transpose", "Flatten"};
  assert_int_equal(graph->n_node, sizeof ops / sizeof *ops);
  for (size_t i = 0; i < graph->n_node; i++)
    assert_string_equal(graph->node[i]->op_type, ops[i]);
  assert_wired(graph);
  /* An even kernel pads the odd zero at the end. */
  static const int64_t pads[] = {1, 1, 2, 1};
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(attribute(graph->node[0], "pads", i), pads[i]);
  assert_int_equal(attribute(graph->node[0], "kernel_shape", 0), 4);
  assert_int_equal(attribute(graph->node[0], "kernel_shape", 1), 3);
  assert_int_equal(attribute(graph->node[7], "strides", 1), 3);
  assert_int_equal(graph->input[0]->type->tensor_type->shape->dim[0]->dim_value, 7);
  assert_int_equal(graph->output[0]->type->tensor_type->shape->dim[1]->dim_value, 5 * 5 * 3);

  model_file file;
  assert_int_equal(model_file_open("small.safetensors", NULL, &file), -1);
  const Onnx__TensorProto *to = find_tensor(graph, "b.weight");
  const og_tensor *from = og_safetensors_find(file.tensors, "b.weight");
  static const int64_t shape[] = {3, 3, 2, 2};
  assert_int_equal(to->n_dims, 4);
  assert_memory_equal(to->dims, shape, sizeof shape);
  assert_int_equal(to->raw_data.len, 36 * sizeof(float));
  for (size_t i = 0; i < 36; i++) {
    size_t out = i / 12, in = i / 4 % 3, k = i % 4;
    assert_true(number(to, i) == og_tensor_value(from, (k * 3 + in) * 3 + out));
  }
  model_file_close(&file);
  onnx__model_proto__free_unpacked(model, NULL);
}

static void misuse(void **state) {
  (void)state;
  assert_complains(RUN("model", "export"), 2, "--onnx OUT is missing");
  assert_complains(RUN("model", "export", "--onnx", "o"), 2, "--model MODEL is missing");
  assert_complains(RUN("model", "export", "--onnx", "o", "--model", "none"), 2,
                   "none: cannot open");
  assert_complains(RUN("model", "export", "--onnx", "o", "--model", GLYPH, "more"), 2,
                   "one argument too many");
  assert_complains(RUN("model", "export", "--onnx", "no/such/o", "--model", GLYPH), 1,
                   "no/such/o: cannot write");
  static const char *const batches[] = {"0",  "-1",   "1.5",     " 1",
                                        "1 ", "many", "1048577", "99999999999999999999999"};
  for (size_t i = 0; i < sizeof batches / sizeof *batches; i++)
    assert_complains(RUN("model", "export", "--onnx", "o", "--model", GLYPH, "--batch", batches[i]),
                     2, "neither dynamic nor a whole number");
  write_text("broken", "{}");
  assert_complains(RUN("model", "export", "--onnx", "o", "--model", "broken"), 2, "broken: ");
  write_net("dot.safetensors", "x = input 8 8 1; a.b = fc x 4",
            "side=8 half_width=0 blur=0"
            " tone_threshold=0 tone_gain=0");
  assert_complains(RUN("model", "export", "--onnx", "o", "--model", "dot.safetensors"), 2, "a.b");
  assert_false(exists("o"));
  assert_int_equal(count_files(".tmp"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(glyph),
      cmocka_unit_test(every_operation),
      cmocka_unit_test(misuse),
  };
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

#else

int main(void) {
  puts("SKIP: built without ONNX export");
  return 77;
}

#endif
