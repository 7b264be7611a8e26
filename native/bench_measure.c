/* Timing a model, layer by layer and whole. See bench.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "layer_plan.h"
#include "progress.h"

enum {
  DRAWINGS = 32,
  SEED = 2015,
  MOST_SAMPLES = 4096,
  FEWEST_SAMPLES = 5,
  PEAK_ROUNDS = 20000,
  PEAK_RUNS = 128
};

/* What is timed: `run` does one unit of it. */
typedef struct work {
  void (*run)(struct work *);
  const og_model *model;
  og_workspace *workspace;
  const uint8_t (*rasters)[OG_RASTER_SIZE];
  float *embeddings;
  size_t layer, at;
  const bench_settings *settings;
  og_workspace **each; /* a workspace a thread */
  og_conv product;
  int integers; /* the product's numbers are pairs of integers */
  size_t points, a_step, b_step, c_step;
  og_status status;
} work;

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Runs once to warm up, then until `seconds` are spent. */
static bench_time measure(work *w, double seconds) {
  static double samples[MOST_SAMPLES];
  size_t count = 0;
  w->run(w);
  double start = clock_seconds(), end = start;
  while (count < MOST_SAMPLES && (count < FEWEST_SAMPLES || end - start < seconds)) {
    double begin = clock_seconds();
    w->run(w);
    end = clock_seconds();
    samples[count++] = (end - begin) * 1e3;
  }
  qsort(samples, count, sizeof *samples, compare);
  return (bench_time){samples[0], samples[count / 2]};
}

static void embed(work *w) {
  w->at = (w->at + 1) % DRAWINGS;
  og_status status = og_embed(w->model, w->workspace, w->rasters[w->at], w->embeddings);
  w->status = status ? status : w->status;
}

static void run_net(work *w) {
  for (size_t i = 0; i < og_model_layers(w->model); i++)
    og_model_run_layer(w->model, w->workspace, i);
}

static void run_layer(work *w) {
  og_model_run_layer(w->model, w->workspace, w->layer);
}

static void run_batch(work *w) {
  int threads = (int)w->settings->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
  for (int t = 0; t < threads; t++) {
    size_t from = w->settings->batch * (size_t)t / (size_t)threads, done;
    size_t to = w->settings->batch * ((size_t)t + 1) / (size_t)threads;
    og_embed_batch(w->model, w->each[t], w->rasters + from, to - from,
                   w->embeddings + from * og_model_get_info(w->model)->dim, &done);
  }
}

static void multiply(work *w) {
  og_conv product = w->product;
  for (size_t i = 0; i < w->points; i++) {
    if (w->integers)
      w->model->kernels->conv_int16(&product);
    else
      w->model->kernels->conv(&product);
    product.a += w->a_step;
    product.b += w->b_step;
    product.c += w->c_step;
  }
}

/* The best of many short runs, for other work on the machine only ever slows them. */
static void raise_peak(const og_kernels *kernels, int integers, double *best) {
  for (int i = 0; i < PEAK_RUNS; i++) {
    og_real memory[OG_PEAK_MEMORY];
    for (size_t k = 0; k < OG_PEAK_MEMORY; k++)
      memory[k] = (og_real)0.5;
    double begin = clock_seconds();
    double done = (double)kernels->peak(integers, PEAK_ROUNDS, memory);
    double speed = 2e-9 * done / (clock_seconds() - begin);
    *best = speed > *best ? speed : *best;
  }
}

static void raise_peaks(const og_model *model, double best[2]) {
  raise_peak(model->kernels, 0, &best[OG_PRECISION_F32]);
  if (model->info.precision == OG_PRECISION_INT16)
    raise_peak(model->kernels, 1, &best[OG_PRECISION_INT16]);
}

/* The matrices of a layer as one product of `rows` by `depth` numbers for each of `points`. */
static void describe_products(work *w, const layer_plan *p, size_t *rows, size_t *depth) {
  const og_layer *l = p->layer;
  size_t tile = p->how.tile, alpha = tile + l->kernel_h - 1;
  w->points = tile ? alpha * alpha : 1;
  *rows = (size_t)p->how.lines * p->how.rows;
  if (tile)
    *rows = ((p->how.lines + tile - 1) / tile) * ((p->how.rows + tile - 1) / tile);
  *depth = (size_t)(p->products / (double)(w->points * *rows * l->channels));
}

/* The matrices of a layer, multiplied without what goes before and after, as part of the peak. */
static og_status measure_products(work *w, double seconds, const layer_plan *plan, double peak,
                                  bench_layer *out) {
  size_t rows, depth, cols = plan->layer->channels, nr = w->model->kernels->nr;
  describe_products(w, plan, &rows, &depth);
  w->integers = plan->integers;
  w->b_step = og_packed_size(nr, 1, depth, cols);
  if (plan->integers) { /* pairs, each in the place of a number */
    depth /= 2;
    w->b_step = og_int16_packed_size(nr, 1, depth, cols);
  }
  w->a_step = rows * depth + 16;
  w->c_step = rows * cols + 16;
  size_t size = w->points * (w->a_step + w->b_step + w->c_step) * sizeof(og_real);
  og_real *memory = aligned_alloc(64, (size + 127) / 64 * 64);
  if (!memory)
    return OG_ERROR_MEMORY;
  memset(memory, 0, size);
  w->product = (og_conv){.lines = 1,
                         .rows = rows,
                         .cols = cols,
                         .segments = 1,
                         .depth = depth,
                         .a = memory,
                         .a_row = depth,
                         .b = memory + w->points * w->a_step,
                         .c = memory + w->points * (w->a_step + w->b_step),
                         .c_row = cols};
  w->run = multiply;
  out->gemm_fraction = 2e-6 * plan->products / measure(w, seconds).min / peak;
  free(memory);
  return OG_OK;
}

