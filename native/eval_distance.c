/* Pixel and modified Hausdorff distances. See eval_distance.h. */
#include "eval_distance.h"

#include <math.h>
#include <stdlib.h>

enum { LANES = 8 };

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

/* Squared distance from (x, y) to the nearest point of `b`, by lanes: a minimum is the same in any
 * order, and compilers vectorise lanes where they would not a single running minimum. */
static float nearest_square(float x, float y, const ink_points *b) {
  float lane[LANES], least = INFINITY;
  for (size_t k = 0; k < LANES; k++)
    lane[k] = INFINITY;
  size_t j = 0;
  for (; j + LANES <= b->count; j += LANES)
    for (size_t k = 0; k < LANES; k++) {
      float dx = b->x[j + k] - x, dy = b->y[j + k] - y, square = dx * dx + dy * dy;
      lane[k] = square < lane[k] ? square : lane[k];
    }
  for (; j < b->count; j++) {
    float dx = b->x[j] - x, dy = b->y[j] - y, square = dx * dx + dy * dy;
    least = square < least ? square : least;
  }
  for (size_t k = 0; k < LANES; k++)
    least = lane[k] < least ? lane[k] : least;
  return least;
}

static double mean_to_nearest(const ink_points *a, const ink_points *b) {
  double sum = 0;
  for (size_t i = 0; i < a->count; i++)
    sum += sqrt((double)nearest_square(a->x[i], a->y[i], b));
  return sum / (double)a->count;
}

float hausdorff_distance(const ink_points *a, const ink_points *b) {
  if (!a->count || !b->count)
    return 2 * OG_RASTER_SIDE;
  double there = mean_to_nearest(a, b), back = mean_to_nearest(b, a);
  return (float)(there > back ? there : back);
}
