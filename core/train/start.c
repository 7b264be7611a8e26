/* Starting from a model file in place of random numbers. See train.h.
 *
 * A file holds no norms: they were folded into the convolutions before them. The first batch says
 * what each must be to change nothing: deviation and mean of what it is given, as gamma and beta.
 *
 * A wider net computes what the file's does, since what is new has no say at first (as in Chen,
 * Goodfellow and Shlens, Net2Net, 2016, but with zeros in place of copies). Of the input only the
 * size counts: what a net knows of strokes serves it in another window too. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/model.h"
#include "train/objective.h"
#include "train/start.h"
#include "train/trainer_internal.h"

static og_status unlike(og_error *error) {
  return og_fail(error, OG_ERROR_FORMAT, "a start must have the recipe's net", NULL);
}

/* The numbers of the file's tensor LAYER.kind, or NULL. The caller frees. */
static float *numbers_of(const og_safetensors *file, const og_layer *layer, const char *kind,
                         size_t count) {
  char name[OG_ST_MAX_NAME];
  og_tensor_name(layer, kind, name);
  const og_tensor *tensor = og_safetensors_find(file, name);
  float *values = tensor && tensor->count == count ? malloc(count * sizeof *values) : NULL;
  if (!values)
    return NULL;
  og_tensor_values(tensor, values);
  float zero = 0;
  for (size_t i = 0; i < count; i++)
    zero += 0 * values[i];
  if (zero == 0)
    return values;
  free(values);
  return NULL;
}

/* A layer's weights among those of a net that may be wider. What the file's channels make of new
 * ones is nothing to begin with; what new ones make of everything stays random. */
static void widen(const og_net *from, const og_net *to, size_t layer, const float *old,
                  float *weights) {
  const og_layer *a = &from->layers[layer], *b = &to->layers[layer];
  size_t old_in = from->layers[a->input].channels, in = to->layers[b->input].channels;
  for (size_t k = 0; k < (size_t)b->kernel_h * b->kernel_w; k++)
    for (size_t i = 0; i < in; i++, weights += b->channels) {
      if (i >= old_in) {
        memset(weights, 0, a->channels * sizeof *weights);
        continue;
      }
      memcpy(weights, old, a->channels * sizeof *weights);
      old += a->channels;
    }
}

og_status og_start_take(const og_safetensors *file, const og_net *from, const og_net *to,
                        const og_layout *layout, float *parameters, og_error *error) {
  for (size_t i = 0; i < from->count; i++) {
    const og_layer *l = &from->layers[i];
    if (l->op != OG_OP_CONV)
      continue;
    float *weights = numbers_of(file, l, "weight", og_layer_weights(from, i));
    float *bias = numbers_of(file, l, "bias", l->channels);
    int taken = weights && bias;
    if (taken) {
      widen(from, to, i, weights, parameters + layout->slots[i].weight);
      memcpy(parameters + layout->slots[i].bias, bias, l->channels * sizeof *bias);
    }
    free(weights);
    free(bias);
    if (!taken)
      return og_fail(error, OG_ERROR_FORMAT, "not a usable model: layer '", l->name,
                     "' lacks numbers that are finite", NULL);
  }
  return OG_OK;
}

/* The same layer, but for its channels, of which there are at least as many. */
static int may_become(const og_layer *a, const og_layer *b) {
  return !strcmp(a->name, b->name) && a->op == b->op && a->input == b->input && a->add == b->add &&
         a->height == b->height && a->width == b->width && a->channels <= b->channels &&
         a->kernel_h == b->kernel_h && a->kernel_w == b->kernel_w && a->size == b->size &&
         a->same == b->same && a->relu == b->relu && a->sigmoid == b->sigmoid;
}

/* Reads the file's net, which must be the recipe's or a narrower one that gives as many numbers. */
static og_status read_start(const og_trainer *t, const og_safetensors *file, og_net *from,
                            og_error *error) {
  const char *net = og_safetensors_metadata(file, "net");
  if (!net || og_net_parse(net, from, NULL) || from->count != t->net.count ||
      og_net_output(from)->channels != og_net_output(&t->net)->channels)
    return unlike(error);
  for (size_t i = 0; i < from->count; i++)
    if (!may_become(&from->layers[i], &t->net.layers[i]))
      return unlike(error);
  return OG_OK;
}

og_status og_trainer_start(og_trainer *t, const void *bytes, size_t size, og_error *error) {
  og_safetensors *file = NULL;
  og_net *from = malloc(sizeof *from);
  og_status status = from ? og_safetensors_read(bytes, size, &file, error)
                          : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  if (!status)
    status = read_start(t, file, from, error);
  if (!status)
    status = og_start_take(file, from, &t->net, &t->layout, t->parameters, error);
  og_safetensors_free(file);
  free(from);
  if (status)
    return status;
  og_trainer_draw(t);
  return og_pass_settle(t->pass, t->parameters, t->statistics, t->embeddings);
}
