/* Fuzz target: any bytes as a picture file. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "oneglyph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t raster[OG_RASTER_SIZE];
  og_error error;
  if (og_raster_from_image(data, size, raster, &error) == OG_OK) {
    size_t ink = 0;
    for (size_t i = 0; i < sizeof raster; i++) {
      if (raster[i] > 1)
        abort();
      ink += raster[i];
    }
    if (ink == 0)
      abort();
  } else if (error.text[0] == '\0') {
    abort();
  }
  return 0;
}
