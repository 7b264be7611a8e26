/* Fitting the probabilities of a committee. See committee_calibrate.h. */
#include "committee_calibrate.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "fewshot/calibrate.h"
#include "model_alphabets.h"
#include "train_validate.h"

enum { ROUNDS = 500, SEED = 1 };

static void put_text(json_object *list, const char *key, const char *text) {
  json_object_object_add(list, key, json_object_new_string(text));
}

static og_status fit(const og_dataset *set, const embeddings *e, float second_look,
                     json_object *list, og_error *error) {
  og_calibration calibration;
  og_detection unknown;
  trial_count count;
  og_status status = embeddings_calibrate(e, set, SEED, &calibration, &unknown, error);
  if (!status)
    status = validate(set, e, ROUNDS, SEED, &count, error);
  if (status)
    return status;
  calibration.second_look = second_look;
  char text[OG_CALIBRATION_TEXT], about[200];
  og_calibration_format(&calibration, text);
  put_text(list, "calibration", text);
  snprintf(about, sizeof about, "%.2f %% (%" PRIu64 " errors in %" PRIu64 " trials of task within)",
           trial_percent(count), count.errors, count.trials);
  put_text(list, "held_out_error", about);
  snprintf(about, sizeof about, "AUROC %.4f, equal error %.2f %% (on the episodes of the fit)",
           unknown.auroc, 100 * unknown.equal_error);
  put_text(list, "held_out_unknown", about);
  return OG_OK;
}

int committee_calibrate(const char *path, const char *data, const kernel_choice *with,
                        double second_look, json_object *list) {
  og_error error = {0};
  committee *c = NULL;
  og_dataset *set = NULL;
  embeddings e = {0};
  og_status status = committee_read(path, with, &c, &error);
  if (!status)
    status = alphabets_load(data, "held-out", path, &set, &error);
  if (!status) {
    e = (embeddings){set->drawings, committee_dim(c), NULL, NULL};
    e.values = malloc(e.count * e.dim * sizeof *e.values);
    status = e.values ? committee_embed(c, set->rasters, e.count, processors(), e.values)
                      : OG_ERROR_MEMORY;
  }
  if (!status)
    status = embeddings_take_head(&e, committee_first(c));
  if (!status)
    status = fit(set, &e,
                 isnan(second_look) ? committee_calibration(c)->second_look : (float)second_look,
                 list, &error);
  embeddings_free(&e);
  og_dataset_free(set);
  committee_free(c);
  if (status == OG_ERROR_MEMORY)
    return complain(EXIT_FAILED, "%s: out of memory", path);
  return status ? complain_error(&error) : EXIT_DONE;
}
