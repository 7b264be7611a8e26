/* Nets that look at two drawings at once, over drawings that are known by their numbers. */
#ifndef COMPARER_H
#define COMPARER_H

#include "committee.h"
#include "ink/ink.h"
#include "train_validate.h"

typedef struct comparer comparer;

/* Prepares `count` rasters (none without ink) for the nets of `how`, which must outlive the
 * comparer and read two drawings. */
og_status comparer_create(const comparing_nets *how, const uint8_t *rasters, size_t count,
                          uint32_t threads, comparer **out, og_error *error);
void comparer_free(comparer *c);

/* One thread's way to it; NULL if memory is short. */
typedef struct comparer_thread comparer_thread;
comparer_thread *comparer_enter(const comparer *c);
void comparer_leave(comparer_thread *thread);

/* How alike two drawings are, numbers of rasters: og_compare by all nets, times their weights. */
float comparer_score(comparer_thread *thread, uint32_t a, uint32_t b);

/* Adds what it finds to the scores of a query's classes: to the `top` best its score over their
 * examples (their mean odds, as a logarithm), and to all others the least of those, so that they
 * stay behind. Class i has the drawings examples[first[i]] .. examples[first[i + 1] - 1]; if it has
 * none, its score stays. `seen` [classes] is scratch. */
typedef struct comparer_set {
  const uint32_t *examples;
  const size_t *first; /* [classes + 1] */
  size_t classes;
  uint8_t *seen;
} comparer_set;
void comparer_look_again(comparer_thread *thread, const comparer_set *set, uint32_t query,
                         float *scores);

/* Validates the net in the model file `bytes` as validate does. */
og_status comparer_validate(const uint8_t *bytes, size_t size, const char *isa,
                            const og_dataset *set, uint32_t threads, uint64_t rounds, uint64_t seed,
                            trial_count *count, og_error *error);

#endif
