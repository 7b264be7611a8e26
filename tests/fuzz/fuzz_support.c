/* Fuzz target: any bytes as a saved support set. */
#include <string.h>

#include "as_file.h"
#include "support_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  support_drawings set;
  og_error error = {0};
  fuzz_as_file("set.json", data, size);
  if (support_read(fuzz_file, &set, &error) == OG_OK) {
    for (size_t i = 0; i < set.count; i++)
      if (set.class_of[i] >= set.classes || !set.labels[set.class_of[i]][0] ||
          !memchr(set.rasters + i * OG_RASTER_SIZE, 1, OG_RASTER_SIZE))
        abort();
    support_drawings_free(&set);
  } else if (!error.text[0] || strchr(error.text, '\n')) {
    abort();
  }
  return 0;
}
