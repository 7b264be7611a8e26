/* Strokes to a raster, with Omniglot's pen.
 *
 * The pen is a disc that is swept along each segment; a pixel is ink if its centre is covered. All
 * decisions are made in doubles with + - * / and sqrt only, so every machine draws the same pixels.
 * A swept disc is convex, so each pixel row of it is one span; spans are counted at their two ends
 * and summed up at the close, which makes a segment cost its rows and not its area. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "ink/ink.h"
#include "ink/pen.h"

enum { SIDE = OG_RASTER_SIDE };

typedef struct point {
  double x, y;
} point;

/* Span ends: +1 where one begins, -1 just behind its end. */
typedef struct spans {
  int32_t edge[SIDE][SIDE + 1];
} spans;

/* The least whole number not below `x`, and the greatest not above, for -1e6 < x < 1e6. */
static int round_up(double x) {
  int n = (int)x;
  return (double)n < x ? n + 1 : n;
}

static int round_down(double x) {
  int n = (int)x;
  return (double)n > x ? n - 1 : n;
}

/* Widens [*left, *right] by the row at height `y` of a disc around `c`. */
static void disc_row(point c, double y, double *left, double *right) {
  double square = OG_PEN_RADIUS * OG_PEN_RADIUS - (y - c.y) * (y - c.y);
  if (square < 0)
    return;
  double reach = sqrt(square);
  *left = c.x - reach < *left ? c.x - reach : *left;
  *right = c.x + reach > *right ? c.x + reach : *right;
}

/* Widens [*left, *right] by the points at height `y` of the edge from `a` to `b`. */
static void edge_row(point a, point b, double y, double *left, double *right) {
  if ((y < a.y && y < b.y) || (y > a.y && y > b.y) || a.y == b.y)
    return; /* a level edge ends in two discs that reach as far */
  double x = a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y));
  *left = x < *left ? x : *left;
  *right = x > *right ? x : *right;
}

/* Cuts [a, b] to the part where its coordinate `a0 + t (b0 - a0)` lies in [low, high]; returns 0 if
 * there is none (Liang and Barsky, A new concept and method for line clipping, TOG 3(1), 1984). */
static int clip_range(double a0, double b0, double low, double high, double *t0, double *t1) {
  if (a0 == b0)
    return a0 >= low && a0 <= high;
  double p = (low - a0) / (b0 - a0), q = (high - a0) / (b0 - a0);
  double enter = p < q ? p : q, leave = p < q ? q : p;
  *t0 = enter > *t0 ? enter : *t0;
  *t1 = leave < *t1 ? leave : *t1;
  return *t0 <= *t1;
}

/* Keeps the part of a segment that the pen can show; what is left has small numbers. */
static int clip(point *a, point *b) {
  const double low = -2 * OG_PEN_RADIUS, high = SIDE + 2 * OG_PEN_RADIUS;
  double t0 = 0, t1 = 1;
  point from = *a, to = *b;
  if (!clip_range(from.x, to.x, low, high, &t0, &t1) ||
      !clip_range(from.y, to.y, low, high, &t0, &t1))
    return 0;
  if (t0 > 0)
    *a = (point){from.x + t0 * (to.x - from.x), from.y + t0 * (to.y - from.y)};
  if (t1 < 1)
    *b = (point){from.x + t1 * (to.x - from.x), from.y + t1 * (to.y - from.y)};
  return 1;
}

static void sweep(spans *canvas, point a, point b) {
  if (!clip(&a, &b))
    return;
  double dx = b.x - a.x, dy = b.y - a.y, length = sqrt(dx * dx + dy * dy);
  double nx = 0, ny = 0; /* from the middle line to the side of the swept disc */
  if (length > 0) {
    nx = -dy / length * OG_PEN_RADIUS;
    ny = dx / length * OG_PEN_RADIUS;
  }
  int first = round_up((a.y < b.y ? a.y : b.y) - OG_PEN_RADIUS);
  int last = round_down((a.y < b.y ? b.y : a.y) + OG_PEN_RADIUS);
  for (int y = first < 0 ? 0 : first; y <= last && y < SIDE; y++) {
    double left = 2 * SIDE, right = -SIDE;
    disc_row(a, y, &left, &right);
    disc_row(b, y, &left, &right);
    edge_row((point){a.x + nx, a.y + ny}, (point){b.x + nx, b.y + ny}, y, &left, &right);
    edge_row((point){a.x - nx, a.y - ny}, (point){b.x - nx, b.y - ny}, y, &left, &right);
    int begin = round_up(left), end = round_down(right) + 1;
    begin = begin < 0 ? 0 : begin;
    end = end > SIDE ? SIDE : end;
    if (begin < end) {
      canvas->edge[y][begin]++;
      canvas->edge[y][end]--;
    }
  }
}

static void develop(const spans *canvas, uint8_t raster[OG_RASTER_SIZE]) {
  for (int y = 0; y < SIDE; y++) {
    int32_t depth = 0;
    for (int x = 0; x < SIDE; x++) {
      depth += canvas->edge[y][x];
      raster[y * SIDE + x] = depth > 0;
    }
  }
}

/* Counts points and checks the drawing against its limits. */
static og_status check(const og_strokes *strokes, size_t *points, og_error *error) {
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
  og_status status = check(strokes, &points, error);
  if (status != OG_OK)
    return status;
  placement p = {{0, 0}, {OG_PEN_SHIFT_X, OG_PEN_SHIFT_Y}, 1};
  if (frame == OG_FRAME_FIT)
    p = fit(strokes, points);
  spans canvas;
  memset(&canvas, 0, sizeof canvas);
  const float *xy = strokes->xy;
  for (size_t s = 0; s < strokes->count; s++) {
    size_t length = strokes->lengths[s];
    if (length == 0)
      continue;
    point a = place(&p, xy), b = a;
    if (length == 1)
      sweep(&canvas, a, b);
    for (size_t i = 1; i < length; i++, a = b) {
      b = place(&p, xy + 2 * i);
      sweep(&canvas, a, b);
    }
    xy += 2 * length;
  }
  develop(&canvas, raster);
  return OG_OK;
}
