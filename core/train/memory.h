/* Loss and gradients of the memory-augmented network (fewshot/memory.h) over one sequence. */
#ifndef OG_TRAIN_MEMORY_H
#define OG_TRAIN_MEMORY_H

#include "fewshot/memory.h"

typedef struct og_memory_pass og_memory_pass;

/* Room for sequences of `steps` drawings by a head of kind OG_HEAD_MEMORY, which must outlive it.
 * NULL if memory is short. */
og_memory_pass *og_memory_pass_create(const og_head *head, size_t steps);
void og_memory_pass_free(og_memory_pass *pass);

/* Shows the drawings[steps][dim] with labels[steps] and returns the mean cross-entropy of the
 * answers. The head's numbers are values[head->count]. Writes d_drawings, adds to d_values; both
 * are the gradient of the loss times `weight`. */
og_real og_memory_sequence(og_memory_pass *pass, const og_real *values, const og_real *drawings,
                           const uint32_t *labels, og_real weight, og_real *d_drawings,
                           og_real *d_values);

#endif
