/* What it costs when queries are drawn by another pen or hand than the examples. */
#ifndef EVAL_DISTORT_H
#define EVAL_DISTORT_H

#include "eval_load.h"
#include "eval_report.h"

/* Evaluates `set`, which eval_load gave without distortion, as it is ("clean") and then with the
 * queries distorted in each of the ways of `list` ("rotate:25,scale", or "all" for each kind as it
 * usually is): the same trials every time. `report`s each to `out`. Returns the exit code, after a
 * message if it is not 0. */
int eval_distorted(const eval_source *source, const og_dataset *set, const og_episode_plan *plan,
                   const eval_settings *settings, const kernel_choice *with, const char *list,
                   const eval_about *about, eval_report *report, FILE *out);

#endif
