/* What tests of ink share: hashes and comparisons of rasters. */
#ifndef OG_TESTS_RASTERS_H
#define OG_TESTS_RASTERS_H

#include <stdio.h>

#include "oneglyph.h"

/* FNV-1a, 64 bits. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
  const uint8_t *at = bytes;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ at[i]) * 0x100000001b3u;
  return hash;
}
#define HASH_START 0xcbf29ce484222325u

static inline size_t ink_of(const uint8_t *raster) {
  size_t ink = 0;
  for (size_t i = 0; i < OG_RASTER_SIZE; i++)
    ink += raster[i];
  return ink;
}

/* Share of pixels that both rasters cover among those that either does. */
static inline double intersection_over_union(const uint8_t *a, const uint8_t *b) {
  size_t both = 0, either = 0;
  for (size_t i = 0; i < OG_RASTER_SIZE; i++) {
    both += a[i] & b[i];
    either += a[i] | b[i];
  }
  return either ? (double)both / (double)either : 1;
}

static inline double covered(const uint8_t *ink, const uint8_t *by) {
  size_t near = 0, all = ink_of(ink);
  for (int y = 0; y < OG_RASTER_SIDE; y++)
    for (int x = 0; x < OG_RASTER_SIDE; x++) {
      int found = 0;
      for (int v = y ? y - 1 : 0; v <= y + 1 && v < OG_RASTER_SIDE; v++)
        for (int u = x ? x - 1 : 0; u <= x + 1 && u < OG_RASTER_SIDE; u++)
          found |= by[v * OG_RASTER_SIDE + u];
      near += ink[y * OG_RASTER_SIDE + x] && found;
    }
  return all ? (double)near / (double)all : 1;
}

/* Share of the ink of each raster that lies within a pixel of the other's; the smaller of both. */
static inline double overlap_within_pixel(const uint8_t *a, const uint8_t *b) {
  double one = covered(a, b), other = covered(b, a);
  return one < other ? one : other;
}

#endif
