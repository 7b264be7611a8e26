/* Validation of heads. See validate_head.h. */
#include "validate_head.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "instances.h"
#include "net/model.h"

static og_status by_memory(const og_model *model, const og_dataset *set, const embeddings *e,
                           uint64_t rounds, uint64_t seed, trial_count *out, og_error *error) {
  instance_count counts[INSTANCES];
  og_status status = instances_measure(model, e->values, set, rounds, seed, counts, error);
  *out = (trial_count){counts[1].trials, counts[1].errors, model->head.classes};
  return status;
}

/* Asks for one query of the episode whose support is `support`. A tie is an error. */
static og_status ask(const og_support *support, const float *query, uint32_t truth,
                     trial_count *out) {
  const og_calibration any = {1, 0, 1, 0, 0, 1, 0};
  og_match best[2];
  og_answer answer;
  og_status status = og_support_classify(support, query, &any, NAN, best, 2, &answer);
  out->trials++;
  out->errors += status || best[0].class_id != truth || best[0].similarity == best[1].similarity;
  return status;
}

static og_status by_support(const og_model *model, const og_dataset *set, const embeddings *e,
                            uint64_t rounds, uint64_t seed, trial_count *out) {
  og_episode_plan plan = validation_plan(set);
  og_episodes *episodes = NULL;
  og_status status = og_episodes_create(set, &plan, &episodes, NULL);
  og_random random = og_random_stream(seed, 0);
  *out = (trial_count){.way = plan.way};
  for (uint64_t r = 0; !status && r < rounds; r++) {
    const og_episode *episode = og_episodes_next(episodes, &random);
    og_support *support;
    status = og_support_create_for(model, &support);
    for (size_t i = 0; !status && i < plan.way; i++)
      status = og_support_add(support, (uint32_t)i, e->values + episode->support[i] * e->dim, NULL);
    for (size_t q = 0; !status && q < episode->queries; q++)
      status = ask(support, e->values + episode->query[q] * e->dim, episode->truth[q], out);
    og_support_free(support);
  }
  og_episodes_free(episodes);
  return status;
}

og_status validate_head(const uint8_t *bytes, size_t size, const char *isa, const og_dataset *set,
                        const embeddings *e, uint64_t rounds, uint64_t seed, trial_count *out,
                        og_error *error) {
  og_model *model = NULL;
  og_status status = og_model_load(bytes, size, isa, &model, error);
  if (status)
    return status;
  if (model->head.kind == OG_HEAD_MEMORY)
    status = by_memory(model, set, e, rounds, seed, out, error);
  else if ((status = by_support(model, set, e, rounds, seed, out)))
    og_fail(error, status, "validation failed; is memory short?", NULL);
  og_model_free(model);
  return status;
}
