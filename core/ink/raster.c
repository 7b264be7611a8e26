/* Strokes to a raster: the drawing checked, put in place, and drawn with Omniglot's pen. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "ink/evenly.h"
#include "ink/ink.h"
#include "ink/pen.h"
#include "ink/spans.h"

enum { SIDE = OG_RASTER_SIDE };

typedef og_point point;

og_status og_strokes_check(const og_strokes *strokes, size_t *points, og_error *error) {
  if (strokes->count > OG_MAX_STROKES)
    return og_fail(error, OG_ERROR_TOO_LARGE, "drawing: more than 4096 strokes", NULL);
  size_t total = 0;
  for (size_t s = 0; s < strokes->count; s++) {
    total += strokes->lengths[s];
    if (strokes->lengths[s] > OG_MAX_POINTS || total > OG_MAX_POINTS)
      return og_fail(error, OG_ERROR_TOO_LARGE, "drawing: more than 65536 points", NULL);
  }
  if (total == 0)
    return og_fail(error, OG_ERROR_EMPTY, "drawing: nothing is drawn", NULL);
  for (size_t i = 0; i < 2 * total; i++)
    if (!isfinite(strokes->xy[i]))
      return og_fail(error, OG_ERROR_FORMAT, "drawing: a coordinate is not a finite number", NULL);
  *points = total;
  return OG_OK;
}

/* How drawing coordinates become raster pixels: p -> (p - from) * scale + to. */
typedef struct placement {
  point from, to;
  double scale;
} placement;

/* Fits the box of the drawing. A box so small beside its distance from the origin that it is made
 * of rounding alone is a dot, and a dot is not scaled. */
static placement fit(const og_strokes *strokes, size_t points) {
  const float *xy = strokes->xy;
  point low = {xy[0], xy[1]}, high = low;
  for (size_t i = 1; i < points; i++) {
    double x = xy[2 * i], y = xy[2 * i + 1];
    low.x = x < low.x ? x : low.x;
    low.y = y < low.y ? y : low.y;
    high.x = x > high.x ? x : high.x;
    high.y = y > high.y ? y : high.y;
  }
  double width = high.x - low.x, height = high.y - low.y;
  double longer = width > height ? width : height;
  double reach = 0; /* the largest coordinate there is */
  reach = -low.x > reach ? -low.x : reach;
  reach = -low.y > reach ? -low.y : reach;
  reach = high.x > reach ? high.x : reach;
  reach = high.y > reach ? high.y : reach;
  placement p = {{low.x + width / 2, low.y + height / 2}, {(SIDE - 1) / 2.0, (SIDE - 1) / 2.0}, 0};
  if (longer > reach * 1e-5)
    p.scale = OG_FIT_SIZE / longer;
  return p;
}

static point place(const placement *p, const float *xy) {
  return (point){(xy[0] - p->from.x) * p->scale + p->to.x,
                 (xy[1] - p->from.y) * p->scale + p->to.y};
}

og_status og_raster_from_strokes(const og_strokes *strokes, og_frame frame,
                                 uint8_t raster[OG_RASTER_SIZE], og_error *error) {
  size_t points = 0;
  og_status status = og_strokes_check(strokes, &points, error);
  if (status != OG_OK)
    return status;
  placement p = {{0, 0}, {OG_PEN_SHIFT_X, OG_PEN_SHIFT_Y}, 1};
  if (frame == OG_FRAME_FIT)
    p = fit(strokes, points);
  og_spans spans;
  memset(&spans, 0, sizeof spans);
  const float *xy = strokes->xy;
  for (size_t s = 0; s < strokes->count; s++) {
    size_t length = strokes->lengths[s];
    if (length == 0)
      continue;
    point a = place(&p, xy), b = a;
    if (length == 1)
      og_spans_sweep(&spans, a, b);
    for (size_t i = 1; i < length; i++, a = b) {
      b = place(&p, xy + 2 * i);
      og_spans_sweep(&spans, a, b);
    }
    xy += 2 * length;
  }
  if (!og_spans_develop(&spans, raster))
    return og_fail(error, OG_ERROR_EMPTY, "drawing: lies outside the raster", NULL);
  return OG_OK;
}
