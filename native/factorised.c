/* A fully connected layer as two. See factorised.h.
 *
 * With y = W x the sums of a layer without its bias b, m their mean over drawings, S a diagonal of
 * weights and V the principal directions of S (y - m), the layer becomes
 *     y = S^-1 V^T (V S W) x + m - S^-1 V^T V S m,
 * so the first layer's weights are V S W, the second's S^-1 V^T, and the rest joins the bias. */
#include "factorised.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/exponential.h"
#include "embedding.h"
#include "model_tensor.h"
#include "net/model.h"
#include "train/factorise.h"

/* A sum that hardly matters still counts this much of the one that matters most. */
static const float least_weight = 1e-3f;

/* The layer on its way. */
typedef struct layer_parts {
  const og_layer *layer;
  size_t inputs, outputs, rank, rows;
  float *weights, *bias; /* [inputs][outputs], [outputs] */
  float *sums;           /* [rows][outputs], with the bias */
  float *mean, *scale;   /* [outputs] */
  float *basis;          /* [rank][outputs] */
  float *first, *second; /* [inputs][rank], [rank][outputs] */
  char name[OG_LAYER_NAME], first_name[OG_ST_MAX_NAME], first_bias[OG_ST_MAX_NAME];
} layer_parts;

size_t factorised_layer(const og_net *net, const char *name) {
  size_t best = net->count;
  for (size_t i = 1; i < net->count; i++) {
    const og_layer *l = &net->layers[i];
    if (l->op != OG_OP_CONV || !l->fc || (name && strcmp(l->name, name) != 0))
      continue;
    if (best == net->count || og_layer_weights(net, i) > og_layer_weights(net, best))
      best = i;
  }
  return best;
}

/* Whether tensor `name` is a layer's of `kind`; the layer's place, or -1. */
static int layer_of(const og_net *net, const char *name, const char *kind) {
  for (size_t i = 0; i < net->count; i++) {
    char wanted[OG_ST_MAX_NAME];
    og_tensor_name(&net->layers[i], kind, wanted);
    if (!strcmp(name, wanted))
      return (int)i;
  }
  return -1;
}

/* The file up to `layer`, whose outputs are then its sums. */
static og_status write_sums(const model_file *f, size_t layer, uint8_t **bytes, size_t *size) {
  og_net cut = f->net;
  cut.count = layer + 1;
  cut.layers[layer].relu = cut.layers[layer].sigmoid = 0;
  size_t length = og_net_format(&cut, NULL, 0) + 1, count = 0;
  char *text = malloc(length);
  og_tensor_source tensors[OG_ST_MAX_TENSORS];
  float *values[OG_ST_MAX_TENSORS] = {NULL};
  og_status status = text ? OG_OK : OG_ERROR_MEMORY;
  for (size_t i = 0; !status && i < f->tensors->tensors; i++) {
    const og_tensor *t = &f->tensors->tensor[i];
    if (layer_of(&cut, t->name, "weight") >= 0 || layer_of(&cut, t->name, "bias") >= 0) {
      status = model_tensor_copy(t, &tensors[count], &values[count]);
      tensors[count++].dtype = OG_F32;
    }
  }
  if (!status) {
    og_net_format(&cut, text, length);
    const char *const pairs[][2] = {{"format", "oneglyph"},
                                    {"version", "1"},
                                    {"net", text},
                                    {"input", og_model_metadata(f->model, "input")}};
    status = og_safetensors_write(tensors, count, pairs, 4, bytes, size);
  }
  for (size_t i = 0; i < count; i++)
    free(values[i]);
  free(text);
  return status;
}

static og_status take_sums(const model_file *f, size_t layer, const og_dataset *set,
                           uint32_t threads, layer_parts *p) {
  uint8_t *bytes = NULL, *rasters = malloc(p->rows * OG_RASTER_SIZE);
  size_t size = 0;
  og_model *model = NULL;
  og_status status = rasters ? write_sums(f, layer, &bytes, &size) : OG_ERROR_MEMORY;
  for (size_t i = 0; rasters && i < p->rows; i++)
    memcpy(rasters + i * OG_RASTER_SIZE, og_dataset_raster(set, i * set->drawings / p->rows),
           OG_RASTER_SIZE);
  if (!status)
    status = og_model_load(bytes, size, og_model_get_info(f->model)->isa, &model, NULL);
  if (!status)
    status = embed_rasters(model, 1, rasters, NULL, p->rows, threads, p->sums, p->outputs);
  og_model_free(model);
  free(rasters);
  free(bytes);
  return status;
}

/* How much an activation moves with its sum. */
static float slope_of(const og_layer *l, float sum) {
  if (l->sigmoid) {
    float y = og_sigmoid(sum);
    return y * (1 - y);
  }
  return l->relu && sum < 0 ? 0 : 1;
}

