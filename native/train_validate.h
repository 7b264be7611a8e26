/* The error of a net in training on alphabets it never saw. */
#ifndef TRAIN_VALIDATE_H
#define TRAIN_VALIDATE_H

#include "fewshot/calibrate.h"
#include "fewshot/episode.h"

/* Embeddings of a whole data set. */
typedef struct embeddings {
  size_t count, dim;
  float *values;   /* [count][dim], in the order of the drawings */
  float *examples; /* the same, as examples of a support set; NULL: no other than `values` */
  float *head;     /* [dim + 1] of fewshot/siamese.h, bias last; NULL: cosines compare them */
} embeddings;

/* How alike a query and each of its support drawings are, one of each class; `context` is of one
 * thread. */
typedef void (*row_score)(void *context, uint32_t query, const uint32_t *support, size_t way,
                          float *scores);

/* Takes the head of `model`, if it has Koch's. OG_ERROR_MEMORY. */
og_status embeddings_take_head(embeddings *e, const og_model *model);
/* og_calibrate on them; `look` and its context may be NULL. */
og_status embeddings_calibrate(const embeddings *e, const og_dataset *set, og_episode_look look,
                               void *context, uint64_t seed, og_calibration *out,
                               og_detection *report, og_error *error);
/* A row_score by them; `e` is an `embeddings`. */
void embeddings_scores(void *e, uint32_t query, const uint32_t *support, size_t way, float *scores);

/* Embeds every drawing of `set` with the model file in `bytes`, on `threads` threads; as an example
 * too, seen in `views` views, unless these are 1. A drawing without ink gets zeros. */
og_status embeddings_of(const uint8_t *bytes, size_t size, const char *isa, const og_dataset *set,
                        size_t views, uint32_t threads, embeddings *out, og_error *error);
void embeddings_free(embeddings *e);

/* Task `within`, 1-shot. */
typedef struct trial_count {
  uint64_t trials, errors;
  size_t way;
} trial_count;

static inline double trial_percent(trial_count count) {
  return count.trials ? 100.0 * (double)count.errors / (double)count.trials : 0;
}

/* Task `within`, 1-shot, of the usual number of characters, or what the largest alphabet has. */
og_episode_plan validation_plan(const og_dataset *set);

/* `rounds` episodes of task `within`, 1-shot and 20-way, or as many as the largest alphabet has
 * characters. A tie is an error. The same seed draws the same episodes. */
og_status validate(const og_dataset *set, const embeddings *e, uint64_t rounds, uint64_t seed,
                   trial_count *out, og_error *error);

/* The same with any score, for which `threads` contexts are there. */
og_status validate_rows(const og_dataset *set, row_score score, void *const *contexts,
                        uint32_t threads, uint64_t rounds, uint64_t seed, trial_count *out,
                        og_error *error);

/* Whether `set` is large enough to validate on, and to calibrate on if that is wanted: better known
 * before a long run than after it. */
og_status validation_possible(const og_dataset *set, int calibrate, og_error *error);

#endif
