/* From trainer to model file: averaged weights, norms folded into the convolutions before them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/model.h"
#include "train/trainer_internal.h"
#include "train/whiten.h"

enum { NET_TEXT = 1 << 14, MOST_PAIRS = OG_ST_MAX_PAIRS - 5 };
enum { MOST_TENSORS = 2 * OG_MAX_LAYERS + OG_HEAD_TENSORS };

/* Layer i's weights and bias as inference wants them: with y = gamma (z - mean) / sqrt(variance +
 * epsilon) + beta, column c of the weights is scaled and the rest becomes its bias. */
static void fold(const og_trainer *t, const float *from, size_t i, float *weights, float *bias) {
  const og_layer *l = &t->net.layers[i];
  const og_slots *s = &t->layout.slots[i];
  const float *statistics = from + t->learnt;
  size_t count = og_layer_weights(&t->net, i);
  memcpy(weights, from + s->weight, count * sizeof *weights);
  memcpy(bias, from + s->bias, l->channels * sizeof *bias);
  if (!l->norm)
    return;
  for (size_t c = 0; c < l->channels; c++) {
    float scale = from[s->gamma + c] / sqrtf(statistics[s->variance + c] + 1e-5f);
    bias[c] -= statistics[s->mean + c] * scale;
    for (size_t w = c; w < count; w += l->channels)
      weights[w] *= scale;
  }
}

typedef struct export {
  og_tensor_source tensors[MOST_TENSORS];
  char names[MOST_TENSORS][OG_ST_MAX_NAME];
  size_t count;
  float *values; /* all tensors, one after the other */
  char net[NET_TEXT];
  const char *metadata[OG_ST_MAX_PAIRS][2];
  size_t pairs;
}
export;

static void add_tensor(export *e, const char *name, og_dtype dtype, const size_t *shape,
                       size_t dims, const float *values) {
  og_tensor_source *to = &e->tensors[e->count++];
  *to = (og_tensor_source){.name = name, .dtype = dtype, .dims = dims, .values = values};
  memcpy(to->shape, shape, dims * sizeof *shape);
}

static const char *layer_tensor(export *e, const og_layer *l, const char *kind) {
  og_tensor_name(l, kind, e->names[e->count]);
  return e->names[e->count];
}

/* The head's numbers lie behind the net's, the scale's logarithm last. */
static void add_head(const og_trainer *t, const float *from, export *e, int half) {
  const float *values = from + t->layout.parameters;
  for (size_t i = 0; i < t->head.tensors; i++) {
    const og_head_tensor *h = &t->head.tensor[i];
    add_tensor(e, h->name, half && h->dims == 2 ? OG_F16 : OG_F32, h->shape, h->dims,
               values + h->at);
  }
}

static og_status add_layers(const og_trainer *t, const float *map, export *e, int half) {
  const float *from = og_trainer_averaging(t) ? t->average : t->parameters;
  float *at = e->values;
  for (size_t i = 0; i < t->net.count; i++) {
    const og_layer *l = &t->net.layers[i];
    if (l->op != OG_OP_CONV)
      continue;
    size_t shape[] = {l->kernel_h, l->kernel_w, t->net.layers[l->input].channels, l->channels};
    float *bias = at + og_layer_weights(&t->net, i);
    fold(t, from, i, at, bias);
    /* The bias comes right behind the weights, as one more row. */
    if (map && l == og_net_linear_end(&t->net) &&
        og_whitening_apply(map, l->channels, at, og_layer_weights(&t->net, i) / l->channels + 1))
      return OG_ERROR_MEMORY;
    add_tensor(e, layer_tensor(e, l, "weight"), half ? OG_F16 : OG_F32, shape, 4, at);
    add_tensor(e, layer_tensor(e, l, "bias"), OG_F32, shape + 3, 1, bias);
    at = bias + l->channels;
  }
  add_head(t, from, e, half);
  return OG_OK;
}

static void add_metadata(export *e, const char *key, const char *value) {
  e->metadata[e->pairs][0] = key;
  e->metadata[e->pairs++][1] = value;
}

og_status og_trainer_export(const og_trainer *t, const char *const (*metadata)[2], size_t pairs,
                            const float *map, int half, uint8_t **bytes, size_t *size,
                            og_error *error) {
  if (pairs > MOST_PAIRS)
    return og_fail(error, OG_ERROR_ARGUMENT, "too many metadata keys", NULL);
  if (map && !og_net_linear_end(&t->net))
    return og_fail(error, OG_ERROR_ARGUMENT, "whitening needs a linear layer before l2norm", NULL);
  export *e = calloc(1, sizeof *e);
  float *values = malloc(t->layout.parameters * sizeof *values);
  og_status status = OG_ERROR_MEMORY;
  if (e && values) {
    e->values = values;
    og_net_format(&t->net, e->net, sizeof e->net);
    add_metadata(e, "format", "oneglyph");
    add_metadata(e, "version", "1");
    add_metadata(e, "net", e->net);
    add_metadata(e, "input", t->recipe.input);
    if (t->recipe.head)
      add_metadata(e, "head", t->recipe.head);
    for (size_t i = 0; i < pairs; i++)
      add_metadata(e, metadata[i][0], metadata[i][1]);
    status = add_layers(t, map, e, half);
  }
  if (!status)
    status = og_safetensors_write(e->tensors, e->count, (const char *const(*)[2])e->metadata,
                                  e->pairs, bytes, size);
  free(values);
  free(e);
  return status ? og_fail(error, status, "out of memory", NULL) : OG_OK;
}
