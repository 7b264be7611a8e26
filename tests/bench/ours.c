/* Our side of the comparison with other runtimes: makes their inputs, and times the core's net on
 * the same inputs, from the floats of a drawing to its embedding, as often as it is told to.
 *
 *     bench_ours inputs MODEL PRECISION COUNT   COUNT inputs, then their COUNT embeddings
 *     bench_ours rasters COUNT                  the same drawings as bytes, 0 or 1 for each pixel
 *     bench_ours weights MODEL                  weights and bias of each layer, in the model's
 * order bench_ours ranges MODEL                   the model file, made ready for int16 if it is not
 *     bench_ours random NET NORMALISATION       a model file of any net, with random weights
 *     bench_ours time MODEL PRECISION BATCH THREADS
 *                                               for each number N read: runs N times, prints N
 * times bench_ours train RECIPE THREADS           the same for training steps of 128 drawings
 *
 * Numbers are floats as they lie in memory, on standard output; times are milliseconds of one run,
 * separated by spaces, a line for each line read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "core/random_model.h"
#include "ink/ink.h"
#include "model_file.h"
#include "model_ranges.h"
#include "options.h"
#include "train_recipe.h"

enum {
  SEED = 1,
  SYMBOLS = 64, /* of each made-up alphabet */
  DRAWERS = 4,
  TIMED = 64, /* inputs that the timed runs go through */
  MOST_THREADS = 16,
  TRAIN_ALPHABETS = 8,
  TRAIN_CLASSES = 64, /* of a batch: 128 drawings */
};

static int fail(const char *what) {
  fprintf(stderr, "bench_ours: %s\n", what);
  return 1;
}

/* Answers each line with the times of as many runs as it asks for. */
static int answer(void (*run)(void *), void *state) {
  char line[32];
  while (fgets(line, sizeof line, stdin)) {
    for (int left = atoi(line); left > 0; left--) {
      double start = bench_now();
      run(state);
      printf("%.6f ", bench_now() - start);
    }
    putchar('\n');
    fflush(stdout);
  }
  return 0;
}

/* ---- Nets ----------------------------------------------------------------------------------- */

static int draw(size_t i, uint8_t raster[OG_RASTER_SIZE]) {
  static og_drawing drawing;
  og_symbol_draw(OG_SYMBOL_JOINED, SEED, (uint32_t)(i % SYMBOLS), (uint32_t)(i / SYMBOLS),
                 &drawing);
  og_strokes strokes = og_drawing_strokes(&drawing);
  return og_raster_from_strokes(&strokes, OG_FRAME_FIT, raster, NULL) == OG_OK;
}

/* The input of drawing `i`, as og_embed would make it. */
static int make_input(const og_model *model, size_t i, float *input) {
  static og_glyph glyph;
  uint8_t raster[OG_RASTER_SIZE];
  if (!draw(i, raster) || og_glyph_prepare(&model->input, raster, &glyph))
    return 0;
  og_glyph_sample(&model->input, &glyph, NULL, input);
  return 1;
}

static int write_inputs(const model_file *file, size_t count, size_t unused) {
  (void)unused;
  const og_model *model = file->model;
  const og_model_info *info = og_model_get_info(model);
  size_t pixels = info->side * info->side;
  float *input = malloc(pixels * sizeof *input), *embedding = malloc(info->dim * sizeof *embedding);
  og_workspace *workspace = NULL;
  int good = input && embedding && !og_workspace_create(model, &workspace);
  for (size_t i = 0; good && i < count; i++)
    good = make_input(model, i, input) && fwrite(input, sizeof *input, pixels, stdout) == pixels;
  for (size_t i = 0; good && i < count; i++) {
    uint8_t raster[OG_RASTER_SIZE];
    good = draw(i, raster) && !og_embed(model, workspace, raster, embedding) &&
           fwrite(embedding, sizeof *embedding, info->dim, stdout) == info->dim;
  }
  og_workspace_free(workspace);
  free(embedding);
  free(input);
  return good && !fflush(stdout) ? 0 : fail("cannot make the inputs");
}