/* Mean and weight of every sum; then the sums less the mean, times the weight. */
static void weigh_sums(const model_file *f, layer_parts *p) {
  int judged = f->model->head.kind == OG_HEAD_SIAMESE && p->layer == og_net_output(&f->net);
  float most = 0;
  for (size_t k = 0; k < p->outputs; k++) {
    double sum = 0, square = 0;
    for (size_t i = 0; i < p->rows; i++) {
      float y = p->sums[i * p->outputs + k], slope = slope_of(p->layer, y);
      sum += (double)y;
      square += (double)(slope * slope);
    }
    p->mean[k] = (float)(sum / (double)p->rows);
    p->scale[k] = (float)sqrt(square / (double)p->rows);
    p->scale[k] *= judged ? fabsf(f->model->head_values[k]) : 1;
    most = p->scale[k] > most ? p->scale[k] : most;
  }
  for (size_t k = 0; k < p->outputs; k++) {
    float least = most > 0 ? least_weight * most : 1;
    p->scale[k] = p->scale[k] > least ? p->scale[k] : least;
    for (size_t i = 0; i < p->rows; i++) {
      float *y = &p->sums[i * p->outputs + k];
      *y = (*y - p->mean[k]) * p->scale[k];
    }
  }
}

/* Both layers' weights, and the bias of the second. */
static og_status split(const og_kernels *kernels, layer_parts *p) {
  for (size_t i = 0; i < p->inputs; i++)
    for (size_t k = 0; k < p->outputs; k++)
      p->weights[i * p->outputs + k] *= p->scale[k];
  og_status status =
      og_project(kernels, p->weights, p->inputs, p->outputs, p->basis, p->rank, p->first);
  if (status)
    return status;
  for (size_t k = 0; k < p->outputs; k++) {
    p->mean[k] -= p->bias[k]; /* of the sums without it */
    p->bias[k] += p->mean[k];
  }
  for (size_t r = 0; r < p->rank; r++) {
    double along = 0;
    for (size_t k = 0; k < p->outputs; k++)
      along += (double)(p->basis[r * p->outputs + k] * p->scale[k] * p->mean[k]);
    for (size_t k = 0; k < p->outputs; k++) {
      float back = p->basis[r * p->outputs + k] / p->scale[k];
      p->second[r * p->outputs + k] = back;
      p->bias[k] -= (float)along * back;
    }
  }
  return OG_OK;
}

static float *numbers(const og_safetensors *file, const og_layer *layer, const char *kind) {
  char name[OG_ST_MAX_NAME];
  og_tensor_source unused;
  float *values = NULL;
  og_tensor_name(layer, kind, name);
  return model_tensor_copy(og_safetensors_find(file, name), &unused, &values) ? NULL : values;
}

static og_status parts_create(const model_file *f, size_t layer, size_t rank, size_t rows,
                              layer_parts *p) {
  const og_layer *l = &f->net.layers[layer];
  *p = (layer_parts){.layer = l, .outputs = l->channels, .rank = rank, .rows = rows};
  p->inputs = og_layer_weights(&f->net, layer) / p->outputs;
  p->weights = numbers(f->tensors, l, "weight");
  p->bias = numbers(f->tensors, l, "bias");
  p->sums = malloc(rows * p->outputs * sizeof(float));
  p->mean = malloc(p->outputs * sizeof(float));
  p->scale = malloc(p->outputs * sizeof(float));
  p->basis = malloc(rank * p->outputs * sizeof(float));
  p->first = malloc(p->inputs * rank * sizeof(float));
  p->second = malloc(rank * p->outputs * sizeof(float));
  return p->weights && p->bias && p->sums && p->mean && p->scale && p->basis && p->first &&
                 p->second
             ? OG_OK
             : OG_ERROR_MEMORY;
}

static void parts_free(layer_parts *p) {
  float *owned[] = {p->weights, p->bias, p->sums, p->mean, p->scale, p->basis, p->first, p->second};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
    free(owned[i]);
}

/* A name for the first layer: the second's with "low" behind it, shortened until no other layer has
 * it. */
static void choose_name(const og_net *net, layer_parts *p) {
  for (unsigned i = 0;; i++) {
    char end[8];
    snprintf(end, sizeof end, i ? "low%u" : "low", i);
    int kept = (int)(OG_LAYER_NAME - 1 - strlen(end));
    snprintf(p->name, sizeof p->name, "%.*s%s", kept, p->layer->name, end);
    size_t at = 0;
    while (at < net->count && strcmp(net->layers[at].name, p->name) != 0)
      at++;
    if (at == net->count)
      return;
  }
}

