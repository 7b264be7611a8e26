/* Nets as ONNX, through protobuf-c. See onnx_graph.h. */
#include "onnx_graph.h"

#include <onnx/onnx.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/model.h"
#include "oneglyph.h"

enum {
  IR_VERSION = 7, /* the one that came with opset 13 */
  OPSET = 13,
  NAME = OG_ST_MAX_NAME,
  MOST_NODES = 4 * OG_MAX_LAYERS, /* no layer makes more than three */
  MOST_TENSORS = 2 * OG_MAX_LAYERS + 1,
  MOST_INPUTS = 3,
  MOST_ATTRIBUTES = 4,
  MOST_DIMS = 4,
};

typedef struct node {
  Onnx__NodeProto proto;
  Onnx__AttributeProto attribute[MOST_ATTRIBUTES], *attributes[MOST_ATTRIBUTES];
  int64_t numbers[MOST_ATTRIBUTES][MOST_DIMS];
  char name[NAME], input[MOST_INPUTS][NAME], *inputs[MOST_INPUTS], *outputs[1];
} node;

typedef struct tensor {
  Onnx__TensorProto proto;
  char name[NAME];
  int64_t dims[MOST_DIMS];
} tensor;

typedef struct value {
  Onnx__ValueInfoProto proto, *list[1];
  Onnx__TypeProto type;
  Onnx__TypeProto__Tensor tensor;
  Onnx__TensorShapeProto shape;
  Onnx__TensorShapeProto__Dimension dim[MOST_DIMS], *dims[MOST_DIMS];
} value;

/* The whole message, its pieces in place, so that there is one thing to free. */
typedef struct graph {
  const model_file *file;
  Onnx__ModelProto model;
  Onnx__OperatorSetIdProto opset, *opsets[1];
  Onnx__GraphProto proto;
  Onnx__StringStringEntryProto pair[OG_ST_MAX_PAIRS], *pairs[OG_ST_MAX_PAIRS];
  node node[MOST_NODES];
  Onnx__NodeProto *nodes[MOST_NODES];
  tensor tensor[MOST_TENSORS];
  Onnx__TensorProto *tensors[MOST_TENSORS];
  value input, output;
  uint8_t *free; /* where the next number of a tensor goes */
} graph;

/* protobuf-c's strings are not const, but packing only reads them. */
static char *text(const char *constant) {
  union {
    const char *from;
    char *to;
  } cast = {constant};
  return cast.to;
}

static void join(char to[NAME], const char *layer, const char *part) {
  snprintf(to, NAME, "%s%s", layer, part);
}

/* ---- Nodes ---------------------------------------------------------------------------------- */

/* A node whose output, LAYER followed by `part`, it is named after. */
static node *add_node(graph *g, const char *op, const char *layer, const char *part) {
  node *n = &g->node[g->proto.n_node];
  onnx__node_proto__init(&n->proto);
  join(n->name, layer, part);
  n->outputs[0] = n->name;
  n->proto.name = n->name;
  n->proto.op_type = text(op);
  n->proto.input = n->inputs;
  n->proto.output = n->outputs;
  n->proto.n_output = 1;
  n->proto.attribute = n->attributes;
  g->nodes[g->proto.n_node++] = &n->proto;
  return n;
}

static void add_input(node *n, const char *layer, const char *part) {
  char *name = n->input[n->proto.n_input];
  join(name, layer, part);
  n->inputs[n->proto.n_input++] = name;
}

static Onnx__AttributeProto *add_attribute(node *n, const char *name,
                                           Onnx__AttributeProto__AttributeType type) {
  Onnx__AttributeProto *a = &n->attribute[n->proto.n_attribute];
  onnx__attribute_proto__init(a);
  a->name = text(name);
  a->has_type = 1;
  a->type = type;
  n->attributes[n->proto.n_attribute++] = a;
  return a;
}

