/* Distances of drawings for the untrained baselines. */
#ifndef EVAL_DISTANCE_H
#define EVAL_DISTANCE_H

#include "oneglyph.h"

/* Pixels that differ, which for ink of 0 and 1 is the squared Euclidean distance. */
float pixel_distance(const uint8_t *a, const uint8_t *b);

/* The ink of a drawing: its pixels' coordinates less their mean. */
typedef struct ink_points {
  size_t count;
  float *x, *y; /* [count] */
} ink_points;

og_status ink_points_create(const uint8_t *raster, ink_points *out);
void ink_points_free(ink_points *p);

/* The greater of the two mean distances from a point to the other drawing's nearest point
 * (Dubuisson and Jain 1994, distance d22). Without ink on either side: farther than any two
 * drawings are. */
float hausdorff_distance(const ink_points *a, const ink_points *b);

#endif
