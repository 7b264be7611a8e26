/* Training a plain classifier. See objective.h.
 *
 * Its last layer is told apart from the net: it is of use for the classes it was trained on alone,
 * so checkpoints have it and model files have not. With symmetries a turned or mirrored character
 * is one more class, as it is another character to all objectives; a recipe that wants the plain
 * classifier of the training set's characters has "symmetries": 1. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "train/class_loss.h"
#include "train/objective.h"

static uint32_t images(const og_recipe *r) {
  return 2 * r->classes_per_batch;
}

static const char *complaint(const og_recipe *r, const og_net *net) {
  if (r->head)
    return "the objective classes trains no head; its last layer is not kept";
  return og_objective_embed.complaint(r, net);
}

static size_t dim(const og_trainer *t) {
  return og_layer_values(og_net_output(&t->net));
}

static size_t classes(const og_trainer *t) {
  return t->sampler.set->classes * t->recipe.symmetries;
}

static size_t own(const og_trainer *t) {
  return (dim(t) + 1) * classes(t);
}

/* Weights begin as a layer's of the net do, biases at 0. */
static void start(og_trainer *t, og_random *random) {
  float spread = t->tuning[t->net.count].spread, bound = 1 / sqrtf((float)dim(t));
  for (size_t i = 0; i < dim(t) * classes(t); i++)
    t->own[i] = spread > 0 ? spread * og_random_normal(random) : bound * og_random_signed(random);
}

/* What the loss needs room for. */
typedef struct work {
  uint32_t *class_of; /* [images] */
  float *logits;      /* [classes] */
} work;

static void finish(og_trainer *t) {
  work *w = t->work;
  if (!w)
    return;
  free(w->class_of);
  free(w->logits);
  free(w);
}

static og_status prepare(og_trainer *t, og_error *error) {
  work *w = t->work = calloc(1, sizeof *w);
  if (w) {
    w->class_of = calloc(images(&t->recipe), sizeof *w->class_of);
    w->logits = calloc(classes(t), sizeof *w->logits);
  }
  return w && w->class_of && w->logits ? OG_OK
                                       : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}

static float loss(og_trainer *t, float log_scale, float *d_log_scale) {
  size_t weights = dim(t) * classes(t);
  const work *w = t->work;
  const og_classifier layer = {dim(t), classes(t), t->own, t->own + weights};
  const og_classifier_gradient d = {t->d_own, t->d_own + weights, d_log_scale};
  for (uint32_t i = 0; i < images(&t->recipe); i++)
    w->class_of[i] = t->ids[i / 2] / 8 * t->recipe.symmetries + t->ids[i / 2] % 8;
  *d_log_scale = 0;
  return og_class_loss(&layer, t->embeddings, w->class_of, images(&t->recipe), log_scale, w->logits,
                       t->d_embeddings, &d);
}

static void draw(og_trainer *t, og_random *random) {
  og_objective_embed.draw(t, random);
}

static void fill(og_trainer *t, uint32_t i, uint32_t thread) {
  og_objective_embed.fill(t, i, thread);
}

const og_objective og_objective_classes = {.name = "classes",
                                           .images = images,
                                           .drawings = images,
                                           .complaint = complaint,
                                           .own = own,
                                           .start = start,
                                           .prepare = prepare,
                                           .finish = finish,
                                           .draw = draw,
                                           .fill = fill,
                                           .loss = loss};
