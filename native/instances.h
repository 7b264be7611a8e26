/* What a network with memory makes of sequences (Santoro et al. 2016): drawings of five, say,
 * characters in random order, each shown with the label of the one before; is its own label said?
 */
#ifndef INSTANCES_H
#define INSTANCES_H

#include "fewshot/dataset.h"

enum { INSTANCES = 10 }; /* drawings of each character in a sequence */

/* Answers to the first drawing of a character in its sequence, the second, and so on. */
typedef struct instance_count {
  uint64_t trials, errors;
} instance_count;

/* Shows `sequences` sequences of drawings of `set`, whose embeddings by `model` are in the order of
 * the drawings. Characters of all alphabets are equally likely; the same seed draws the same.
 * OG_ERROR_UNSUPPORTED if the model has no memory, OG_ERROR_EMPTY if the set has too few characters
 * with INSTANCES drawings. */
og_status instances_measure(const og_model *model, const float *embeddings, const og_dataset *set,
                            uint64_t sequences, uint64_t seed, instance_count out[INSTANCES],
                            og_error *error);

#endif