static og_status measure_layers(work *w, double seconds, bench_result *out) {
  out->layers = og_model_layers(w->model);
  for (w->layer = 0; w->layer < out->layers; w->layer++) {
    bench_layer *layer = &out->layer[w->layer];
    layer_plan plan = layer_plan_of(w->model, w->layer);
    double peak = out->peak_gflops[plan.integers ? OG_PRECISION_INT16 : OG_PRECISION_F32];
    w->run = run_layer;
    layer->time = measure(w, seconds);
    layer->products = plan.multiply_adds;
    layer->done = plan.products;
    out->ideal_ms += 2e-6 * plan.products / peak;
    if (plan.products > 0 && measure_products(w, seconds, &plan, peak, layer))
      return OG_ERROR_MEMORY;
  }
  return OG_OK;
}

/* FNV-1a over the bits of the embeddings. */
static og_status sign(work *w, size_t dim, uint64_t *out) {
  uint64_t hash = 14695981039346656037u;
  for (size_t d = 0; d < DRAWINGS; d++) {
    og_status status = og_embed(w->model, w->workspace, w->rasters[d], w->embeddings);
    if (status)
      return status;
    for (size_t i = 0; i < dim; i++) {
      uint32_t bits;
      memcpy(&bits, &w->embeddings[i], sizeof bits);
      for (int shift = 0; shift < 32; shift += 8)
        hash = (hash ^ (bits >> shift & 255)) * 1099511628211u;
    }
  }
  *out = hash;
  return OG_OK;
}

static og_status measure_batch(work *w, double seconds, bench_result *out) {
  const bench_settings *s = w->settings;
  og_status status = OG_OK;
  w->each = calloc(s->threads, sizeof(og_workspace *));
  for (uint32_t t = 0; w->each && !status && t < s->threads; t++)
    status = og_workspace_create_batch(w->model, s->batch / s->threads + 1, &w->each[t]);
  if (w->each && !status) {
    w->run = run_batch;
    out->batch = measure(w, seconds);
  }
  for (uint32_t t = 0; w->each && t < s->threads; t++)
    og_workspace_free(w->each[t]);
  free(w->each);
  return w->each ? status : OG_ERROR_MEMORY;
}

/* The same drawings again and again, as many as a batch needs. */
static uint8_t *draw(size_t count) {
  uint8_t *rasters = malloc(count * OG_RASTER_SIZE);
  for (size_t d = 0; rasters && d < count; d++) {
    og_drawing drawing;
    og_symbol_draw(SEED, (uint32_t)(d % DRAWINGS), (uint32_t)(d % DRAWINGS % 5), &drawing);
    og_strokes strokes = og_drawing_strokes(&drawing);
    og_raster_from_strokes(&strokes, OG_FRAME_FIT, rasters + d * OG_RASTER_SIZE, NULL);
  }
  return rasters;
}

static og_status measure_all(work *w, bench_result *out) {
  double seconds = w->settings->seconds;
  og_status status = sign(w, og_model_get_info(w->model)->dim, &out->signature);
  if (status)
    return status;
  raise_peaks(w->model, out->peak_gflops);
  w->run = embed;
  out->embed = measure(w, seconds / 4);
  w->run = run_net;
  out->net = measure(w, seconds / 4);
  status = measure_layers(w, seconds / 8 / (double)og_model_layers(w->model), out);
  return status ? status : measure_batch(w, seconds / 4, out);
}

og_status bench_run(const og_model *model, const bench_settings *settings, bench_result *out) {
  size_t drawings = settings->batch < DRAWINGS ? DRAWINGS : settings->batch;
  work w = {.model = model, .settings = settings};
  *out = (bench_result){0};
  uint8_t *rasters = draw(drawings);
  w.rasters = (const uint8_t(*)[OG_RASTER_SIZE])rasters;
  w.embeddings = malloc(drawings * og_model_get_info(model)->dim * sizeof *w.embeddings);
  og_status status = og_workspace_create(model, &w.workspace);
  if (!status)
    status = rasters && w.embeddings ? measure_all(&w, out) : OG_ERROR_MEMORY;
  og_workspace_free(w.workspace);
  free(w.embeddings);
  free(rasters);
  return status ? status : w.status;
}

void bench_cpu(char text[100]) {
  char line[200];
  strcpy(text, "unknown");
  FILE *file = fopen("/proc/cpuinfo", "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "model name", 10) && strchr(line, ':')) {
      snprintf(text, 100, "%.99s", strchr(line, ':') + 2);
      text[strcspn(text, "\n")] = 0;
      break;
    }
  if (file)
    fclose(file);
}
