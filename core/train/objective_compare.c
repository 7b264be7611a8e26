/* Training a net that looks at two drawings at once. See objective.h.
 *
 * An embedding must say everything about a drawing before it knows what it will be compared with;
 * a net that sees both can look at where they differ (Zagoruyko and Komodakis, Learning to compare
 * image patches via convolutional neural networks, CVPR 2015, "2-channel"; Shyam, Gupta and
 * Dukkipati 2017 compare by alternating glimpses). */
#include "train/loss.h"
#include "train/objective.h"

static uint32_t images(const og_recipe *r) {
  return r->classes_per_batch * r->candidates;
}

static uint32_t drawings(const og_recipe *r) {
  return r->classes_per_batch * (1 + r->candidates);
}

static const char *complaint(const og_recipe *r, const og_net *net) {
  if (!r->candidates)
    return "a net that compares needs candidates";
  if (net->layers[0].channels != 2)
    return "a net that compares must read two channels";
  return og_net_linear_end(net) && og_layer_values(og_net_output(net)) == 1
             ? NULL
             : "a net that compares must end in one linear number";
}

static void draw(og_trainer *t, og_random *random) {
  og_sampler_draw_candidates(&t->sampler, &t->rivals, t->recipe.candidates, random, t->ids,
                             t->drawings);
}

/* Query and candidate are mirrored together; each gets a view of its own, the query the same one
 * beside all its candidates. */
static void fill(og_trainer *t, uint32_t i, uint32_t thread) {
  uint32_t each = t->recipe.candidates, query = i / each, symmetry = t->ids[query] & 7;
  uint64_t first = (uint64_t)query * (each + 1), own = first + 1 + i % each;
  og_trainer_view(t, i, 0, t->drawings[first], symmetry, first, thread);
  og_trainer_view(t, i, 1, t->drawings[own], symmetry, own, thread);
}

static float loss(og_trainer *t, float log_scale, float *d_log_scale) {
  (void)log_scale; /* the last layer has a scale of its own */
  *d_log_scale = 0;
  return og_candidate_loss(t->embeddings, t->recipe.classes_per_batch, t->recipe.candidates,
                           t->recipe.binary, t->d_embeddings);
}

const og_objective og_objective_compare = {.name = "compare",
                                           .images = images,
                                           .drawings = drawings,
                                           .complaint = complaint,
                                           .draw = draw,
                                           .fill = fill,
                                           .loss = loss};
