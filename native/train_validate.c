/* The error of a net in training on alphabets it never saw. */
#include "train_validate.h"

#include <stdlib.h>
#include <string.h>

#include "embedding.h"
#include "net/model.h"

enum { USUAL_WAY = 20 };

/* Embeds all drawings of `set` in so many views into new memory. */
static og_status embed_all(const og_model *model, const og_dataset *set, size_t views,
                           uint32_t threads, float **out) {
  size_t dim = og_model_get_info(model)->dim;
  *out = calloc(set->drawings * dim + 1, sizeof **out);
  return *out ? embed_rasters(model, views, set->rasters, NULL, set->drawings, threads, *out, dim)
              : OG_ERROR_MEMORY;
}

og_status embeddings_of(const uint8_t *bytes, size_t size, const char *isa, const og_dataset *set,
                        size_t views, uint32_t threads, embeddings *out, og_error *error) {
  *out = (embeddings){.count = set->drawings};
  og_model *model = NULL;
  og_status status = og_model_load(bytes, size, isa, &model, error);
  if (status)
    return status;
  out->dim = og_model_get_info(model)->dim;
  status = embed_all(model, set, 1, threads, &out->values);
  if (!status && views > 1)
    status = embed_all(model, set, views, threads, &out->examples);
  if (!status)
    status = embeddings_take_head(out, model);
  og_model_free(model);
  if (status) {
    embeddings_free(out);
    if (error)
      *error = (og_error){status, "out of memory"};
  }
  return status;
}

og_status embeddings_take_head(embeddings *e, const og_model *model) {
  if (model->head.kind != OG_HEAD_SIAMESE)
    return OG_OK;
  e->head = malloc(model->head.count * sizeof *e->head);
  if (!e->head)
    return OG_ERROR_MEMORY;
  memcpy(e->head, model->head_values, model->head.count * sizeof *e->head);
  return OG_OK;
}

og_status embeddings_calibrate(const embeddings *e, const og_dataset *set, og_episode_look look,
                               void *context, uint64_t seed, og_calibration *out,
                               og_detection *report, og_error *error) {
  const og_siamese head = {e->dim, e->head, e->head ? e->head[e->dim] : 0};
  const og_material material = {.queries = e->values,
                                .examples = e->examples ? e->examples : e->values,
                                .dim = e->dim,
                                .siamese = e->head ? &head : NULL,
                                .look = look,
                                .context = context};
  return og_calibrate(set, &material, seed, out, report, error);
}

void embeddings_free(embeddings *e) {
  free(e->values);
  free(e->examples);
  free(e->head);
  *e = (embeddings){0};
}

static float alike(const embeddings *e, uint32_t query, uint32_t example) {
  const float *x = e->values + query * e->dim;
  const float *y = (e->examples ? e->examples : e->values) + example * e->dim;
  if (e->head)
    return og_siamese_logit(&(og_siamese){e->dim, e->head, e->head[e->dim]}, x, y);
  float sum = 0;
  for (size_t k = 0; k < e->dim; k++)
    sum += x[k] * y[k];
  return sum;
}

void embeddings_scores(void *context, uint32_t query, const uint32_t *support, size_t way,
                       float *scores) {
  for (size_t i = 0; i < way; i++)
    scores[i] = alike(context, query, support[i]);
}

/* True if the query's own character alone is best. */
static int is_right(row_score score, void *context, const og_episode *episode, size_t way,
                    size_t query) {
  float scores[USUAL_WAY];
  uint32_t truth = episode->truth[query];
  score(context, episode->query[query], episode->support, way, scores);
  for (size_t i = 0; i < way; i++)
    if (i != truth && !(scores[i] < scores[truth]))
      return 0;
  return 1;
}

og_episode_plan validation_plan(const og_dataset *set) {
  size_t largest = 0;
  for (size_t a = 0; a < set->alphabets; a++) {
    size_t size = set->alphabet_start[a + 1] - set->alphabet_start[a];
    largest = size > largest ? size : largest;
  }
  return (og_episode_plan){
      .task = OG_TASK_WITHIN, .way = largest < USUAL_WAY ? largest : USUAL_WAY, .shot = 1};
}

og_status validate_rows(const og_dataset *set, row_score score, void *const *contexts,
                        uint32_t threads, uint64_t rounds, uint64_t seed, trial_count *out,
                        og_error *error) {
  og_episode_plan plan = validation_plan(set);
  og_episodes *episodes = NULL;
  og_status status = og_episodes_create(set, &plan, &episodes, error);
  if (status)
    return status;
  og_random random = og_random_stream(seed, 0);
  uint64_t errors = 0;
  *out = (trial_count){.way = plan.way};
  for (uint64_t r = 0; r < rounds; r++) {
    const og_episode *episode = og_episodes_next(episodes, &random);
#pragma omp parallel for num_threads((int)threads) schedule(static, 1) reduction(+ : errors)
    for (uint32_t thread = 0; thread < threads; thread++)
      for (size_t q = thread; q < episode->queries; q += threads)
        errors += !is_right(score, contexts[thread], episode, plan.way, q);
    out->trials += episode->queries;
  }
  out->errors = errors;
  og_episodes_free(episodes);
  return OG_OK;
}

og_status validate(const og_dataset *set, const embeddings *e, uint64_t rounds, uint64_t seed,
                   trial_count *out, og_error *error) {
  void *context = (void *)(uintptr_t)e;
  return validate_rows(set, embeddings_scores, &context, 1, rounds, seed, out, error);
}

og_status validation_possible(const og_dataset *set, int calibrate, og_error *error) {
  og_episode_plan plan = validation_plan(set);
  og_episodes *episodes = NULL;
  og_status status = og_episodes_create(set, &plan, &episodes, error);
  og_episodes_free(episodes);
  if (status || !calibrate)
    return status;
  /* The smallest episode that og_calibrate makes. */
  plan = (og_episode_plan){.task = OG_TASK_WITHIN, .way = 2, .shot = 1, .unknown = 1};
  episodes = NULL;
  status = og_episodes_create(set, &plan, &episodes, error);
  og_episodes_free(episodes);
  return status;
}
