/* Accuracy against the number of classes: what `sweep` measures and draws. */
#ifndef SWEEP_H
#define SWEEP_H

#include <stdio.h>

#include "eval_run.h"

enum { SWEEP_CURVES = 8, SWEEP_WAYS = 256 };

/* One model on one set. */
typedef struct sweep_curve {
  const char *model;
  const char *set;              /* as in alphabets_load */
  eval_count count[SWEEP_WAYS]; /* of first_way, first_way + 1, ... */
} sweep_curve;

typedef struct sweep {
  const char *task; /* "across" or "within" */
  uint64_t shot, trials, seed;
  size_t first_way, ways;
  size_t curves;
  sweep_curve curve[SWEEP_CURVES];
} sweep;

/* All numbers, chance included, as one JSON object. */
void sweep_json(FILE *out, const sweep *s);
/* The same as lines "model,set,way,trials,errors,error_percent,low,high,ties". */
void sweep_csv(FILE *out, const sweep *s);
/* The chart: accuracy of every curve with its 95 % interval as a band, and chance. Light or dark as
 * the reader's system is. */
void sweep_svg(FILE *out, const sweep *s);

/* Fills the counts of every curve. `dir` is an Omniglot folder. */
og_status sweep_measure(sweep *s, const char *dir, const kernel_choice *with, uint32_t threads,
                        og_error *error);

#endif
