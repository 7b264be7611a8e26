/* The net of a training run as a model file in memory. See train_net.h. */
#include "train_net.h"

#include <stdio.h>
#include <stdlib.h>

#include "embedding.h"
#include "train/whiten.h"

/* Drawings of each class that the scatter is measured on. */
enum { MOST_DRAWINGS = 8 };

/* Embeddings of some drawings of every class. */
typedef struct sample {
  size_t count, dim;
  float *values;      /* [count][dim] */
  uint32_t *class_of; /* [count] */
} sample;

static og_status embed_sample(const og_model *model, const og_dataset *set, uint32_t threads,
                              sample *out) {
  *out = (sample){.dim = og_model_get_info(model)->dim};
  out->values = malloc(set->classes * MOST_DRAWINGS * out->dim * sizeof *out->values);
  out->class_of = malloc(set->classes * MOST_DRAWINGS * sizeof *out->class_of);
  og_status status = out->values && out->class_of ? OG_OK : OG_ERROR_MEMORY;
  for (size_t c = 0; !status && c < set->classes; c++) {
    size_t first = set->class_start[c], count = set->class_start[c + 1] - first;
    count = count < MOST_DRAWINGS ? count : MOST_DRAWINGS;
    status = embed_rasters(model, 1, og_dataset_raster(set, first), count, threads,
                           out->values + out->count * out->dim, out->dim);
    for (size_t i = 0; i < count; i++)
      out->class_of[out->count++] = (uint32_t)c;
  }
  return status;
}

/* The whitening map for a model file; malloc. */
static og_status measure_map(const train_run *run, const uint8_t *bytes, size_t size, float **map,
                             og_error *error) {
  og_model *model = NULL;
  og_status status = og_model_load(bytes, size, run->isa, &model, error);
  if (status)
    return status;
  sample s;
  status = embed_sample(model, run->data->train, (uint32_t)run->about.threads, &s);
  *map = malloc(s.dim * s.dim * sizeof **map);
  if (!*map)
    status = OG_ERROR_MEMORY;
  if (!status)
    status = og_whitening(s.values, s.class_of, s.count, s.dim, run->recipe->whiten, *map);
  if (status && error) {
    error->status = status;
    snprintf(error->text, sizeof error->text, "%s",
             status == OG_ERROR_MEMORY
                 ? "out of memory"
                 : "whiten: the training drawings' embeddings do not scatter");
  }
  free(s.values);
  free(s.class_of);
  og_model_free(model);
  return status;
}

og_status train_net(const train_run *run, const char *const (*pairs)[2], size_t count,
                    uint8_t **bytes, size_t *size, og_error *error) {
  const train_recipe *recipe = run->recipe;
  float *map = NULL;
  og_status status = OG_OK;
  if (recipe->whiten > 0) {
    status = og_trainer_export(run->trainer, NULL, 0, NULL, 0, bytes, size, error);
    if (!status) {
      status = measure_map(run, *bytes, *size, &map, error);
      free(*bytes);
      *bytes = NULL;
    }
  }
  if (!status)
    status = og_trainer_export(run->trainer, pairs, count, map, recipe->half, bytes, size, error);
  free(map);
  return status;
}
