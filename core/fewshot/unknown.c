/* Area under the ROC curve and equal error rate. See unknown.h. */
#include "fewshot/unknown.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/* How many of the sorted `values` from `from` on are not above `limit`, plus `from`. */
static size_t skip(const float *values, size_t count, size_t from, float limit) {
  while (from < count && values[from] <= limit)
    from++;
  return from;
}

float og_best_of_crowd(const float *similarities, size_t classes, float crowd, float *rise) {
  float best = similarities[0];
  double sum = 0;
  for (size_t i = 0; i < classes; i++) {
    best = similarities[i] > best ? similarities[i] : best;
    sum += (double)similarities[i];
  }
  *rise = og_crowd_rise(crowd, sum, best, classes);
  return best;
}

void og_detection_measure(float *known, size_t known_count, float *unknown, size_t unknown_count,
                          float threshold, og_detection *out) {
  double n = (double)known_count, m = (double)unknown_count, area = 0;
  qsort(known, known_count, sizeof *known, ascending);
  qsort(unknown, unknown_count, sizeof *unknown, ascending);
  *out = (og_detection){.known = known_count, .unknown = unknown_count};
  out->false_reject = (double)skip(known, known_count, 0, threshold) / n;
  out->false_accept = 1 - (double)skip(unknown, unknown_count, 0, threshold) / m;
  size_t i = 0, j = 0;
  for (int k = 0; k < OG_RATES; k++) {
    float limit = (float)k / (OG_RATES - 1);
    out->reject_at[k] = (double)(i = skip(known, known_count, i, limit)) / n;
    out->accept_at[k] = 1 - (double)(j = skip(unknown, unknown_count, j, limit)) / m;
  }
  /* Walk up the distinct scores as thresholds: rejects grow from 0, accepts fall from 1. Between
   * two thresholds the curve is a straight line; the equal error lies where it crosses. */
  double reject = 0, accept = 1;
  i = j = 0;
  int crossed = 0;
  while (i < known_count || j < unknown_count) {
    float limit = i == known_count        ? unknown[j]
                  : j == unknown_count    ? known[i]
                  : known[i] < unknown[j] ? known[i]
                                          : unknown[j];
    i = skip(known, known_count, i, limit);
    j = skip(unknown, unknown_count, j, limit);
    double next_reject = (double)i / n, next_accept = 1 - (double)j / m;
    area += (accept - next_accept) * (1 - (reject + next_reject) / 2);
    if (!crossed && next_reject >= next_accept) {
      double gap = accept - reject, step = gap - (next_accept - next_reject);
      out->equal_error = reject + (next_reject - reject) * (gap / step);
      crossed = 1;
    }
    reject = next_reject;
    accept = next_accept;
  }
  out->auroc = area;
}
