/* Results of an evaluation, as JSON or for people. */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include <stdio.h>

#include "eval_run.h"

typedef struct eval_about {
  const char *task, *model, *set;
  size_t way, shot;
  uint64_t seed;
  double milliseconds; /* of one embedding; negative: none */
  double comparison;   /* milliseconds of one query with one example, both embedded */
  const char *distort; /* what was done to the queries; NULL: nothing */
  double clean;        /* percent of errors without it */
  const char *queries; /* who drew them; NULL: people, as ever */
  double likeness;     /* of them to the examples */
} eval_about;

typedef void eval_report(FILE *out, const eval_about *about, const eval_count *count,
                         bool assignment);

/* One line with the keys task, model, way, shot, trials, errors, error_percent, ci95, ties, seed,
 * set, assignment, ms_per_embed and ms_per_comparison (what a new drawing costs: its embedding, if
 * any, and its comparison with one example); where queries were distorted, also distort and growth,
 * which is the error over the clean one (null if there is none). */
void eval_report_json(FILE *out, const eval_about *about, const eval_count *count, bool assignment);
/* The same keys, but low and high for ci95, as the head of a CSV and a row for it; what there is
 * none of is empty. */
void eval_report_csv_head(FILE *out);
void eval_report_csv(FILE *out, const eval_about *about, const eval_count *count, bool assignment);
/* A sentence with the same content. */
void eval_report_text(FILE *out, const eval_about *about, const eval_count *count, bool assignment);

/* The same for the task `unknown`: auroc, equal_error_percent, false_accept_percent and
 * false_reject_percent in place of the errors; and rates, which has [threshold, false accepts,
 * false rejects] (the two in percent) for thresholds from 0 to 1. */
void eval_report_unknown(FILE *out, const eval_about *about, const og_detection *d, bool json);
/* The same as a CSV of two lines, without the rates. */
void eval_report_unknown_csv(FILE *out, const eval_about *about, const og_detection *d);

/* A table of the alphabets that had trials. */
void eval_report_alphabets(FILE *out, const og_dataset *set, const eval_count *by_alphabet);

#endif
