/* Strokes as other pens and hands would have left them. See ink_distort.h. */
#include "ink_distort.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/random.h"
#include "imagine.h"
#include "ink/pen.h"

static const struct {
  const char *name;
  double usual, least, most;
} kinds[INK_KINDS] = {
    [INK_SPEED] = {"speed", 3, 1, 20},      [INK_COARSE] = {"coarse", 8, 0.5, 60},
    [INK_DENSE] = {"dense", 0.2, 0.05, 60}, [INK_THICK] = {"thick", 2, 0.2, 6},
    [INK_OFFSET] = {"offset", 3, 0, 1000},  [INK_SCALE] = {"scale", 3, 0.001, 1000},
    [INK_ROTATE] = {"rotate", 25, 0, 180},  [INK_IMAGINE] = {"imagine", 1, 0, 4},
};

#define PI 3.14159265358979
/* Between the points of an unhurried pen, and the noise of a fine one. */
#define USUAL_SPACING 2.5
#define NOISE 0.25

og_status ink_distortion_parse(const char *text, uint64_t seed, ink_distortion *out,
                               og_error *error) {
  size_t length = strcspn(text, ":");
  for (int k = 0; k < INK_KINDS; k++) {
    if (strlen(kinds[k].name) != length || strncmp(text, kinds[k].name, length) != 0)
      continue;
    char *end = "";
    double amount = text[length] ? strtod(text + length + 1, &end) : kinds[k].usual;
    if (*end || end == text + length + 1 ||
        !(amount >= kinds[k].least && amount <= kinds[k].most)) {
      char range[64];
      snprintf(range, sizeof range, "%g to %g", kinds[k].least, kinds[k].most);
      return og_fail(error, OG_ERROR_ARGUMENT, text, ": the amount must be ", range, NULL);
    }
    *out = (ink_distortion){(ink_kind)k, amount, seed};
    return OG_OK;
  }
  return og_fail(error, OG_ERROR_ARGUMENT, text,
                 ": must be speed, coarse, dense, thick, offset, scale, rotate or imagine", NULL);
}

const char *ink_distortion_text(const ink_distortion *d, char text[48]) {
  snprintf(text, 48, "%s:%g", kinds[d->kind].name, d->amount);
  return text;
}

/* A drawing in the making, with room of its own. */
typedef struct sheet {
  float *xy;
  uint32_t *lengths;
  size_t points, room;
} sheet;

static int add_point(sheet *s, double x, double y) {
  if (s->points == OG_MAX_POINTS)
    return 0;
  if (s->points == s->room) {
    size_t room = s->room ? 2 * s->room : 1024;
    float *more = realloc(s->xy, 2 * room * sizeof *more);
    if (!more)
      return 0;
    s->xy = more;
    s->room = room;
  }
  s->xy[2 * s->points] = (float)x;
  s->xy[2 * s->points++ + 1] = (float)y;
  return 1;
}

/* The drawing's box: its middle, and what a pixel is in its unit. */
typedef struct frame {
  double x, y, pixel;
} frame;

static frame find_frame(const og_strokes *s) {
  double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  const float *xy = s->xy;
  for (size_t i = 0; i < s->count; i++)
    for (size_t p = 0; p < s->lengths[i]; p++, xy += 2)
      for (int c = 0; c < 2; c++) {
        low[c] = fmin(low[c], (double)xy[c]);
        high[c] = fmax(high[c], (double)xy[c]);
      }
  double longer = fmax(high[0] - low[0], high[1] - low[1]);
  return (frame){(low[0] + high[0]) / 2, (low[1] + high[1]) / 2,
                 longer > 0 ? longer / OG_FIT_SIZE : 1};
}

/* Length of a stroke. */
static double length_of(const float *xy, size_t points) {
  double length = 0;
  for (size_t i = 1; i < points; i++)
    length += hypot((double)xy[2 * i] - (double)xy[2 * i - 2],
                    (double)xy[2 * i + 1] - (double)xy[2 * i - 1]);
  return length;
}

/* Distance to the next point, `part` of the stroke's length from its beginning. */
static double spacing_at(const ink_distortion *d, double part) {
  return d->kind == INK_SPEED ? USUAL_SPACING * pow(d->amount, 2 * sin(PI * part) - 1) : d->amount;
}

/* Walks along a stroke and leaves points where the distortion wants them; both ends stay. */
static int resample(const ink_distortion *d, const float *xy, size_t points, double pixel,
                    og_random *random, sheet *out) {
  double length = length_of(xy, points), at = 0, next = 0;
  double noise = d->kind == INK_DENSE ? NOISE * pixel : 0;
  for (size_t i = 0; i + 1 < points; i++) {
    double x = (double)xy[2 * i], y = (double)xy[2 * i + 1];
    double dx = (double)xy[2 * i + 2] - x, dy = (double)xy[2 * i + 3] - y, step = hypot(dx, dy);
    for (; step > 0 && next <= at + step; next += spacing_at(d, next / length) * pixel) {
      double part = (next - at) / step;
      double u = noise * (double)og_random_normal(random);
      double v = noise * (double)og_random_normal(random);
      if (!add_point(out, x + part * dx + u, y + part * dy + v))
        return 0;
    }
    at += step;
  }
  return add_point(out, (double)xy[2 * points - 2], (double)xy[2 * points - 1]);
}

