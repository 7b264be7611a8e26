/* What objectives that train a head have in common. See objective.h. */
#include <math.h>

#include "base/error.h"
#include "train/objective.h"

/* The logarithm of the scale, the head's last number, is the trainer's own last one. */
size_t og_head_own(const og_trainer *t) {
  return t->head.count - 1;
}

void og_head_start(og_trainer *t, og_random *random) {
  const og_head *h = &t->head;
  for (size_t i = 0; i + 1 < h->tensors; i++) {
    const og_head_tensor *tensor = &h->tensor[i];
    float *at = t->own + tensor->at, bound = 1 / sqrtf((float)tensor->shape[0]);
    size_t count = og_head_tensor_count(h, i), hidden = count / 4;
    for (size_t k = 0; tensor->dims == 2 && k < count; k++)
      at[k] = bound * og_random_signed(random);
    /* Jozefowicz, Zaremba and Sutskever 2015: forgetting should have to be learnt. */
    for (size_t k = hidden; tensor->lstm && tensor->dims == 1 && k < 2 * hidden; k++)
      at[k] = 1;
  }
}

void og_head_prepare(og_trainer *t, float log_scale, float *d_log_scale) {
  t->own[t->own_count] = log_scale;
  *d_log_scale = 0;
}

og_head_kind og_head_of_recipe(const og_recipe *r, const og_net *net) {
  og_head head;
  return og_head_parse(r->head, og_layer_values(og_net_output(net)), &head, NULL) ? OG_HEAD_COSINE
                                                                                  : head.kind;
}

const char *og_episode_complaint(const og_recipe *r, const og_net *net) {
  if (net->layers[0].channels != 1)
    return "the net must read one channel";
  if (og_net_output(net)->op != OG_OP_L2NORM)
    return "the net must end in l2norm";
  if (r->way < 2 || r->classes_per_batch % r->way)
    return "way must be 2 or more, and classes_per_batch a multiple of it";
  if (r->shot < 1 || r->shot > 256 || r->queries > 256)
    return "shot must be 1 to 256, and queries no more";
  return NULL;
}

og_status og_episode_possible(const og_trainer *t, og_error *error) {
  const og_dataset *set = t->sampler.set;
  uint32_t each = t->recipe.shot + t->recipe.queries;
  if (set->classes < t->recipe.way)
    return og_fail(error, OG_ERROR_FORMAT, "recipe: way is more than there are classes", NULL);
  for (size_t c = 0; c < set->classes; c++)
    if (set->class_start[c + 1] - set->class_start[c] < each)
      return og_fail(error, OG_ERROR_FORMAT, "recipe: class '", set->class_names[c],
                     "' has too few drawings for shot and queries", NULL);
  return OG_OK;
}
