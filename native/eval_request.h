/* What `oneglyph eval` is asked for, and what of it makes no sense. */
#ifndef EVAL_REQUEST_H
#define EVAL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval_load.h"
#include "isa.h"

typedef struct eval_request {
  const char *model, *data, *task, *set, *alphabets, *drawers, *confusions, *distort;
  kernel_choice with;
  uint64_t way, shot, trials, seed, threads, pairs;
  double strength;
  bool assign, by_alphabet, json, csv, has_way, has_trials, has_set, has_pairs, has_strength;
  bool later; /* not the first task of a list: the head of a table is written */
} eval_request;

/* Of eval_task, as --task says them. */
extern const char *const eval_task_names[TASKS];

/* An og_drawers, as --drawers says it; negative for other words. */
int eval_drawers(const char *word);

/* Whether a file's name ends so and has more to it than that. */
bool eval_ends_in(const char *name, const char *end);

enum { MOST_TASKS = 8 }; /* of one run */

/* Finds the tasks, list[*count], and fills in what they bring along, if all may be run as they were
 * asked for. Otherwise returns the exit code, after a message. */
int eval_request_check(eval_request *r, int list[MOST_TASKS], size_t *count);

#endif
