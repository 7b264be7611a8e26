/* Training nets that look at several drawings at once. See objective.h.
 *
 * An embedding must say everything about a drawing before it knows what it will be compared with;
 * a net that sees both can look at where they differ (Zagoruyko and Komodakis, Learning to compare
 * image patches via convolutional neural networks, CVPR 2015, "2-channel"; Shyam, Gupta and
 * Dukkipati 2017 compare by alternating glimpses).
 *
 * Yet it judges each candidate as if there were no other, as Bouma found of the Siamese net. One
 * that sees the query and two candidates knows where these differ from each other, which is where
 * to look and all that counts. Its two answers, with the candidates in either order, make the logit
 * of choosing the first (Bradley and Terry, Rank analysis of incomplete block designs, 1952). */
#include "train/loss.h"
#include "train/objective.h"

static uint32_t drawings(const og_recipe *r) {
  return r->classes_per_batch * (1 + r->candidates);
}

/* What both kinds of net need, `channels` of them; NULL if it is there. */
static const char *complaint(const og_recipe *r, const og_net *net, uint32_t channels,
                             const char *why) {
  if (!r->candidates)
    return "nets that compare or choose need candidates";
  if (net->layers[0].channels != channels)
    return why;
  return og_net_linear_end(net) && og_layer_values(og_net_output(net)) == 1
             ? NULL
             : "nets that compare or choose must end in one linear number";
}

static void draw(og_trainer *t, og_random *random) {
  og_sampler_draw_candidates(&t->sampler, &t->rivals, t->recipe.candidates, random, t->ids,
                             t->drawings);
}

/* Query and candidates are mirrored together; each gets a view of its own, the same one wherever
 * the drawing is seen in this step. */
static void show(og_trainer *t, uint32_t i, uint32_t channel, uint32_t query, uint32_t which,
                 uint32_t thread) {
  uint32_t at = query * (t->recipe.candidates + 1) + which;
  og_trainer_view(t, i, channel, t->drawings[at], t->ids[query] & 7, at, thread);
}

static uint32_t compare_images(const og_recipe *r) {
  return r->classes_per_batch * r->candidates;
}

static const char *compare_complaint(const og_recipe *r, const og_net *net) {
  return complaint(r, net, 2, "a net that compares must read two channels");
}

static void compare_fill(og_trainer *t, uint32_t i, uint32_t thread) {
  uint32_t each = t->recipe.candidates;
  show(t, i, 0, i / each, 0, thread);
  show(t, i, 1, i / each, 1 + i % each, thread);
}

static float compare_loss(og_trainer *t, float log_scale, float *d_log_scale) {
  (void)log_scale; /* the last layer has a scale of its own */
  *d_log_scale = 0;
  return og_candidate_loss(t->embeddings, t->recipe.classes_per_batch, t->recipe.candidates,
                           t->recipe.binary, t->d_embeddings);
}

const og_objective og_objective_compare = {.name = "compare",
                                           .candidates = 1,
                                           .images = compare_images,
                                           .drawings = drawings,
                                           .complaint = compare_complaint,
                                           .draw = draw,
                                           .fill = compare_fill,
                                           .loss = compare_loss};

/* A query's own character against each other candidate, in both orders. */
static uint32_t choose_images(const og_recipe *r) {
  return 2 * r->classes_per_batch * (r->candidates - 1);
}

static const char *choose_complaint(const og_recipe *r, const og_net *net) {
  return complaint(r, net, 3, "a net that chooses must read three channels");
}

static void choose_fill(og_trainer *t, uint32_t i, uint32_t thread) {
  uint32_t each = t->recipe.candidates - 1, choice = i / 2, swapped = i % 2;
  show(t, i, 0, choice / each, 0, thread);
  show(t, i, 1 + swapped, choice / each, 1, thread);
  show(t, i, 2 - swapped, choice / each, 2 + choice % each, thread);
}

static float choose_loss(og_trainer *t, float log_scale, float *d_log_scale) {
  (void)log_scale;
  *d_log_scale = 0;
  return og_choice_loss(t->embeddings, choose_images(&t->recipe) / 2, t->d_embeddings);
}

const og_objective og_objective_choose = {.name = "choose",
                                          .candidates = 1,
                                          .images = choose_images,
                                          .drawings = drawings,
                                          .complaint = choose_complaint,
                                          .draw = draw,
                                          .fill = choose_fill,
                                          .loss = choose_loss};
