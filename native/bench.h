/* How fast a model runs on one kernel set: measuring, and saying it. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>

#include "net/model.h"

/* What is asked for. */
typedef struct bench_settings {
  size_t batch, threads; /* threads <= batch */
  double seconds;        /* for the net, and again for its layers */
} bench_settings;

/* Of many runs of one thing, in milliseconds. */
typedef struct bench_time {
  double min, median;
  size_t runs;
} bench_time;

typedef struct bench_result {
  bench_time embed; /* one drawing's share of a batch */
  bench_time layer[OG_MAX_LAYERS];
  double gemm[OG_MAX_LAYERS]; /* least ms of a layer's matrix products by themselves; 0: none */
  double layers;              /* ms: sum of the layers' medians */
  double peak[2];             /* multiply-adds a second of one thread: reals, integers */
  uint64_t signature;         /* of the embeddings of fixed drawings */
} bench_result;

/* Milliseconds on a clock that never jumps. */
double bench_now(void);

/* Sorts `times` and divides by what each was for. */
bench_time bench_summary(double *times, size_t runs, double share);

/* OG_ERROR_MEMORY, or OG_ERROR_FORMAT if the model cannot embed the drawings. */
og_status bench_measure(const og_model *model, const bench_settings *settings, bench_result *out);

/* The least milliseconds that the matrix products of a layer take by themselves; 0 if it has none.
 * OG_ERROR_MEMORY. */
og_status bench_gemm(const og_model *model, size_t layer, double seconds, double *ms);

/* What a net or layer does per second of `ms` milliseconds, in units of 10^9 operations, a
 * multiply-add being two. */
double bench_gflops(double multiply_adds, double ms);
/* The least time its products could take at the peak of `threads` threads, over the time taken. */
double bench_fraction(const og_model *model, const bench_result *result, size_t threads);
double bench_layer_fraction(const og_model *model, const bench_result *result, size_t layer);
double bench_gemm_fraction(const og_model *model, const bench_result *result, size_t layer);

/* A table for people, or one JSON object in one line. */
void bench_print(FILE *out, const char *path, const og_model *model, const bench_settings *settings,
                 const bench_result *result);
void bench_json(FILE *out, const char *path, const og_model *model, const bench_settings *settings,
                const bench_result *result);

#endif
