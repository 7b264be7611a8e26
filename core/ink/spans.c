/* Omniglot's pen: a disc swept along segments.
 *
 * A pixel is ink if its centre is covered. All decisions are made in doubles with + - * / and sqrt
 * only, so every machine draws the same pixels. A swept disc is convex, so each pixel row of it is
 * one span; spans are counted at their two ends and summed up at the close, which makes a segment
 * cost its rows and not its area. */
#include "ink/spans.h"

#include <math.h>

#include "ink/pen.h"

enum { SIDE = OG_RASTER_SIDE };

typedef og_point point;

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

/* The point at part `t` of the way from `a` to `b`, both ends exact. Rounding of huge numbers must
 * not lead it out of the range that it was cut to. */
static point point_at(point a, point b, double t, double low, double high) {
  double x = t < 1 ? a.x + t * (b.x - a.x) : b.x, y = t < 1 ? a.y + t * (b.y - a.y) : b.y;
  return (point){x < low ? low : x > high ? high : x, y < low ? low : y > high ? high : y};
}

/* Keeps the part of a segment that the pen can show; what is left has small numbers. */
static int clip(point *a, point *b) {
  const double low = -2 * OG_PEN_RADIUS, high = SIDE + 2 * OG_PEN_RADIUS;
  double t0 = 0, t1 = 1;
  point from = *a, to = *b;
  if (!clip_range(from.x, to.x, low, high, &t0, &t1) ||
      !clip_range(from.y, to.y, low, high, &t0, &t1))
    return 0;
  *a = point_at(from, to, t0, low, high);
  *b = point_at(from, to, t1, low, high);
  return 1;
}

void og_spans_sweep(og_spans *spans, point a, point b) {
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
      spans->edge[y][begin]++;
      spans->edge[y][end]--;
    }
  }
}

size_t og_spans_develop(const og_spans *spans, uint8_t raster[OG_RASTER_SIZE]) {
  size_t ink = 0;
  for (int y = 0; y < SIDE; y++) {
    int32_t depth = 0;
    for (int x = 0; x < SIDE; x++) {
      depth += spans->edge[y][x];
      raster[y * SIDE + x] = depth > 0;
      ink += depth > 0;
    }
  }
  return ink;
}
