/* Training on episodes: Matching and Prototypical networks. See objective.h. */
#include "base/error.h"
#include "train/episode_loss.h"
#include "train/objective.h"

/* Drawings of one class in an episode. */
static uint32_t each(const og_recipe *r) {
  return r->shot + r->queries;
}

static uint32_t images(const og_recipe *r) {
  return r->classes_per_batch * each(r);
}

static const char *complaint(const og_recipe *r, const og_net *net) {
  og_head_kind kind = og_head_of_recipe(r, net);
  if (kind != OG_HEAD_MATCHING && kind != OG_HEAD_PROTOTYPICAL)
    return "the objective episodes needs a head \"matching context=K\" or \"prototypical\"";
  if (!r->queries)
    return "the objective episodes needs queries";
  return og_episode_complaint(r, net);
}

static og_status prepare(og_trainer *t, og_error *error) {
  const og_recipe *r = &t->recipe;
  og_status status = og_episode_possible(t, error);
  if (status)
    return status;
  t->work = og_episode_pass_create(&t->head, (og_episode_size){r->way, r->shot, r->queries});
  return t->work ? OG_OK : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}

static void finish(og_trainer *t) {
  og_episode_pass_free(t->work);
}

static void draw(og_trainer *t, og_random *random) {
  for (uint32_t first = 0; first < t->recipe.classes_per_batch; first += t->recipe.way)
    og_sampler_draw_episode(&t->sampler, t->recipe.way, each(&t->recipe), random, t->ids + first,
                            t->drawings + first * each(&t->recipe));
}

static void fill(og_trainer *t, uint32_t i, uint32_t thread) {
  og_trainer_view(t, i, 0, t->drawings[i], t->ids[i / each(&t->recipe)] & 7, i, thread);
}

static float loss(og_trainer *t, float log_scale, float *d_log_scale) {
  const og_recipe *r = &t->recipe;
  uint32_t episodes = r->classes_per_batch / r->way;
  size_t numbers = (size_t)r->way * each(r) * t->head.dim;
  float sum = 0, share = 1 / (float)episodes;
  og_head_prepare(t, log_scale, d_log_scale);
  for (uint32_t e = 0; e < episodes; e++)
    sum += og_episode_loss(t->work, t->own, t->embeddings + e * numbers, share,
                           t->d_embeddings + e * numbers, t->d_own);
  return share * sum;
}

const og_objective og_objective_episodes = {.name = "episodes",
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
