/* Fuzz target: any bytes as MNIST's two files. The first byte says how many of the last are labels.
 */
#include <stdlib.h>
#include <string.h>

#include "dataset_idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1 || data[0] > size - 1)
    return 0;
  size_t labels = data[0], images = size - 1 - labels;
  og_dataset *set;
  og_error error = {0};
  if (dataset_read_idx("fuzz", data + 1, images, data + 1 + images, labels, &set, &error) ==
      OG_OK) {
    if (!set->drawings || set->class_start[set->classes] != set->drawings)
      abort();
    for (size_t i = 0; i < set->drawings; i++)
      if (!memchr(og_dataset_raster(set, i), 1, OG_RASTER_SIZE))
        abort();
    og_dataset_free(set);
  } else if (set || !error.text[0] || strchr(error.text, '\n')) {
    abort();
  }
  return 0;
}
