/* Strokes as evenly spaced points, and where they touch; private to ink/ and to what fits it. */
#ifndef OG_INK_EVENLY_H
#define OG_INK_EVENLY_H

#include "oneglyph.h"

/* Counts points and checks the drawing against its limits: the errors of og_raster_from_strokes. */
og_status og_strokes_check(const og_strokes *strokes, size_t *points, og_error *error);

/* The longer side of the box around a drawing's points; 0 without any. */
float og_strokes_side(const og_strokes *strokes);

/* Length of the way through `points` points xy[points][2]. */
float og_stroke_length(const float *xy, uint32_t points);

/* Goes the same way in `count` points, evenly spaced, the ends among them: out[count][2]. */
void og_stroke_sample(const float *xy, uint32_t points, uint32_t count, float *out);

/* Point `own` of a stroke lies on or, if it is loose, nearest to point `at` of stroke `stroke`,
 * which is at (x, y) and where that stroke runs along the unit vector (along_x, along_y). */
typedef struct og_join {
  uint32_t own, stroke, at;
  float x, y, along_x, along_y;
  int loose;
} og_join;

/* How evenly sampled stroke `i` of a drawing hangs on the 32 before it, and on itself: by one or
 * two points, ends before others, the first of them first; by its nearest point if it touches
 * nothing within `reach`. Returns how many; 0 for the first stroke, unless its end lies on itself.
 * A join to itself is of its last point, and always the last one. */
uint32_t og_find_joins(const og_strokes *even, uint32_t i, float reach, og_join joins[2]);

#endif
