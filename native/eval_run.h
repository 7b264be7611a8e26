/* Trials judged and counted. */
#ifndef EVAL_RUN_H
#define EVAL_RUN_H

#include <stdbool.h>

#include "dataset_load.h"
#include "eval_confusions.h"
#include "fewshot/episode.h"
#include "fewshot/unknown.h"

typedef struct eval_count {
  uint64_t trials;
  uint64_t errors; /* ties included */
  uint64_t ties;   /* the truth was best, but not alone */
} eval_count;

typedef struct eval_result {
  eval_count alone;        /* every query judged by itself */
  eval_count assigned;     /* queries of an episode matched one to one: transductive */
  eval_count *by_alphabet; /* [alphabets] of `alone`; NULL for runs */
  og_detection detection;  /* of plans with unknown queries: only this one is filled */
  double likeness;         /* mean score of a query's own class */
  double comparison; /* milliseconds of a processor for one query and one example of the support */
} eval_result;

typedef struct eval_settings {
  uint64_t trials, seed;
  uint32_t threads;
  bool assign;
  confusion_list *confusions; /* gets every error of `alone`; NULL: not wanted */
  uint32_t query_shift;       /* the judge's drawing for a query is so far behind the set's */
  bool query_of_support;      /* ...or behind the first example of the query's class */
} eval_settings;

/* Judges exactly `trials` queries of episodes drawn from `set` (of the last episode only the first
 * queries count). The same seed draws the same trials for every model, on any number of threads. */
og_status eval_sampled(judge *j, const og_dataset *set, const og_episode_plan *plan,
                       const eval_settings *settings, eval_result *out, og_error *error);

/* Judges Lake's runs; drawings of `j` are all supports, then all queries. */
og_status eval_runs(judge *j, const run_set *runs, const eval_settings *settings, eval_result *out,
                    og_error *error);

void eval_result_free(eval_result *result);

#endif