static void add_numbers(node *n, const char *name, size_t count, const int64_t *numbers) {
  int64_t *copy = n->numbers[n->proto.n_attribute];
  Onnx__AttributeProto *a = add_attribute(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
  memcpy(copy, numbers, count * sizeof *copy);
  a->ints = copy;
  a->n_ints = count;
}

/* ---- Tensors -------------------------------------------------------------------------------- */

static tensor *add_tensor(graph *g, const char *name, size_t dims, const int64_t *shape) {
  tensor *t = &g->tensor[g->proto.n_initializer];
  onnx__tensor_proto__init(&t->proto);
  join(t->name, name, "");
  for (size_t d = 0; d < dims; d++)
    t->dims[d] = shape[d];
  t->proto.name = t->name;
  t->proto.has_data_type = 1;
  t->proto.data_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  t->proto.dims = t->dims;
  t->proto.n_dims = dims;
  t->proto.has_raw_data = 1;
  t->proto.raw_data.data = g->free;
  g->tensors[g->proto.n_initializer++] = &t->proto;
  return t;
}

static void add_number(graph *g, tensor *t, float number) {
  uint32_t bits;
  memcpy(&bits, &number, sizeof bits);
  for (int shift = 0; shift < 32; shift += 8)
    *g->free++ = (uint8_t)(bits >> shift);
  t->proto.raw_data.len += sizeof bits;
}

/* [kernel_h][kernel_w][inner][channels] becomes [channels][inner][kernel_h][kernel_w]. */
static void add_weights(graph *g, const og_layer *l, size_t inner) {
  char name[OG_ST_MAX_NAME];
  size_t window = (size_t)l->kernel_h * l->kernel_w;
  og_tensor_name(l, "weight", name);
  const og_tensor *from = og_safetensors_find(g->file->tensors, name);
  tensor *to =
      add_tensor(g, name, 4, (int64_t[]){l->channels, (int64_t)inner, l->kernel_h, l->kernel_w});
  for (size_t c = 0; c < l->channels; c++)
    for (size_t i = 0; i < inner; i++)
      for (size_t k = 0; k < window; k++)
        add_number(g, to, og_tensor_value(from, (k * inner + i) * l->channels + c));
  og_tensor_name(l, "bias", name);
  from = og_safetensors_find(g->file->tensors, name);
  to = add_tensor(g, name, 1, (int64_t[]){l->channels});
  for (size_t c = 0; c < l->channels; c++)
    add_number(g, to, og_tensor_value(from, c));
}

/* ---- Layers --------------------------------------------------------------------------------- */

/* What follows the name of the layer's value: nothing, but for the last layer, whose name is that
 * of the rows made of its plane. */
static const char *value_part(const graph *g, const og_layer *l) {
  return l == og_net_output(&g->file->net) ? "/plane" : "";
}

static void add_layer_input(graph *g, node *n, int layer) {
  const og_layer *l = &g->file->net.layers[layer];
  add_input(n, l->name, value_part(g, l));
}

static void add_conv(graph *g, const og_layer *l) {
  const char *activation = l->relu      ? "Relu"
                           : l->sigmoid ? "Sigmoid"
                                        : NULL,
             *last = value_part(g, l);
  const char *conv = l->add >= 0 || activation ? "/conv" : last, *sum = activation ? "/sum" : last;
  node *n = add_node(g, "Conv", l->name, conv);
  add_layer_input(g, n, l->input);
  add_input(n, l->name, ".weight");
  add_input(n, l->name, ".bias");
  add_numbers(n, "kernel_shape", 2, (int64_t[]){l->kernel_h, l->kernel_w});
  add_numbers(n, "strides", 2, (int64_t[]){1, 1});
  add_numbers(n, "pads", 4, (int64_t[]){l->pad.top, l->pad.left, l->pad.bottom, l->pad.right});
  add_weights(g, l, g->file->net.layers[l->input].channels);
  if (l->add >= 0) {
    n = add_node(g, "Add", l->name, sum);
    add_input(n, l->name, conv);
    add_layer_input(g, n, l->add);
  }
  if (activation) {
    n = add_node(g, activation, l->name, last);
    add_input(n, l->name, l->add >= 0 ? sum : conv);
  }
}

static void add_maxpool(graph *g, const og_layer *l) {
  node *n = add_node(g, "MaxPool", l->name, value_part(g, l));
  add_layer_input(g, n, l->input);
  add_numbers(n, "kernel_shape", 2, (int64_t[]){l->size, l->size});
  add_numbers(n, "strides", 2, (int64_t[]){l->size, l->size});
}

/* x / max(|x|, tiny), where the core keeps a plane of zeros as it is with the square of tiny. */
static void add_l2norm(graph *g, const og_layer *l) {
  static const char tiny[] = "l2norm.tiny";
  node *n = add_node(g, "ReduceL2", l->name, "/length");
  add_layer_input(g, n, l->input);
  add_numbers(n, "axes", 3, (int64_t[]){1, 2, 3});
  n = add_node(g, "Max", l->name, "/divisor");
  add_input(n, l->name, "/length");
  add_input(n, tiny, "");
  n = add_node(g, "Div", l->name, value_part(g, l));
  add_layer_input(g, n, l->input);
  add_input(n, l->name, "/divisor");
  for (size_t i = 0; i < g->proto.n_initializer; i++)
    if (!strcmp(g->tensor[i].name, tiny))
      return;
  add_number(g, add_tensor(g, tiny, 0, NULL), 1.1e-19f);
}

/* Rows in the order of the core: by line, then column, then channel. */
static void add_rows(graph *g, const og_layer *l) {
  const char *from = "/plane";
  node *n;
  if (l->height > 1 || l->width > 1) {
    n = add_node(g, "Transpose", l->name, "/nhwc");
    add_input(n, l->name, from);
    add_numbers(n, "perm", 4, (int64_t[]){0, 2, 3, 1});
    from = "/nhwc";
  }
  n = add_node(g, "Flatten", l->name, "");
  add_input(n, l->name, from);
}

static void add_layers(graph *g) {
  const og_net *net = &g->file->net;
  for (size_t i = 0; i < net->count; i++) {
    const og_layer *l = &net->layers[i];
    if (l->op == OG_OP_CONV)
      add_conv(g, l);
    else if (l->op == OG_OP_MAXPOOL)
      add_maxpool(g, l);
    else if (l->op == OG_OP_L2NORM)
      add_l2norm(g, l);
  }
  add_rows(g, og_net_output(net));
}

/* ---- The message ---------------------------------------------------------------------------- */

static void describe_value(value *v, const og_layer *l, size_t batch, size_t dims,
                           const int64_t *sizes) {
  onnx__value_info_proto__init(&v->proto);
  onnx__type_proto__init(&v->type);
  onnx__type_proto__tensor__init(&v->tensor);
  onnx__tensor_shape_proto__init(&v->shape);
  for (size_t d = 0; d <= dims; d++) {
    onnx__tensor_shape_proto__dimension__init(&v->dim[d]);
    v->dim[d].value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    v->dim[d].dim_value = d ? sizes[d - 1] : (int64_t)batch;
    v->dims[d] = &v->dim[d];
  }
  if (!batch) {
    v->dim[0].value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
    v->dim[0].dim_param = text("batch");
  }
  v->shape.dim = v->dims;
  v->shape.n_dim = dims + 1;
  v->tensor.has_elem_type = 1;
  v->tensor.elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  v->tensor.shape = &v->shape;
  v->type.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  v->type.tensor_type = &v->tensor;
  v->proto.name = text(l->name);
  v->proto.type = &v->type;
  v->list[0] = &v->proto;
}

static void describe_graph(graph *g, size_t batch) {
  const og_layer *first = &g->file->net.layers[0], *last = og_net_output(&g->file->net);
  onnx__graph_proto__init(&g->proto);
  describe_value(&g->input, first, batch, 3,
                 (int64_t[]){first->channels, first->height, first->width});
  describe_value(&g->output, last, batch, 1, (int64_t[]){(int64_t)og_layer_values(last)});
  g->proto.name = text("oneglyph");
  g->proto.node = g->nodes;
  g->proto.initializer = g->tensors;
  g->proto.input = g->input.list;
  g->proto.output = g->output.list;
  g->proto.n_input = g->proto.n_output = 1;
}

static void describe_model(graph *g) {
  const og_safetensors *file = g->file->tensors;
  onnx__model_proto__init(&g->model);
  onnx__operator_set_id_proto__init(&g->opset);
  g->opset.domain = text("");
  g->opset.has_version = 1;
  g->opset.version = OPSET;
  g->opsets[0] = &g->opset;
  g->model.has_ir_version = 1;
  g->model.ir_version = IR_VERSION;
  g->model.opset_import = g->opsets;
  g->model.n_opset_import = 1;
  g->model.producer_name = text("oneglyph");
  g->model.producer_version = text(OG_VERSION);
  g->model.doc_string =
      text("Input: the moment-normalised drawing that oneglyph feeds its net, about 0 for paper and"
           " 1 for ink (see the metadata `input`). Output: its embedding.");
  g->model.graph = &g->proto;
  for (size_t i = 0; i < file->pairs; i++) {
    onnx__string_string_entry_proto__init(&g->pair[i]);
    g->pair[i].key = text(file->key[i]);
    g->pair[i].value = text(file->value[i]);
    g->pairs[i] = &g->pair[i];
  }
  g->model.metadata_props = g->pairs;
  g->model.n_metadata_props = file->pairs;
}

static og_status check_names(const og_net *net, og_error *error) {
  for (size_t i = 0; i < net->count; i++)
    if (strpbrk(net->layers[i].name, "./"))
      return og_fail(error, OG_ERROR_UNSUPPORTED, "layer '", net->layers[i].name,
                     "': no '.' or '/' may be in a name that goes into an ONNX file", NULL);
  return OG_OK;
}

og_status onnx_graph(const model_file *file, size_t batch, uint8_t **bytes, size_t *size,
                     og_error *error) {
  *bytes = NULL;
  og_status status = check_names(&file->net, error);
  if (status)
    return status;
  graph *g = calloc(1, sizeof *g);
  uint8_t *numbers = malloc((og_net_parameters(&file->net) + 1) * sizeof(float));
  if (g && numbers) {
    g->file = file;
    g->free = numbers;
    describe_graph(g, batch);
    add_layers(g);
    describe_model(g);
    *size = onnx__model_proto__get_packed_size(&g->model);
    *bytes = malloc(*size);
    if (*bytes)
      onnx__model_proto__pack(&g->model, *bytes);
  }
  free(numbers);
  free(g);
  return *bytes ? OG_OK : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}
