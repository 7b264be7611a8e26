/* How well a score tells known symbols from unknown ones. */
#ifndef OG_UNKNOWN_H
#define OG_UNKNOWN_H

#include "oneglyph.h"

/* Thresholds 0, 0.02 .. 1 at which the rates are known. */
enum { OG_RATES = 51 };

typedef struct og_detection {
  size_t known, unknown; /* queries of each kind */
  double auroc;          /* probability that a known query scores above an unknown one; equal
                            scores count one half */
  double equal_error;    /* where false accepts and false rejects are equally frequent */
  double false_accept;   /* part of the unknown with a score above the threshold */
  double false_reject;   /* part of the known with a score not above it */
  double accept_at[OG_RATES], reject_at[OG_RATES]; /* the same at threshold i / (OG_RATES - 1) */
} og_detection;

/* How much more similar the best of `classes` must be to a query that looks a little like all of
 * them: `crowd` times its mean similarity to the others, whose `sum`, the best's included, is
 * given. The mean is drawn towards 0 as by some others more that look like nothing, so that a board
 * of two classes keeps its threshold. A cohort of the board's own (Auckenthaler, Carey and
 * Lloyd-Thomas, Score normalization for text-independent speaker verification systems, 2000), from
 * which only the mean is taken: background drawings as the cohort, and the deviation as well, were
 * worse. */
static inline float og_crowd_rise(float crowd, double sum, float best, size_t classes) {
  enum { NOBODY = 5 };
  return classes < 2 ? 0 : crowd * (float)((sum - (double)best) / (double)(classes - 1 + NOBODY));
}

/* The greatest of similarities[classes], and in *rise what og_crowd_rise makes of it and the
 * others. */
float og_best_of_crowd(const float *similarities, size_t classes, float crowd, float *rise);

/* Sorts both arrays of scores, in place. Both must have at least one, and no NaN. */
void og_detection_measure(float *known, size_t known_count, float *unknown, size_t unknown_count,
                          float threshold, og_detection *out);

#endif
