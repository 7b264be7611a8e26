/* Fuzz target: any bytes as strokes. The first says how they are cut up, the rest are floats. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ink/ink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1)
    return 0;
  size_t points = (size - 1) / 8, each = (size_t)data[0] % 16 + 1, count = 0;
  float *xy = malloc(points * 8 + 1);
  uint32_t *lengths = calloc(points / each + 1, sizeof *lengths);
  if (!xy || !lengths)
    abort();
  memcpy(xy, data + 1, points * 8);
  for (size_t left = points; left; left -= lengths[count - 1])
    lengths[count++] = (uint32_t)(left < each ? left : each);
  og_strokes strokes = {xy, lengths, count};
  og_input input = {40, 2.4f, 1.1025f, 0.28f, 14};
  for (int frame = 0; frame < 2; frame++) {
    uint8_t raster[OG_RASTER_SIZE];
    og_glyph glyph;
    float out[40 * 40];
    if (og_raster_from_strokes(&strokes, (og_frame)frame, raster, NULL) != OG_OK)
      continue;
    if (og_glyph_prepare(&input, raster, &glyph) != OG_OK)
      abort();
    og_glyph_sample(&input, &glyph, NULL, out);
    for (size_t i = 0; i < 1600; i++)
      if (!(out[i] >= -0.02f && out[i] <= 1))
        abort();
  }
  free(xy);
  free(lengths);
  return 0;
}
