/* Fuzz target: any bytes as a model file. One that loads runs, without a NaN. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "oneglyph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  og_model *model;
  og_workspace *workspace;
  if (og_model_load(data, size, NULL, &model, NULL) != OG_OK)
    return 0;
  const og_model_info *info = og_model_get_info(model);
  float *embedding = malloc(info->dim * sizeof *embedding);
  uint8_t raster[OG_RASTER_SIZE] = {0};
  for (size_t i = 30; i < 70; i++)
    raster[i * OG_RASTER_SIDE + i] = 1;
  /* A net of a few large planes is legal and slow; time is not what is tested here. */
  if (embedding && info->multiply_adds < 1 << 24 &&
      og_workspace_create(model, &workspace) == OG_OK) {
    og_status status = og_embed(model, workspace, raster, embedding);
    for (size_t i = 0; status == OG_OK && i < info->dim; i++)
      if (!isfinite(embedding[i]))
        abort();
    og_workspace_free(workspace);
  }
  free(embedding);
  og_model_free(model);
  return 0;
}
