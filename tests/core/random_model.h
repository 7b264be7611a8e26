/* Model files of any net with random weights, scaled so that numbers keep their size from layer to
 * layer; for tests and benchmarks of nets that nobody trained. */
#ifndef TEST_RANDOM_MODEL_H
#define TEST_RANDOM_MODEL_H

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "net/model.h"

/* The weights of a layer, or its bias if `weights` is 0. */
static inline og_tensor_source random_tensor(const og_net *net, size_t layer, int weights,
                                             char name[OG_ST_MAX_NAME]) {
  const og_layer *l = &net->layers[layer];
  size_t count = og_layer_weights(net, layer), inputs = count / l->channels;
  float size = weights ? sqrtf(6.0f / (float)inputs) : 0.1f;
  og_random r = og_random_stream(layer, (uint64_t)weights);
  float *values = malloc((weights ? count : l->channels) * sizeof *values);
  for (size_t i = 0; values && i < (weights ? count : l->channels); i++)
    values[i] = size * og_random_signed(&r);
  og_tensor_name(l, weights ? "weight" : "bias", name);
  og_tensor_source t = {name, OG_F32, 1, {l->channels}, values};
  if (weights)
    t = (og_tensor_source){name,
                           OG_F32,
                           4,
                           {l->kernel_h, l->kernel_w, net->layers[l->input].channels, l->channels},
                           values};
  return t;
}

/* Tensor `index` of a head; the logarithm of its scale is about 1. */
static inline og_tensor_source random_head_tensor(const og_head *head, size_t index) {
  const og_head_tensor *t = &head->tensor[index];
  size_t count = og_head_tensor_count(head, index);
  og_random r = og_random_stream(index, 7);
  float *values = malloc(count * sizeof *values);
  for (size_t i = 0; values && i < count; i++)
    values[i] = index + 1 < head->tensors ? 0.5f * og_random_signed(&r) : 1.2f;
  return (og_tensor_source){t->name, OG_F32, t->dims, {t->shape[0], t->shape[1]}, values};
}

/* The bytes of a model file (malloc; the caller frees); the layer list, the normalisation and the
 * head (NULL: none) are texts as in net.h, ink.h and head.h. */
static inline og_status random_model_with_head(const char *net_text, const char *input,
                                               const char *head_text, uint8_t **bytes,
                                               size_t *size) {
  static og_net net;
  static char names[2 * OG_MAX_LAYERS][OG_ST_MAX_NAME];
  og_tensor_source tensors[2 * OG_MAX_LAYERS + OG_HEAD_TENSORS];
  size_t count = 0;
  og_head head;
  og_status status = og_net_parse(net_text, &net, NULL);
  if (!status)
    status = og_head_parse(head_text, og_layer_values(og_net_output(&net)), &head, NULL);
  if (status)
    return status;
  for (size_t i = 0; i < net.count; i++)
    for (int weights = 0; net.layers[i].op == OG_OP_CONV && weights < 2; weights++, count++)
      tensors[count] = random_tensor(&net, i, weights, names[count]);
  for (size_t i = 0; i < head.tensors; i++, count++)
    tensors[count] = random_head_tensor(&head, i);
  const char *const metadata[][2] = {{"format", "oneglyph"},
                                     {"version", "1"},
                                     {"net", net_text},
                                     {"input", input},
                                     {"head", head_text}};
  status = og_safetensors_write(tensors, count, metadata, head_text ? 5 : 4, bytes, size);
  for (size_t i = 0; i < count; i++)
    free((void *)(uintptr_t)tensors[i].values);
  return status;
}

static inline og_status random_model(const char *net_text, const char *input, uint8_t **bytes,
                                     size_t *size) {
  return random_model_with_head(net_text, input, NULL, bytes, size);
}

#endif
