/* How a model takes drawings that were imagined. */
#ifndef EVAL_IMAGINED_H
#define EVAL_IMAGINED_H

#include "eval_load.h"
#include "eval_report.h"
#include "isa.h"

/* Trials within alphabets, one example of each character. The query is once what another person
 * drew, and once what is imagined of the example itself, `strength` times as different as people
 * are (ink/imagine.h); reports both, with the mean of their likeness to the example. `set` are the
 * drawings of `source`. Returns the exit code. */
int eval_imagined(const eval_source *source, const og_dataset *set, const og_episode_plan *plan,
                  const eval_settings *settings, const kernel_choice *with, double strength,
                  const eval_about *about, eval_report *report, FILE *out);

#endif
