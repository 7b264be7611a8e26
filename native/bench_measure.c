/* Measuring. See bench.h. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "progress.h"

enum {
  DRAWINGS = 16,     /* fixed ones: what is embedded, and signed */
  LEAST_RUNS = 3,    /* however slow */
  MOST_RUNS = 20000, /* however fast */
  PEAK_ROUNDS = 20000,
  PEAK_RUNS = 128,
};

double bench_now(void) {
  return 1e3 * clock_seconds();
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

bench_time bench_summary(double *times, size_t runs, double share) {
  qsort(times, runs, sizeof *times, by_size);
  double median = (times[(runs - 1) / 2] + times[runs / 2]) / 2;
  return (bench_time){times[0] / share, median / share, runs};
}

static int time_is_up(double start, size_t runs, double seconds) {
  return runs >= MOST_RUNS || (runs >= LEAST_RUNS && bench_now() - start >= 1e3 * seconds);
}

/* ---- The whole net ---- */

typedef struct job {
  const og_model *model;
  og_workspace **workspace; /* [threads] */
  size_t batch, threads;
  uint8_t (*rasters)[OG_RASTER_SIZE]; /* [batch] */
  float *embeddings;                  /* [batch][dim] */
} job;

/* The drawings of one thread; shares may differ by one. */
static og_status run_share(const job *j, size_t thread) {
  size_t first = thread * j->batch / j->threads, done;
  size_t count = (thread + 1) * j->batch / j->threads - first;
  float *to = j->embeddings + first * og_model_get_info(j->model)->dim;
  return og_embed_batch(j->model, j->workspace[thread],
                        (const uint8_t(*)[OG_RASTER_SIZE])(j->rasters + first), count, to, &done);
}

static og_status run_job(const job *j) {
  if (j->threads == 1)
    return run_share(j, 0);
  og_status worst = OG_OK;
#pragma omp parallel for num_threads((int)j->threads) schedule(static, 1) reduction(max : worst)
  for (size_t t = 0; t < j->threads; t++)
    worst = run_share(j, t);
  return worst;
}

static og_status time_net(const job *j, double seconds, double *times, bench_time *out) {
  og_status status = OG_OK;
  for (int i = 0; !status && i < 2; i++) /* warm-up */
    status = run_job(j);
  double start = bench_now();
  size_t runs = 0;
  for (; !status && !time_is_up(start, runs, seconds); runs++) {
    double from = bench_now();
    status = run_job(j);
    times[runs] = bench_now() - from;
  }
  if (!status)
    *out = bench_summary(times, runs, (double)j->batch);
  return status;
}

/* ---- Layers ---- */

/* Each once a pass, in order, so that the caches are as they are in the whole net. */
static void time_layers(const job *j, double seconds, double *times, bench_result *out) {
  size_t layers = og_model_layers(j->model), passes = 0;
  size_t most = MOST_RUNS / layers + LEAST_RUNS;
  double start = bench_now();
  for (; passes < most && !time_is_up(start, passes, seconds); passes++)
    for (size_t i = 0; i < layers; i++) {
      double from = bench_now();
      og_model_run_layer(j->model, j->workspace[0], i);
      times[i * most + passes] = bench_now() - from;
    }
  out->layers = 0;
  for (size_t i = 0; i < layers; i++) {
    out->layer[i] = bench_summary(times + i * most, passes, 1);
    out->layers += out->layer[i].median;
  }
}

/* ---- The rest ---- */

/* Raises *best: the best of many short runs, for other work on the machine only ever slows it. */
static void raise_peak(const og_kernels *kernels, int integers, double *best) {
  for (int i = 0; i < PEAK_RUNS; i++) {
    og_real memory[OG_PEAK_MEMORY];
    for (size_t k = 0; k < OG_PEAK_MEMORY; k++)
      memory[k] = (og_real)0.5;
    double from = bench_now();
    double done = (double)kernels->peak(integers, PEAK_ROUNDS, memory);
    double speed = done / (1e-3 * (bench_now() - from));
    *best = speed > *best ? speed : *best;
  }
}

static void raise_peaks(const og_model *model, double best[2]) {
  raise_peak(model->kernels, 0, &best[0]);
  if (model->info.precision == OG_PRECISION_INT16)
    raise_peak(model->kernels, 1, &best[1]);
}

/* The first DRAWINGS are all there are. */
static og_status make_drawings(uint8_t (*rasters)[OG_RASTER_SIZE], size_t count) {
  og_status status = OG_OK;
  for (size_t i = 0; !status && i < count; i++) {
    og_drawing drawing;
    og_symbol_draw(OG_SYMBOL_JOINED, 1, (uint32_t)(i % DRAWINGS), 0, &drawing);
    og_strokes strokes = og_drawing_strokes(&drawing);
    status = og_raster_from_strokes(&strokes, OG_FRAME_FIT, rasters[i], NULL);
  }
  return status;
}

/* FNV-1a over the bits of the embeddings, low byte first on every machine. One drawing after the
 * other, so that the batch makes no difference. */
static og_status make_signature(const job *j, uint64_t *hash) {
  og_status status = OG_OK;
  *hash = 0xcbf29ce484222325;
  for (size_t i = 0; !status && i < DRAWINGS; i++) {
    status = og_embed(j->model, j->workspace[0], j->rasters[i], j->embeddings);
    for (size_t k = 0; !status && k < og_model_get_info(j->model)->dim; k++) {
      uint32_t bits;
      memcpy(&bits, &j->embeddings[k], sizeof bits);
      for (int shift = 0; shift < 32; shift += 8)
        *hash = (*hash ^ (bits >> shift & 255)) * 0x100000001b3;
    }
  }
  return status;
}

static og_status measure(const job *j, double seconds, double *times, bench_result *out) {
  raise_peaks(j->model, out->peak);
  og_status status = make_signature(j, &out->signature);
  if (!status)
    status = time_net(j, seconds, times, &out->embed);
  if (!status) {
    time_layers(j, seconds, times, out);
    for (size_t i = 0; !status && i < og_model_layers(j->model); i++)
      status = bench_gemm(j->model, i, seconds / OG_MAX_LAYERS, &out->gemm[i]);
    raise_peaks(j->model, out->peak);
  }
  return status;
}

og_status bench_measure(const og_model *model, const bench_settings *settings, bench_result *out) {
  size_t batch = settings->batch, threads = settings->threads;
  size_t drawings = batch > DRAWINGS ? batch : DRAWINGS;
  *out = (bench_result){0};
  job j = {.model = model, .batch = batch, .threads = threads};
  j.workspace = calloc(threads, sizeof(og_workspace *));
  j.rasters = malloc(drawings * sizeof *j.rasters);
  j.embeddings = malloc(batch * og_model_get_info(model)->dim * sizeof *j.embeddings);
  double *times = malloc((MOST_RUNS + LEAST_RUNS * OG_MAX_LAYERS) * sizeof *times);
  og_status status = j.workspace && j.rasters && j.embeddings && times ? OG_OK : OG_ERROR_MEMORY;
  for (size_t t = 0; !status && t < threads; t++)
    status = og_workspace_create_batch(model, (batch + threads - 1) / threads, &j.workspace[t]);
  if (!status)
    status = make_drawings(j.rasters, drawings);
  if (!status)
    status = measure(&j, settings->seconds, times, out);
  for (size_t t = 0; j.workspace && t < threads; t++)
    og_workspace_free(j.workspace[t]);
  free(times);
  free(j.embeddings);
  free(j.rasters);
  free(j.workspace);
  return status;
}
