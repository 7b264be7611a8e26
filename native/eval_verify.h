/* `eval --task verify`: whether two drawings show one character. */
#ifndef EVAL_VERIFY_H
#define EVAL_VERIFY_H

#include "eval_load.h"
#include "eval_run.h"
#include "isa.h"

/* Draws settings->trials pairs, half of them of one character by two people, the others of any two
 * characters, and counts those whose probability of being one symbol (og_match.same) is on the
 * wrong side of one half: Koch 2015, table 1. `milliseconds` are those of one embedding. Returns
 * the exit code, after a message if it is not 0. */
int eval_verify(const eval_source *source, const kernel_choice *with, const eval_settings *settings,
                eval_count *count, double *milliseconds);

#endif
