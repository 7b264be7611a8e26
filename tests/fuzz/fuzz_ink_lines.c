/* Fuzz target: any bytes as a file of ink. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  og_dataset *set;
  og_error error = {0};
  if (dataset_read_ink("fuzz", (const char *)data, size, &set, &error) == OG_OK) {
    if (!set->drawings || set->class_start[set->classes] != set->drawings ||
        set->alphabet_start[set->alphabets] != set->classes)
      abort();
    for (size_t i = 0; i < set->drawings; i++)
      if (!memchr(og_dataset_raster(set, i), 1, OG_RASTER_SIZE))
        abort();
    og_dataset_free(set);
  } else if (set || !error.text[0]) {
    abort();
  }
  return 0;
}
