/* The error of a net whose head says more than cosines do, on held-out alphabets. */
#ifndef VALIDATE_HEAD_H
#define VALIDATE_HEAD_H

#include "train_validate.h"

/* Of the model in `bytes`, whose embeddings of `set` are `e`. With a memory: of the second drawing
 * of each character in sequences (instances.h), `way` being theirs. Otherwise as validate does,
 * asked through og_support_classify. */
og_status validate_head(const uint8_t *bytes, size_t size, const char *isa, const og_dataset *set,
                        const embeddings *e, uint64_t rounds, uint64_t seed, trial_count *out,
                        og_error *error);

#endif
