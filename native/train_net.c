/* The net of a training run as a model file in memory. See train_net.h. */
#include "train_net.h"

#include <stdlib.h>

#include "whiten_map.h"

og_status train_net(const train_run *run, const char *const (*pairs)[2], size_t count,
                    uint8_t **bytes, size_t *size, og_error *error) {
  const train_recipe *recipe = run->recipe;
  float *map = NULL;
  og_status status = OG_OK;
  if (recipe->whiten > 0) {
    status = og_trainer_export(run->trainer, NULL, 0, NULL, 0, bytes, size, error);
    if (!status) {
      status = whiten_map(*bytes, *size, run->isa, run->data->train, run->data->simple,
                          run->threads, recipe->whiten, &map, error);
      free(*bytes);
      *bytes = NULL;
    }
  }
  if (!status)
    status = og_trainer_export(run->trainer, pairs, count, map, recipe->half, bytes, size, error);
  free(map);
  return status;
}
