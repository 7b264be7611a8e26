/* Jitter of strokes. See jitter.h. */
#include "ink/jitter.h"

#include <math.h>

/* Standard deviations at strength 1. */
static const float place = 0.03f;   /* of a stroke, in sides of the box, each way */
static const float turning = 0.08f; /* radians */
static const float sizing = 0.08f;  /* of the log of its size */
static const float bending = 0.05f; /* of its middle and quarters, in its own lengths or sides */

/* How one stroke changes: p -> middle + matrix (p - middle) + shift + bend. */
typedef struct change {
  float m[4], shift[2], bow[2], wave[2];
} change;

static float longer_side(const og_strokes *s) {
  float low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  const float *xy = s->xy;
  for (size_t i = 0; i < s->count; xy += 2 * (size_t)s->lengths[i++])
    for (size_t p = 0; p < s->lengths[i]; p++)
      for (int c = 0; c < 2; c++) {
        low[c] = fminf(low[c], xy[2 * p + (size_t)c]);
        high[c] = fmaxf(high[c], xy[2 * p + (size_t)c]);
      }
  float side = fmaxf(high[0] - low[0], high[1] - low[1]);
  return side > 0 ? side : 0;
}

/* One draw a statement: the order of draws in an expression is the compiler's choice. */
static change draw_change(float strength, float side, float length, og_random *random) {
  change c;
  float angle = strength * turning * og_random_normal(random);
  float size_x = expf(strength * sizing * og_random_normal(random));
  float size_y = expf(strength * sizing * og_random_normal(random));
  for (int k = 0; k < 2; k++)
    c.shift[k] = strength * place * side * og_random_normal(random);
  for (int k = 0; k < 2; k++)
    c.bow[k] = strength * bending * length * og_random_normal(random);
  for (int k = 0; k < 2; k++)
    c.wave[k] = strength * bending / 2 * length * og_random_normal(random);
  float cosine = cosf(angle), sine = sinf(angle);
  c.m[0] = size_x * cosine;
  c.m[1] = -size_y * sine;
  c.m[2] = size_x * sine;
  c.m[3] = size_y * cosine;
  return c;
}

static float path_length(const float *xy, uint32_t points) {
  float sum = 0;
  for (uint32_t p = 1; p < points; p++)
    sum += hypotf(xy[2 * p] - xy[2 * p - 2], xy[2 * p + 1] - xy[2 * p - 1]);
  return sum;
}

/* Moves the points of one stroke; where along it a point lies decides how far it is bent. */
static void move(const change *c, const float *xy, uint32_t points, float length, float *out) {
  float middle[2] = {0, 0}, gone = 0;
  for (uint32_t p = 0; p < points; p++)
    for (int k = 0; k < 2; k++)
      middle[k] += xy[2 * p + (uint32_t)k] / (float)points;
  for (uint32_t p = 0; p < points; p++) {
    if (p)
      gone += hypotf(xy[2 * p] - xy[2 * p - 2], xy[2 * p + 1] - xy[2 * p - 1]);
    float part = length > 0 ? gone / length : 0, half_turn = 3.14159265f * part;
    float x = xy[2 * p] - middle[0], y = xy[2 * p + 1] - middle[1];
    for (int k = 0; k < 2; k++)
      out[2 * p + (uint32_t)k] = middle[k] + c->m[2 * k] * x + c->m[2 * k + 1] * y + c->shift[k] +
                                 c->bow[k] * sinf(half_turn) + c->wave[k] * sinf(2 * half_turn);
  }
}

void og_strokes_jitter(const og_strokes *s, float strength, og_random *random, float *out) {
  float side = longer_side(s);
  const float *xy = s->xy;
  for (size_t i = 0; i < s->count; i++) {
    float length = path_length(xy, s->lengths[i]);
    change c = draw_change(strength, side, fminf(length, side), random);
    move(&c, xy, s->lengths[i], length, out);
    xy += 2 * (size_t)s->lengths[i];
    out += 2 * (size_t)s->lengths[i];
  }
}
