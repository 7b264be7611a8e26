/* The end of a training run: the model file. */
#include "train_export.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "fewshot/calibrate.h"
#include "files.h"
#include "model_ranges.h"
#include "oneglyph.h"
#include "train_net.h"

enum { MOST_PAIRS = 16, VALUE = 256, CALIBRATION_SEED = 1 };

/* Metadata in the making; short values live in `text`. */
typedef struct metadata {
  const char *pairs[MOST_PAIRS][2];
  char text[MOST_PAIRS][VALUE];
  size_t count;
} metadata;

static void put(metadata *m, const char *key, const char *value) {
  m->pairs[m->count][0] = key;
  m->pairs[m->count++][1] = value;
}

static void put_format(metadata *m, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void put_format(metadata *m, const char *key, const char *format, ...) {
  char *value = m->text[m->count];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(value, VALUE, format, arguments);
  va_end(arguments);
  put(m, key, value);
}

/* The held-out alphabets, separated by commas; malloc. */
static char *held_out_names(const og_dataset *set) {
  size_t size = 1;
  for (size_t a = 0; set && a < set->alphabets; a++)
    size += strlen(set->alphabet_names[a]) + 2;
  char *text = calloc(size, 1);
  for (size_t a = 0; text && set && a < set->alphabets; a++) {
    strcat(text, a ? ", " : "");
    strcat(text, set->alphabet_names[a]);
  }
  return text;
}

/* What was learnt of how much, over all stages. */
static void put_progress(metadata *m, const train_run *run) {
  uint64_t position = og_trainer_position(run->trainer), done = 0, all = 0, images = 0;
  for (uint64_t i = 0; i <= run->whole->stages; i++) {
    const og_recipe *stage = &train_recipe_stage(run->whole, i)->core;
    uint64_t steps = i < run->about.stage ? stage->steps : i == run->about.stage ? position : 0;
    done += steps;
    all += stage->steps;
    images += steps * 2 * stage->classes_per_batch;
  }
  put_format(m, "steps", "%" PRIu64 " of %" PRIu64, done, all);
  put_format(m, "images", "%" PRIu64, images);
}

static void put_provenance(metadata *m, const train_run *run, const char *held_out) {
  put(m, "name", run->recipe->name);
  put(m, "recipe", run->about.recipe);
  put_format(m, "seed", "%" PRIu64, run->about.seed);
  /* A recipe with slices says itself how sums were taken; otherwise the threads decided it. */
  if (!run->recipe->core.slices)
    put_format(m, "threads", "%" PRIu64, run->about.slices);
  put_progress(m, run);
  put(m, "data", run->about.data);
  put(m, "tool", "oneglyph " OG_VERSION);
  if (held_out[0])
    put(m, "held_out", held_out);
  if (run->recipe->whiten > 0) /* so that nobody does it twice */
    put_format(m, "whitened", "within classes of the training set, ridge %g",
               (double)run->recipe->whiten);
}

static og_status export(const train_run *run, const metadata *m, uint8_t **bytes, size_t *size,
                        og_error *error) {
  return train_net(run, m->pairs, m->count, bytes, size, error);
}

static og_status calibrate(const train_run *run, const embeddings *held_out, metadata *m,
                           og_error *error) {
  const train_recipe *recipe = run->recipe;
  og_calibration calibration = {.second_look = recipe->second_look,
                                .example_views = recipe->example_views,
                                .crowd = recipe->crowd};
  og_detection unknown;
  og_status status = embeddings_calibrate(held_out, run->data->held_out, NULL, NULL,
                                          CALIBRATION_SEED, &calibration, &unknown, error);
  if (status)
    return status;
  char text[OG_CALIBRATION_TEXT];
  og_calibration_format(&calibration, text);
  put_format(m, "calibration", "%s", text);
  put_format(m, "held_out_unknown", "AUROC %.4f, equal error %.2f %% (on the episodes of the fit)",
             unknown.auroc, 100 * unknown.equal_error);
  return OG_OK;
}

/* Measures and calibrates the net as it will be stored, so that a reader of the file can repeat the
 * numbers. */
static og_status measure(const train_run *run, metadata *m, double *percent, og_error *error) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  embeddings held_out = {0};
  trial_count count;
  og_status status = export(run, m, &bytes, &size, error);
  if (!status)
    status = train_run_validate(run, bytes, size, run->recipe->example_views, 0, &held_out, &count,
                                error);
  free(bytes);
  if (!status) {
    *percent = trial_percent(count);
    put_format(m, "held_out_error",
               "%.2f %% (%" PRIu64 " errors in %" PRIu64
               " trials of task within, %zu-way 1-shot, on the held-out alphabets)",
               *percent, count.errors, count.trials, count.way);
  }
  if (!status && run->recipe->calibrate)
    status = calibrate(run, &held_out, m, error);
  embeddings_free(&held_out);
  return status;
}

/* Makes the file fit for 16-bit inference. */
static og_status add_ranges(const train_run *run, uint8_t **bytes, size_t *size, og_error *error) {
  const og_dataset *set = run->data->train;
  uint8_t *more = NULL;
  og_status status = model_add_ranges(*bytes, *size, run->isa, set->rasters, set->drawings,
                                      RANGE_DRAWINGS, NULL, &more, size, error);
  if (status)
    return status;
  free(*bytes);
  *bytes = more;
  return OG_OK;
}

og_status train_export(const train_run *run, const char *path, double *percent, og_error *error) {
  metadata m = {.count = 0};
  uint8_t *bytes = NULL;
  size_t size = 0;
  char *held_out = held_out_names(run->data->held_out);
  og_status status = OG_OK;
  *percent = -1;
  if (held_out)
    put_provenance(&m, run, held_out);
  else
    status = OG_ERROR_MEMORY;
  if (!status && run->data->held_out)
    status = measure(run, &m, percent, error);
  if (!status)
    status = export(run, &m, &bytes, &size, error);
  if (!status && run->recipe->calibrate)
    status = add_ranges(run, &bytes, &size, error);
  if (!status)
    status = file_write_atomic(path, bytes, size, error);
  free(bytes);
  free(held_out);
  return status;
}
