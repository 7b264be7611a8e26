/* The drawings that an evaluation asks for. */
#ifndef EVAL_LOAD_H
#define EVAL_LOAD_H

#include "dataset_load.h"

typedef enum eval_task {
  TASK_LAKE,
  TASK_WITHIN,
  TASK_ACROSS,
  TASK_FOLDER,
  TASK_INK,
  TASK_UNKNOWN,
  TASK_MNIST,
  TASK_VERIFY,
  TASK_IMAGINED,
  TASK_INSTANCES,
  TASKS,
} eval_task;

/* Where drawings come from. */
typedef struct eval_source {
  eval_task task;    /* not TASK_LAKE */
  const char *model; /* whose "training" and "held-out" alphabets may be meant */
  const char *data;  /* TASK_INK, TASK_IMAGINED: an ink file, "procedural", or Omniglot's folder */
  const char *set;   /* of Omniglot (TASK_INK has the two small ones, in a folder) or MNIST */
  const char *alphabets; /* "A,B", or NULL: all */
  uint64_t seed;         /* of invented symbols */
} eval_source;

/* Loads the drawings; those of TASK_INK distorted unless `distortion` is NULL, in the same order.
 * Returns the exit code, after a message if it is not 0. */
int eval_load(const eval_source *source, const ink_distortion *distortion, og_dataset **out);

/* What a report calls the set. */
const char *eval_set_name(const eval_source *source);

#endif
