/* The error of a net in training on alphabets it never saw. */
#ifndef TRAIN_VALIDATE_H
#define TRAIN_VALIDATE_H

#include "fewshot/dataset.h"
#include "train/train.h"

/* Embeddings of a whole data set. */
typedef struct embeddings {
  size_t count, dim;
  float *values; /* [count][dim], in the order of the drawings */
} embeddings;

/* Embeds every drawing of `set` with the model in `bytes`, on `threads` threads. A drawing without
 * ink gets zeros. */
og_status embeddings_of(const uint8_t *bytes, size_t size, const char *isa, const og_dataset *set,
                        uint32_t threads, embeddings *out, og_error *error);
void embeddings_free(embeddings *e);

typedef struct trial_count {
  uint64_t trials, errors;
} trial_count;

static inline double trial_percent(trial_count count) {
  return count.trials ? 100.0 * (double)count.errors / (double)count.trials : 0;
}

/* `rounds` rounds of task `within`, 20-way 1-shot: an alphabet, up to 20 of its characters, two
 * drawers; the first one's drawings are the support, the second one's the queries. A tie is an
 * error. The same seed draws the same rounds. */
trial_count validate(const og_dataset *set, const embeddings *e, uint64_t rounds, uint64_t seed);

#endif
