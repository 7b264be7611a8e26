/* Training a memory-augmented network together with what embeds for it. See objective.h. */
#include <stdlib.h>

#include "base/error.h"
#include "train/memory.h"
#include "train/objective.h"

typedef struct work {
  og_memory_pass *pass;
  uint32_t *labels; /* [images] of the step, sequence after sequence */
} work;

/* Drawings of one sequence. */
static uint32_t length(const og_recipe *r) {
  return r->way * r->shot;
}

static uint32_t images(const og_recipe *r) {
  return r->classes_per_batch * r->shot;
}

static const char *complaint(const og_recipe *r, const og_net *net) {
  og_head head;
  size_t dim = og_layer_values(og_net_output(net));
  if (og_head_of_recipe(r, net) != OG_HEAD_MEMORY)
    return "the objective memory needs a head \"memory ...\"";
  if (r->queries)
    return "the objective memory has no queries: every drawing is one";
  const char *wrong = og_episode_complaint(r, net);
  if (!wrong && !og_head_parse(r->head, dim, &head, NULL) && head.classes != r->way)
    wrong = "way must be the head's classes";
  return wrong;
}

static og_status prepare(og_trainer *t, og_error *error) {
  og_status status = og_episode_possible(t, error);
  if (status)
    return status;
  work *w = t->work = calloc(1, sizeof *w);
  if (w) {
    w->pass = og_memory_pass_create(&t->head, length(&t->recipe));
    w->labels = calloc(images(&t->recipe), sizeof *w->labels);
  }
  return w && w->pass && w->labels ? OG_OK : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}

static void finish(og_trainer *t) {
  work *w = t->work;
  if (w) {
    og_memory_pass_free(w->pass);
    free(w->labels);
  }
  free(w);
}

static void draw(og_trainer *t, og_random *random) {
  const work *w = t->work;
  uint32_t way = t->recipe.way;
  for (uint32_t first = 0; first < t->recipe.classes_per_batch; first += way) {
    uint32_t at = first * t->recipe.shot;
    og_sampler_draw_sequence(&t->sampler, way, t->recipe.shot, random, t->ids + first,
                             t->drawings + at, w->labels + at);
  }
}

static void fill(og_trainer *t, uint32_t i, uint32_t thread) {
  const work *w = t->work;
  uint32_t sequence = i / length(&t->recipe);
  uint32_t id = t->ids[sequence * t->recipe.way + w->labels[i]];
  og_trainer_view(t, i, 0, t->drawings[i], id & 7, i, thread);
}

static float loss(og_trainer *t, float log_scale, float *d_log_scale) {
  const work *w = t->work;
  uint32_t steps = length(&t->recipe), sequences = t->recipe.classes_per_batch / t->recipe.way;
  float sum = 0, share = 1 / (float)sequences;
  og_head_prepare(t, log_scale, d_log_scale);
  for (uint32_t s = 0; s < sequences; s++) {
    size_t at = (size_t)s * steps, numbers = at * t->head.dim;
    sum += og_memory_sequence(w->pass, t->own, t->embeddings + numbers, w->labels + at, share,
                              t->d_embeddings + numbers, t->d_own);
  }
  return share * sum;
}

const og_objective og_objective_memory = {.name = "memory",
                                          .images = images,
                                          .drawings = images,
                                          .complaint = complaint,
                                          .own = og_head_own,
                                          .start = og_head_start,
                                          .prepare = prepare,
                                          .finish = finish,
                                          .draw = draw,
                                          .fill = fill,
                                          .loss = loss};
