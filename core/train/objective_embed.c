/* Training an embedding. See objective.h. */
#include "train/loss.h"
#include "train/objective.h"

static uint32_t images(const og_recipe *r) {
  return 2 * r->classes_per_batch;
}

static const char *complaint(const og_recipe *r, const og_net *net) {
  (void)r;
  for (size_t i = 0; i + 1 < net->count; i++)
    if (net->layers[i].op == OG_OP_L2NORM)
      return "l2norm may only be the last layer";
  if (net->layers[0].channels != 1)
    return "the net must read one channel";
  return og_net_output(net)->op == OG_OP_L2NORM ? NULL : "the net must end in l2norm";
}

static void draw(og_trainer *t, og_random *random) {
  og_sampler_draw(&t->sampler, random, t->ids, t->drawings);
}

static void fill(og_trainer *t, uint32_t i, uint32_t thread) {
  og_trainer_view(t, i, 0, t->drawings[i], t->ids[i / 2] & 7, i, thread);
}

static float loss(og_trainer *t, float log_scale, float *d_log_scale) {
  return og_info_nce(t->embeddings, t->ids, t->recipe.classes_per_batch,
                     og_layer_values(og_net_output(&t->net)), log_scale, t->recipe.margin,
                     t->logits, t->d_embeddings, d_log_scale);
}

const og_objective og_objective_embed = {.name = "embed",
                                         .images = images,
                                         .drawings = images,
                                         .complaint = complaint,
                                         .draw = draw,
                                         .fill = fill,
                                         .loss = loss};
