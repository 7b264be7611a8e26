/* Pixel and modified Hausdorff distances. See eval_distance.h. */
#include "eval_distance.h"

#include <math.h>
#include <stdlib.h>

float pixel_distance(const uint8_t *a, const uint8_t *b) {
  uint32_t different = 0;
  for (size_t i = 0; i < OG_RASTER_SIZE; i++)
    different += (uint32_t)(a[i] ^ b[i]);
  return (float)different;
}

og_status ink_points_create(const uint8_t *raster, ink_points *out) {
  size_t count = 0, n = 0;
  for (size_t i = 0; i < OG_RASTER_SIZE; i++)
    count += raster[i];
  *out = (ink_points){count, malloc((2 * count + 1) * sizeof(float)), NULL};
  if (!out->x)
    return OG_ERROR_MEMORY;
  out->y = out->x + count;
  double mean_x = 0, mean_y = 0;
  for (size_t i = 0; i < OG_RASTER_SIZE; i++)
    if (raster[i]) {
      mean_x += (double)(i % OG_RASTER_SIDE) / (double)count;
      mean_y += (double)(i / OG_RASTER_SIDE) / (double)count;
    }
  for (size_t i = 0; i < OG_RASTER_SIZE; i++)
    if (raster[i]) {
      out->x[n] = (float)((double)(i % OG_RASTER_SIDE) - mean_x);
      out->y[n++] = (float)((double)(i / OG_RASTER_SIDE) - mean_y);
    }
  return OG_OK;
}

void ink_points_free(ink_points *p) {
  free(p->x);
  *p = (ink_points){0};
}

static double mean_to_nearest(const ink_points *a, const ink_points *b) {
  double sum = 0;
  for (size_t i = 0; i < a->count; i++) {
    float x = a->x[i], y = a->y[i], least = INFINITY;
#pragma omp simd reduction(min : least)
    for (size_t j = 0; j < b->count; j++) {
      float dx = b->x[j] - x, dy = b->y[j] - y, square = dx * dx + dy * dy;
      least = square < least ? square : least;
    }
    sum += sqrt((double)least);
  }
  return sum / (double)a->count;
}

float hausdorff_distance(const ink_points *a, const ink_points *b) {
  if (!a->count || !b->count)
    return 2 * OG_RASTER_SIDE;
  double there = mean_to_nearest(a, b), back = mean_to_nearest(b, a);
  return (float)(there > back ? there : back);
}