/* The net's text with the two layers in place of the one; malloc. */
static char *describe(const og_net *net, size_t layer, const layer_parts *p) {
  og_net two = *net;
  memmove(&two.layers[layer + 1], &two.layers[layer], (net->count - layer) * sizeof *two.layers);
  two.count++;
  og_layer *first = &two.layers[layer], *second = &two.layers[layer + 1];
  memcpy(first->name, p->name, sizeof first->name);
  first->channels = (uint32_t)p->rank;
  first->relu = first->sigmoid = 0;
  for (size_t i = layer + 2; i < two.count; i++) {
    two.layers[i].input += two.layers[i].input >= (int)layer;
    two.layers[i].add += two.layers[i].add >= (int)layer;
  }
  second->input = (int)layer;
  second->kernel_h = second->kernel_w = 1;
  size_t length = og_net_format(&two, NULL, 0) + 1;
  char *text = malloc(length);
  if (text)
    og_net_format(&two, text, length);
  return text;
}

/* Every tensor but the layer's weights and bias and all ranges; then the two layers'. */
static og_status list_tensors(const model_file *f, layer_parts *p, const float *zeros,
                              og_tensor_source *out, float **values, size_t *count) {
  char weight[OG_ST_MAX_NAME], bias[OG_ST_MAX_NAME];
  og_tensor_name(p->layer, "weight", weight);
  og_tensor_name(p->layer, "bias", bias);
  for (size_t i = 0; i < f->tensors->tensors; i++) {
    const og_tensor *t = &f->tensors->tensor[i];
    if (layer_of(&f->net, t->name, "range") >= 0)
      continue;
    og_status status = model_tensor_copy(t, &out[*count], &values[*count]);
    if (status)
      return status;
    if (!strcmp(t->name, weight)) {
      out[*count].values = p->second;
      memcpy(out[*count].shape, (size_t[]){1, 1, p->rank, p->outputs}, 4 * sizeof(size_t));
    } else if (!strcmp(t->name, bias)) {
      out[*count].values = p->bias;
    }
    ++*count;
  }
  if (*count + 2 > OG_ST_MAX_TENSORS)
    return OG_ERROR_TOO_LARGE;
  og_layer first = *p->layer;
  memcpy(first.name, p->name, sizeof first.name);
  og_tensor_name(&first, "weight", p->first_name);
  og_tensor_name(&first, "bias", p->first_bias);
  const og_tensor *was = og_safetensors_find(f->tensors, weight);
  out[(*count)++] = (og_tensor_source){p->first_name,
                                       was->dtype,
                                       4,
                                       {was->shape[0], was->shape[1], was->shape[2], p->rank},
                                       p->first};
  out[(*count)++] = (og_tensor_source){p->first_bias, OG_F32, 1, {p->rank}, zeros};
  return OG_OK;
}

static og_status write_file(const model_file *f, const char *net, layer_parts *p, uint8_t **bytes,
                            size_t *size) {
  const char *pairs[OG_ST_MAX_PAIRS + 1][2];
  og_tensor_source tensors[OG_ST_MAX_TENSORS];
  float *values[OG_ST_MAX_TENSORS] = {NULL}, *zeros = calloc(p->rank, sizeof *zeros);
  size_t count = 0, listed = 0;
  char note[96];
  snprintf(note, sizeof note, "%s through %zu numbers, chosen on %zu drawings", p->layer->name,
           p->rank, p->rows);
  for (size_t i = 0; i < f->tensors->pairs; i++) {
    const char *key = f->tensors->key[i];
    if (!strcmp(key, "factorised"))
      continue;
    pairs[count][0] = key;
    pairs[count++][1] = strcmp(key, "net") ? f->tensors->value[i] : net;
  }
  pairs[count][0] = "factorised";
  pairs[count++][1] = note;
  og_status status = zeros ? list_tensors(f, p, zeros, tensors, values, &listed) : OG_ERROR_MEMORY;
  if (!status && count > OG_ST_MAX_PAIRS)
    status = OG_ERROR_TOO_LARGE;
  if (!status)
    status =
        og_safetensors_write(tensors, listed, (const char *const(*)[2])pairs, count, bytes, size);
  for (size_t i = 0; i < listed; i++)
    free(values[i]);
  free(zeros);
  return status;
}

og_status factorised_write(const model_file *f, size_t layer, size_t rank, const og_dataset *set,
                           size_t rows, uint32_t threads, uint8_t **bytes, size_t *size,
                           og_error *error) {
  layer_parts p;
  char *net = NULL;
  const og_kernels *kernels = f->model->kernels;
  og_status status = parts_create(f, layer, rank, rows < set->drawings ? rows : set->drawings, &p);
  if (!status)
    status = take_sums(f, layer, set, threads, &p);
  if (!status) {
    weigh_sums(f, &p);
    status = og_principal_basis(kernels, p.sums, p.rows, p.outputs, rank, p.basis);
  }
  if (!status)
    status = split(kernels, &p);
  if (!status) {
    choose_name(&f->net, &p);
    net = describe(&f->net, layer, &p);
    status = net ? write_file(f, net, &p, bytes, size) : OG_ERROR_MEMORY;
  }
  free(net);
  parts_free(&p);
  if (status == OG_ERROR_FORMAT)
    return og_fail(error, status, "the layer's sums have fewer directions than that", NULL);
  return status ? og_fail(error, status, "out of memory", NULL) : OG_OK;
}
