/* Training Koch's Siamese net. See objective.h.
 *
 * Koch judges drawn pairs one by one. All pairs of a batch cost hardly more, for a drawing goes
 * through the net once however many it is compared with: a batch of 128 drawings holds 64 pairs of
 * one character and 8,064 of two. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "train/objective.h"
#include "train/pairs.h"
#include "train/pool.h"

static uint32_t images(const og_recipe *r) {
  return 2 * r->classes_per_batch;
}

static const char *complaint(const og_recipe *r, const og_net *net) {
  if (!r->head || strcmp(r->head, "siamese") != 0)
    return "this objective needs the head \"siamese\"";
  for (size_t i = 0; i + 1 < net->count; i++)
    if (net->layers[i].op == OG_OP_L2NORM)
      return "l2norm may only be the last layer";
  return net->layers[0].channels == 1 ? NULL : "the net must read one channel";
}

static size_t dim(const og_trainer *t) {
  return og_layer_values(og_net_output(&t->net));
}

static size_t own(const og_trainer *t) {
  return dim(t) + 1;
}

/* A difference anywhere speaks against a pair at first, or anything may, as Koch has it. */
static void start(og_trainer *t, og_random *random) {
  float spread = t->tuning[t->net.count].spread;
  for (size_t k = 0; k < dim(t); k++)
    t->own[k] =
        spread > 0 ? spread * og_random_normal(random) : -t->recipe.scale / sqrtf((float)dim(t));
}

static og_siamese head(const og_trainer *t) {
  return (og_siamese){dim(t), t->own, t->own[dim(t)]};
}

/* What the losses need room for. */
typedef struct work {
  uint8_t *same;  /* [classes_per_batch], objective pairs */
  og_pool *pool;  /* NULL: new pairs in each batch */
  uint32_t *item; /* [classes_per_batch] of the pool */
  float *logits;  /* [2][images][images], objective all-pairs */
} work;

static void finish(og_trainer *t) {
  work *w = t->work;
  if (!w)
    return;
  free(w->same);
  free(w->item);
  og_pool_free(w->pool);
  free(w->logits);
  free(w);
}

static og_status prepare(og_trainer *t, og_error *error) {
  size_t rows = images(&t->recipe);
  work *w = t->work = calloc(1, sizeof *w);
  if (w) {
    w->same = calloc(rows / 2, 1);
    w->logits = calloc(2 * rows * rows, sizeof *w->logits);
  }
  og_status status = w && w->same && w->logits ? OG_OK : OG_ERROR_MEMORY;
  uint32_t pairs = t->recipe.pairs;
  if (!status && pairs && !(w->item = calloc(rows / 2, sizeof *w->item)))
    status = OG_ERROR_MEMORY;
  if (!status && pairs)
    status = og_pool_create(t->seed, pairs * og_pool_copies(&t->recipe), &w->pool);
  return status ? og_fail(error, status, "out of memory", NULL) : OG_OK;
}

/* How large differences are is known once there are some: unless the recipe says otherwise, the
 * bias begins where the batch's pairs are as likely the same as not (Salimans and Kingma, Weight
 * normalization, 2016, section 3). */
static void start_bias(og_trainer *t) {
  if (t->step > 0 || t->tuning[t->net.count].spread > 0)
    return;
  og_siamese h = head(t);
  uint32_t rows = images(&t->recipe);
  double sum = 0;
  for (uint32_t i = 0; i + 1 < rows; i++)
    sum +=
        (double)og_siamese_logit(&h, t->embeddings + i * dim(t), t->embeddings + (i + 1) * dim(t));
  t->own[dim(t)] -= (float)(sum / (rows - 1));
}

static void draw_pairs(og_trainer *t, og_random *random) {
  work *w = t->work;
  uint32_t n = t->recipe.classes_per_batch, copies = og_pool_copies(&t->recipe);
  if (!w->pool) {
    og_sampler_draw_pairs(&t->sampler, random, t->ids, t->drawings, w->same);
    return;
  }
  for (uint32_t i = 0; i < n; i++) {
    w->item[i] = og_pool_item(w->pool, t->step * n + i);
    w->same[i] = (uint8_t)og_sampler_draw_numbered_pair(&t->sampler, t->seed, w->item[i] / copies,
                                                        &t->ids[i], t->drawings + 2 * (size_t)i);
  }
}

static void draw_classes(og_trainer *t, og_random *random) {
  og_sampler_draw(&t->sampler, random, t->ids, t->drawings);
}

static void fill(og_trainer *t, uint32_t i, uint32_t thread) {
  og_trainer_view(t, i, 0, t->drawings[i], t->ids[i / 2] & 7, i, thread);
}

/* A copy is the same whenever it comes, and the first one is the pair itself. */
static void fill_pairs(og_trainer *t, uint32_t i, uint32_t thread) {
  const work *w = t->work;
  if (!w->pool) {
    fill(t, i, thread);
    return;
  }
  uint32_t item = w->item[i / 2];
  const og_showing what = {.drawing = t->drawings[i],
                           .symmetry = t->ids[i / 2] & 7,
                           .stream = 2 * (uint64_t)item + i % 2,
                           .plain = item % og_pool_copies(&t->recipe) == 0};
  og_trainer_show(t, i, 0, &what, thread);
}

static float pairs_loss(og_trainer *t, float log_scale, float *d_log_scale) {
  (void)log_scale; /* the head has weights of its own */
  *d_log_scale = 0;
  start_bias(t);
  og_siamese h = head(t);
  og_siamese_gradient d = {t->d_own, t->d_own + dim(t)};
  return og_pair_loss(&h, t->embeddings, ((work *)t->work)->same, t->recipe.classes_per_batch,
                      t->d_embeddings, &d);
}

static float all_pairs_loss(og_trainer *t, float log_scale, float *d_log_scale) {
  (void)log_scale;
  *d_log_scale = 0;
  start_bias(t);
  og_siamese h = head(t);
  og_siamese_gradient d = {t->d_own, t->d_own + dim(t)};
  return og_all_pairs_loss(&h, t->embeddings, t->ids, t->recipe.classes_per_batch, t->recipe.binary,
                           ((work *)t->work)->logits, t->d_embeddings, &d);
}

const og_objective og_objective_pairs = {.name = "pairs",
                                         .images = images,
                                         .drawings = images,
                                         .complaint = complaint,
                                         .own = own,
                                         .start = start,
                                         .prepare = prepare,
                                         .finish = finish,
                                         .draw = draw_pairs,
                                         .fill = fill_pairs,
                                         .loss = pairs_loss};
const og_objective og_objective_all_pairs = {.name = "all-pairs",
                                             .images = images,
                                             .drawings = images,
                                             .complaint = complaint,
                                             .own = own,
                                             .start = start,
                                             .prepare = prepare,
                                             .finish = finish,
                                             .draw = draw_classes,
                                             .fill = fill,
                                             .loss = all_pairs_loss};
