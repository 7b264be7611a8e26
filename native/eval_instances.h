/* `oneglyph eval --task instances`. */
#ifndef EVAL_INSTANCES_H
#define EVAL_INSTANCES_H

#include <stdbool.h>

#include "eval_load.h"
#include "isa.h"

/* Shows the source's drawings to its model, which must have a memory, in sequences (instances.h) of
 * at least `trials` drawings in all, and prints its accuracy from the first drawing of a character
 * to the tenth, as text or one JSON object. Returns the exit code. */
int eval_instances(const eval_source *source, const kernel_choice *with, uint64_t trials,
                   uint32_t threads, bool json);

#endif
