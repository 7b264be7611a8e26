/* What `oneglyph bench` measures. */
#ifndef BENCH_H
#define BENCH_H

#include "net/model.h"

typedef struct bench_time {
  double min, median; /* milliseconds */
} bench_time;

typedef struct bench_settings {
  size_t batch;
  uint32_t threads;
  double seconds; /* to spend on one set of kernels, about */
} bench_settings;

typedef struct bench_layer {
  bench_time time;
  double products;      /* multiply-adds of the direct form */
  double done;          /* products of its matrices, in the form it takes */
  double gemm_fraction; /* of the peak: its matrices multiplied alone; 0 for what has none */
} bench_layer;

typedef struct bench_result {
  bench_time embed;      /* one raster, on one thread: normalisation and net */
  bench_time net;        /* the net alone */
  bench_time batch;      /* settings.batch rasters on settings.threads threads */
  double peak_gflops[2]; /* of one thread, by og_precision; 0 if the model does not need it */
  double ideal_ms;       /* that all its matrices would take at the peak */
  size_t layers;
  bench_layer layer[OG_MAX_LAYERS];
  uint64_t signature; /* of the embeddings of fixed drawings */
} bench_result;

/* OG_ERROR_MEMORY, or whatever a drawing makes of a broken model. */
og_status bench_run(const og_model *model, const bench_settings *settings, bench_result *out);

/* What the processor calls itself, into text[100]. */
void bench_cpu(char text[100]);

#endif