/* Moves, scales or turns a point about the middle. */
static int move(const ink_distortion *d, const frame *f, double turn, const float *xy, sheet *out) {
  double x = (double)xy[0] - f->x, y = (double)xy[1] - f->y;
  double c = cos(turn), s = sin(turn), away = d->amount * f->pixel * OG_FIT_SIZE;
  if (d->kind == INK_OFFSET)
    return add_point(out, f->x + x + away * c, f->y + y + away * s);
  if (d->kind == INK_SCALE)
    return add_point(out, d->amount * ((double)xy[0]), d->amount * ((double)xy[1]));
  return add_point(out, f->x + c * x - s * y, f->y + s * x + c * y);
}

/* All strokes into `out`. */
static int distort(const ink_distortion *d, const og_strokes *strokes, og_random *random,
                   sheet *out) {
  frame f = find_frame(strokes);
  double side = og_random_below(random, 2) ? 1 : -1;
  double turn =
      d->kind == INK_ROTATE ? side * d->amount * PI / 180 : 2 * PI * (double)og_random_unit(random);
  int resamples = d->kind == INK_SPEED || d->kind == INK_COARSE || d->kind == INK_DENSE;
  const float *xy = strokes->xy;
  for (size_t i = 0; i < strokes->count; xy += 2 * (size_t)strokes->lengths[i++]) {
    size_t before = out->points, points = strokes->lengths[i];
    if (resamples && points && !resample(d, xy, points, f.pixel, random, out))
      return 0;
    for (size_t p = 0; !resamples && p < points; p++)
      if (!move(d, &f, turn, xy + 2 * p, out))
        return 0;
    out->lengths[i] = (uint32_t)(out->points - before);
  }
  return 1;
}

/* ---- A picture of another pen -------------------------------------------------------------- */

enum { ZOOM = 4, SIDE = OG_RASTER_SIDE * ZOOM };

/* Blackens what a pen of radius `r` covers from a to b. */
static void sweep(uint8_t *rgba, const double a[2], const double b[2], double r) {
  double dx = b[0] - a[0], dy = b[1] - a[1], square = dx * dx + dy * dy;
  int left = (int)fmax(0, floor(fmin(a[0], b[0]) - r));
  int right = (int)fmin(SIDE - 1, ceil(fmax(a[0], b[0]) + r));
  int top = (int)fmax(0, floor(fmin(a[1], b[1]) - r));
  int bottom = (int)fmin(SIDE - 1, ceil(fmax(a[1], b[1]) + r));
  for (int y = top; y <= bottom; y++)
    for (int x = left; x <= right; x++) {
      double part = square > 0 ? ((x - a[0]) * dx + (y - a[1]) * dy) / square : 0;
      part = fmin(1, fmax(0, part));
      if (hypot(x - a[0] - part * dx, y - a[1] - part * dy) <= r)
        memset(rgba + 4 * ((size_t)y * SIDE + (size_t)x), 0, 3);
    }
}

static og_status photograph(const og_strokes *strokes, double thickness,
                            uint8_t raster[OG_RASTER_SIZE], og_error *error) {
  uint8_t *rgba = malloc(4 * SIDE * SIDE);
  if (!rgba)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  memset(rgba, 255, 4 * SIDE * SIDE);
  frame f = find_frame(strokes);
  const float *xy = strokes->xy;
  for (size_t i = 0; i < strokes->count; i++) {
    double a[2], b[2];
    for (size_t p = 0; p < strokes->lengths[i]; p++, xy += 2) {
      b[0] = ((double)xy[0] - f.x) / f.pixel * ZOOM + SIDE / 2.0;
      b[1] = ((double)xy[1] - f.y) / f.pixel * ZOOM + SIDE / 2.0;
      sweep(rgba, p ? a : b, b, OG_PEN_RADIUS * ZOOM * thickness);
      memcpy(a, b, sizeof a);
    }
  }
  og_status status = og_raster_from_rgba(rgba, SIDE, SIDE, raster, error);
  free(rgba);
  return status;
}

static og_status imagine(const ink_distortion *d, const og_strokes *strokes, og_random *random,
                         uint8_t raster[OG_RASTER_SIZE], og_error *error) {
  imagined made;
  og_status status = imagine_create(strokes, d->amount, random, &made, error);
  if (status)
    return status;
  const og_strokes again = imagined_strokes(&made);
  status = og_raster_from_strokes(&again, OG_FRAME_FIT, raster, error);
  imagine_free(&made);
  return status;
}

og_status ink_raster(const ink_distortion *d, uint64_t number, const og_strokes *strokes,
                     uint8_t raster[OG_RASTER_SIZE], og_error *error) {
  /* Checks the drawing, too. */
  og_status status = og_raster_from_strokes(strokes, OG_FRAME_FIT, raster, error);
  if (status || !d)
    return status;
  if (d->kind == INK_THICK)
    return photograph(strokes, d->amount, raster, error);
  og_random random = og_random_stream(d->seed ^ 0x696e6bu, number);
  if (d->kind == INK_IMAGINE)
    return imagine(d, strokes, &random, raster, error);
  sheet out = {.lengths = calloc(strokes->count + 1, sizeof *out.lengths)};
  if (out.lengths && distort(d, strokes, &random, &out)) {
    og_strokes distorted = {out.xy, out.lengths, strokes->count};
    status = og_raster_from_strokes(&distorted, OG_FRAME_FIT, raster, error);
  } else {
    status = out.points == OG_MAX_POINTS ? og_fail(error, OG_ERROR_TOO_LARGE,
                                                   "drawing: too long for points that close", NULL)
                                         : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  }
  free(out.xy);
  free(out.lengths);
  return status;
}
