/* A net that looks at two drawings at once, over the drawings of an evaluation. */
#ifndef COMPARER_H
#define COMPARER_H

#include "ink/ink.h"
#include "train_validate.h"

typedef struct comparer comparer;

/* Prepares `count` rasters (none without ink) for `model`, which must outlive the comparer and read
 * two drawings. `views`: of the first drawing, see og_compare. */
og_status comparer_create(const og_model *model, size_t views, const uint8_t *rasters, size_t count,
                          uint32_t threads, comparer **out, og_error *error);
void comparer_free(comparer *c);

/* One thread's way to it; NULL if memory is short. */
typedef struct comparer_thread comparer_thread;
comparer_thread *comparer_enter(const comparer *c);
void comparer_leave(comparer_thread *thread);

/* A pair_score: `thread` is a comparer_thread, the drawings are numbers of rasters. */
float comparer_score(void *thread, uint32_t a, uint32_t b);

/* Validates the net in the model file `bytes` as validate does. */
og_status comparer_validate(const uint8_t *bytes, size_t size, const char *isa,
                            const og_dataset *set, uint32_t threads, uint64_t rounds, uint64_t seed,
                            trial_count *count, og_error *error);

#endif