static int write_rasters(size_t count) {
  uint8_t raster[OG_RASTER_SIZE];
  for (size_t i = 0; i < count; i++)
    if (!draw(i, raster) || fwrite(raster, 1, sizeof raster, stdout) != sizeof raster)
      return fail("cannot make the rasters");
  return fflush(stdout) ? fail("cannot write") : 0;
}

static int write_weights(const model_file *file, size_t unused, size_t unused_too) {
  (void)unused, (void)unused_too;
  for (size_t i = 0; i < file->net.count; i++) {
    char name[OG_ST_MAX_NAME];
    static const char *const kinds[] = {"weight", "bias"};
    for (size_t k = 0; file->net.layers[i].op == OG_OP_CONV && k < 2; k++) {
      og_tensor_name(&file->net.layers[i], kinds[k], name);
      const og_tensor *tensor = og_safetensors_find(file->tensors, name);
      for (size_t v = 0; v < tensor->count; v++) {
        float value = og_tensor_value(tensor, v);
        fwrite(&value, sizeof value, 1, stdout);
      }
    }
  }
  return fflush(stdout) ? fail("cannot write") : 0;
}

static int write_ranges(const model_file *file, size_t unused, size_t unused_too) {
  (void)unused, (void)unused_too;
  uint8_t *rasters = malloc((size_t)TIMED * OG_RASTER_SIZE), *more = NULL;
  const uint8_t *bytes = file->bytes;
  size_t size = file->size;
  int good = rasters != NULL, has = 0;
  for (size_t i = 0; i < file->tensors->tensors; i++)
    has |= strstr(file->tensors->tensor[i].name, ".range") != NULL;
  for (size_t i = 0; good && !has && i < TIMED; i++)
    good = draw(i, rasters + i * OG_RASTER_SIZE);
  if (good && !has) {
    good = !model_add_ranges(bytes, size, NULL, rasters, TIMED, TIMED, NULL, &more, &size, NULL);
    bytes = more;
  }
  good = good && fwrite(bytes, 1, size, stdout) == size && !fflush(stdout);
  free(more);
  free(rasters);
  return good ? 0 : fail("cannot measure the ranges");
}

static int write_random(const char *net, const char *input) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  if (random_model(net, input, &bytes, &size))
    return fail("cannot make this net");
  int good = fwrite(bytes, 1, size, stdout) == size && !fflush(stdout);
  free(bytes);
  return good ? 0 : fail("cannot write");
}

/* A batch shared out to threads, each with planes of its own. */
typedef struct job {
  const og_model *model;
  og_workspace *workspace[MOST_THREADS];
  size_t batch, threads, at; /* at: the next input */
  float *inputs;             /* [TIMED][side][side] */
  float *outputs;            /* [batch][dim] */
} job;

/* Images `first` .. `first + count - 1` of the batch, as og_embed_batch runs them. */
static void run_some(job *j, og_workspace *w, size_t first, size_t count) {
  const og_model *m = j->model;
  size_t side = m->info.side, dim = m->info.dim;
  og_plane in = og_arena_plane(&m->net, &m->plan, w->arena, w->images, 0);
  og_plane out = og_arena_plane(&m->net, &m->plan, w->arena, w->images, m->net.count - 1);
  for (size_t i = 0; i < count; i++) {
    const float *from = j->inputs + (j->at + first + i) % TIMED * side * side;
    for (size_t y = 0; y < side; y++)
      memcpy(in.at + i * in.image + y * in.line, from + y * side, side * sizeof *from);
  }
  og_net_forward(m->kernels, &m->net, &m->plan, m->weights, w->arena, w->images, count);
  for (size_t i = 0; i < count; i++)
    memcpy(j->outputs + (first + i) * dim, out.at + i * out.image, dim * sizeof(float));
}

static void run_share(job *j, size_t thread) {
  og_workspace *w = j->workspace[thread];
  size_t images = j->batch / j->threads, end = (thread + 1) * images;
  for (size_t first = thread * images; first < end; first += w->images)
    run_some(j, w, first, end - first < w->images ? end - first : w->images);
}

