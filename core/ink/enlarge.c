/* Small pictures made larger, so that grey edges say where between the pixels a stroke ends. */
#include <stdlib.h>

#include "base/error.h"
#include "ink/picture.h"

/* Source position of enlarged pixel `i`, in 1 / (2 factor) source pixels: pixel and rest. */
static size_t source(size_t i, size_t factor, size_t count, size_t *rest) {
  size_t at = 2 * i + 1 < factor ? 0 : 2 * i + 1 - factor;
  size_t most = 2 * factor * (count - 1);
  at = at > most ? most : at;
  *rest = at % (2 * factor);
  return at / (2 * factor);
}

og_status og_grey_enlarge(og_grey *plane, size_t factor) {
  if (factor <= 1)
    return OG_OK;
  size_t width = plane->width * factor, height = plane->height * factor, whole = 2 * factor;
  uint8_t *out = malloc(width * height);
  if (!out)
    return OG_ERROR_MEMORY;
  for (size_t y = 0; y < height; y++) {
    size_t down, top = source(y, factor, plane->height, &down);
    const uint8_t *upper = plane->at + top * plane->width;
    const uint8_t *lower = top + 1 < plane->height ? upper + plane->width : upper;
    for (size_t x = 0; x < width; x++) {
      size_t right, left = source(x, factor, plane->width, &right);
      size_t next = left + 1 < plane->width ? left + 1 : left;
      size_t a = upper[left] * (whole - right) + upper[next] * right;
      size_t b = lower[left] * (whole - right) + lower[next] * right;
      out[y * width + x] = (uint8_t)((a * (whole - down) + b * down) / (whole * whole));
    }
  }
  free(plane->at);
  *plane = (og_grey){width, height, out};
  return OG_OK;
}
