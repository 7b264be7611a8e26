/* Fitting the probabilities of a model or committee. See calibration_fit.h. */
#include "calibration_fit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "model_alphabets.h"
#include "train_validate.h"

enum { ROUNDS = 500, SEED = 1 };

void calibration_choose(const calibration_choice *choice, og_calibration *calibration) {
  if (!isnan(choice->second_look))
    calibration->second_look = (float)choice->second_look;
  if (!isnan(choice->crowd))
    calibration->crowd = (float)choice->crowd;
  if (choice->views)
    calibration->example_views = (uint32_t)choice->views;
}

static og_status fit(const og_dataset *set, const embeddings *e, og_calibration calibration,
                     calibration_texts *out, og_error *error) {
  og_detection unknown;
  trial_count count;
  og_status status = embeddings_calibrate(e, set, SEED, &calibration, &unknown, error);
  if (!status)
    status = validate(set, e, ROUNDS, SEED, &count, error);
  if (status)
    return status;
  og_calibration_format(&calibration, out->calibration);
  snprintf(out->error, sizeof out->error,
           "%.2f %% (%" PRIu64 " errors in %" PRIu64
           " trials of task within, %zu-way 1-shot, on the held-out alphabets)",
           trial_percent(count), count.errors, count.trials, count.way);
  snprintf(out->unknown, sizeof out->unknown,
           "AUROC %.4f, equal error %.2f %% (on the episodes of the fit)", unknown.auroc,
           100 * unknown.equal_error);
  return OG_OK;
}

static og_status embed(const committee *c, const og_dataset *set, uint32_t views, embeddings *e) {
  *e = (embeddings){set->drawings, committee_dim(c), NULL, NULL, NULL};
  e->values = malloc(e->count * e->dim * sizeof *e->values);
  e->examples = malloc(e->count * e->dim * sizeof *e->examples);
  if (!e->values || !e->examples)
    return OG_ERROR_MEMORY;
  og_status status = committee_embed(c, set->rasters, NULL, e->count, processors(), e->values);
  if (!status)
    status =
        committee_embed_examples(c, views, set->rasters, NULL, e->count, processors(), e->examples);
  return status ? status : embeddings_take_head(e, committee_first(c));
}

int calibration_fit(const char *path, const char *data, const kernel_choice *with,
                    const calibration_choice *choice, calibration_texts *out) {
  og_error error = {0};
  og_calibration calibration;
  committee *c = NULL;
  og_dataset *set = NULL;
  embeddings e = {0};
  og_status status = committee_read(path, with, &c, &error);
  if (!status)
    status = alphabets_load(data, "held-out", path, &set, &error);
  if (!status) {
    calibration = *committee_calibration(c);
    calibration_choose(choice, &calibration);
    status = embed(c, set, calibration.example_views, &e);
  }
  if (!status)
    status = fit(set, &e, calibration, out, &error);
  embeddings_free(&e);
  og_dataset_free(set);
  committee_free(c);
  if (status == OG_ERROR_MEMORY)
    return complain(EXIT_FAILED, "%s: out of memory", path);
  return status ? complain_error(&error) : EXIT_DONE;
}
