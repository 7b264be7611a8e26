/* Starting from a model file in place of random numbers. See train.h.
 *
 * A file holds no norms: they were folded into the convolutions before them. The first batch says
 * what each must be to change nothing: deviation and mean of what it is given, as gamma and beta.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/model.h"
#include "train/objective.h"
#include "train/trainer_internal.h"

enum { NET_TEXT = 1 << 14 };

static og_status unlike(const char *what, og_error *error) {
  return og_fail(error, OG_ERROR_FORMAT, "a start must have the recipe's ", what, NULL);
}

/* Whether the file's tensor LAYER.kind has `count` finite numbers, which go to `values`. */
static int take(const og_safetensors *file, const og_layer *layer, const char *kind, size_t count,
                float *values) {
  char name[OG_ST_MAX_NAME];
  og_tensor_name(layer, kind, name);
  const og_tensor *tensor = og_safetensors_find(file, name);
  if (!tensor || tensor->count != count)
    return 0;
  og_tensor_values(tensor, values);
  float zero = 0;
  for (size_t i = 0; i < count; i++)
    zero += 0 * values[i];
  return zero == 0;
}

static og_status take_layers(og_trainer *t, const og_safetensors *file, og_error *error) {
  for (size_t i = 0; i < t->net.count; i++) {
    const og_layer *l = &t->net.layers[i];
    const og_slots *s = &t->layout.slots[i];
    if (l->op == OG_OP_CONV &&
        (!take(file, l, "weight", og_layer_weights(&t->net, i), t->parameters + s->weight) ||
         !take(file, l, "bias", l->channels, t->parameters + s->bias)))
      return og_fail(error, OG_ERROR_FORMAT, "not a usable model: layer '", l->name,
                     "' lacks numbers that are finite", NULL);
  }
  return OG_OK;
}

static og_status check_same(const og_trainer *t, const og_safetensors *file, og_error *error) {
  const char *net = og_safetensors_metadata(file, "net");
  const char *input = og_safetensors_metadata(file, "input");
  char *mine = malloc(NET_TEXT);
  if (!mine)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  og_net_format(&t->net, mine, NET_TEXT);
  int same = net && !strcmp(net, mine);
  free(mine);
  if (!same)
    return unlike("net", error);
  return input && !strcmp(input, t->recipe.input) ? OG_OK : unlike("input", error);
}

og_status og_trainer_start(og_trainer *t, const void *bytes, size_t size, og_error *error) {
  og_safetensors *file = NULL;
  og_status status = og_safetensors_read(bytes, size, &file, error);
  if (!status)
    status = check_same(t, file, error);
  if (!status)
    status = take_layers(t, file, error);
  og_safetensors_free(file);
  if (status)
    return status;
  og_trainer_draw(t);
  return og_pass_settle(t->pass, t->parameters, t->statistics, t->embeddings);
}