static void run_job(void *state) {
  job *j = state;
  if (j->threads == 1)
    run_share(j, 0);
  else {
#pragma omp parallel for num_threads((int)j->threads) schedule(static, 1)
    for (size_t t = 0; t < j->threads; t++)
      run_share(j, t);
  }
  j->at = (j->at + j->batch) % TIMED;
}

static int time_net(const model_file *file, size_t batch, size_t threads) {
  const og_model *model = file->model;
  const og_model_info *info = og_model_get_info(model);
  size_t pixels = info->side * info->side;
  if (threads < 1 || threads > MOST_THREADS || batch < threads || batch % threads)
    return fail("a batch is shared out evenly to 1 to 16 threads");
  job j = {.model = model, .batch = batch, .threads = threads};
  j.inputs = malloc(TIMED * pixels * sizeof *j.inputs);
  j.outputs = malloc(batch * info->dim * sizeof *j.outputs);
  int good = j.inputs && j.outputs;
  for (size_t i = 0; good && i < TIMED; i++)
    good = make_input(model, i, j.inputs + i * pixels);
  for (size_t t = 0; good && t < threads; t++)
    good = !og_workspace_create_batch(model, batch / threads, &j.workspace[t]);
  int code = good ? answer(run_job, &j) : fail("out of memory");
  for (size_t t = 0; t < threads; t++)
    og_workspace_free(j.workspace[t]);
  free(j.outputs);
  free(j.inputs);
  return code;
}

/* ---- Training ------------------------------------------------------------------------------- */

static void step(void *trainer) {
  og_step report;
  og_error error;
  if (og_trainer_step(trainer, &report, &error))
    exit(fail(error.text));
}

static int time_training(const char *path, uint32_t threads) {
  train_recipe *recipe = NULL;
  og_dataset *set = NULL;
  og_trainer *trainer = NULL;
  og_error error = {0};
  og_status status = train_recipe_read(path, &recipe, &error);
  if (!status)
    status = og_dataset_procedural(SEED, TRAIN_ALPHABETS, 0, SYMBOLS, DRAWERS, &set);
  if (!status) {
    recipe->core.classes_per_batch = TRAIN_CLASSES;
    status = og_trainer_create(&recipe->core, set, SEED, threads, NULL, &trainer, &error);
  }
  int code = status ? fail(error.text) : answer(step, trainer);
  og_trainer_free(trainer);
  og_dataset_free(set);
  train_recipe_free(recipe);
  return code;
}

/* ---- Command line --------------------------------------------------------------------------- */

/* Runs `run` on a model file loaded for the precision named. */
static int with_model(const char *path, const char *precision,
                      int (*run)(const model_file *, size_t, size_t), size_t a, size_t b) {
  model_file file;
  kernel_choice with = {.precision_text = precision};
  int code = kernel_choose(&with);
  if (code != OPTIONS_RUN)
    return code;
  code = model_file_open(path, &with, &file);
  if (code == OPTIONS_RUN)
    code = run(&file, a, b);
  model_file_close(&file);
  return code;
}

int main(int argc, const char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  size_t number[6] = {0};
  for (int i = 2; i < argc && i < 6; i++)
    number[i] = strtoul(argv[i], NULL, 10);
  if (argc == 5 && !strcmp(what, "inputs"))
    return with_model(argv[2], argv[3], write_inputs, number[4], 0);
  if (argc == 3 && !strcmp(what, "rasters"))
    return write_rasters(number[2]);
  if (argc == 3 && !strcmp(what, "weights"))
    return with_model(argv[2], "f32", write_weights, 0, 0);
  if (argc == 3 && !strcmp(what, "ranges"))
    return with_model(argv[2], "f32", write_ranges, 0, 0);
  if (argc == 4 && !strcmp(what, "random"))
    return write_random(argv[2], argv[3]);
  if (argc == 6 && !strcmp(what, "time"))
    return with_model(argv[2], argv[3], time_net, number[4], number[5]);
  if (argc == 4 && !strcmp(what, "train"))
    return time_training(argv[2], (uint32_t)number[3]);
  return fail("see the top of tests/bench/ours.c");
}
