/* The whitening map of a model. See whiten_map.h. */
#include "whiten_map.h"

#include <stdlib.h>

#include "base/error.h"
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

static og_status embed_sample(const og_model *model, const og_dataset *set, size_t classes,
                              uint32_t threads, sample *out) {
  *out = (sample){.dim = og_model_get_info(model)->dim};
  out->values = malloc(classes * MOST_DRAWINGS * out->dim * sizeof *out->values);
  out->class_of = malloc(classes * MOST_DRAWINGS * sizeof *out->class_of);
  og_status status = out->values && out->class_of ? OG_OK : OG_ERROR_MEMORY;
  for (size_t c = 0; !status && c < classes; c++) {
    size_t first = set->class_start[c], count = set->class_start[c + 1] - first;
    count = count < MOST_DRAWINGS ? count : MOST_DRAWINGS;
    status = embed_rasters(model, 1, og_dataset_raster(set, first), NULL, count, threads,
                           out->values + out->count * out->dim, out->dim);
    for (size_t i = 0; i < count; i++)
      out->class_of[out->count++] = (uint32_t)c;
  }
  return status;
}

og_status whiten_map(const uint8_t *bytes, size_t size, const char *isa, const og_dataset *set,
                     size_t classes, uint32_t threads, float ridge, float **map, og_error *error) {
  og_model *model = NULL;
  *map = NULL;
  og_status status = og_model_load(bytes, size, isa, &model, error);
  if (status)
    return status;
  sample s;
  status = embed_sample(model, set, classes, threads, &s);
  if (!status && !(*map = malloc(s.dim * s.dim * sizeof **map)))
    status = OG_ERROR_MEMORY;
  if (!status)
    status = og_whitening(s.values, s.class_of, s.count, s.dim, ridge, *map);
  free(s.values);
  free(s.class_of);
  og_model_free(model);
  if (status) {
    free(*map);
    *map = NULL;
  }
  if (status == OG_ERROR_FORMAT)
    return og_fail(error, status, "whiten: the drawings' embeddings do not scatter", NULL);
  return status ? og_fail(error, status, "out of memory", NULL) : OG_OK;
}
