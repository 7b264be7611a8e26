/* Model files and embeddings of many rasters. */
#include "embedding.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "json_read.h"
#include "net/model.h"

og_status model_read(const char *path, const kernel_choice *with, og_model **out, og_error *error) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  og_status status = file_read(path, MODEL_LIMIT, &bytes, &size, error);
  if (status)
    return status;
  status = og_model_load_as(bytes, size, with ? with->isa : NULL,
                            with ? with->precision : OG_PRECISION_F32, out, error);
  free(bytes);
  if (status && status != OG_ERROR_MEMORY)
    error_at(error, path);
  return status;
}

og_status embed_rasters(const og_model *model, size_t views, const uint8_t *rasters,
                        const uint32_t *which, size_t count, uint32_t threads, float *values,
                        size_t stride) {
  size_t dim = og_model_get_info(model)->dim;
  og_status worst = OG_OK;
#pragma omp parallel num_threads((int)threads) reduction(max : worst)
  {
    og_workspace *workspace = NULL;
    worst = og_workspace_create(model, &workspace);
#pragma omp for schedule(dynamic, 16)
    for (size_t i = 0; i < count; i++) {
      size_t at = which ? which[i] : i;
      float *to = values + at * stride;
      const uint8_t *raster = rasters + at * OG_RASTER_SIZE;
      og_status status =
          workspace ? og_embed_views(model, workspace, raster, views, to) : OG_ERROR_MEMORY;
      if (status == OG_ERROR_EMPTY)
        memset(to, 0, dim * sizeof *to);
      else if (status)
        worst = status;
    }
    og_workspace_free(workspace);
  }
  return worst;
}

uint32_t processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) ? 1 : (uint32_t)CPU_COUNT(&set);
}
