/* How fast a support set answers: measuring, and saying it. */
#ifndef BENCH_SUPPORT_H
#define BENCH_SUPPORT_H

#include "bench.h"

/* A set of random embeddings, asked random queries. */
typedef struct support_load {
  uint64_t classes, shot, dim, queries, threads;
} support_load;

typedef struct support_result {
  double add_ms;         /* all examples */
  bench_time query;      /* one og_support_classify for five matches, on one of the threads */
  double per_second;     /* queries, all threads together */
  double set_bytes;      /* the process grew by so much while the set was filled... */
  double query_bytes;    /* ...and while it answered */
  uint64_t found, tried; /* examples asked for again, and those that were then their own nearest */
} support_result;

/* OG_ERROR_MEMORY, or OG_ERROR_TOO_LARGE past OG_MAX_EXAMPLES. */
og_status support_measure(const support_load *load, support_result *out);

void support_print(FILE *out, const support_load *load, const support_result *result);
void support_json(FILE *out, const support_load *load, const support_result *result);

#endif
