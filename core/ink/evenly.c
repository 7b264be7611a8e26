/* Evenly sampled strokes and where they touch. See evenly.h. */
#include "ink/evenly.h"

#include <math.h>

enum {
  LOOKED_AT = 48, /* points of a stroke that joins are looked for at, or up to twice as many */
  EARLIER = 32,   /* strokes that one may hang on: the latest so many before it */
};

float og_strokes_side(const og_strokes *s) {
  float low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  const float *xy = s->xy;
  for (size_t i = 0; i < s->count; xy += 2 * (size_t)s->lengths[i++])
    for (size_t p = 0; p < 2 * (size_t)s->lengths[i]; p++) {
      low[p % 2] = fminf(low[p % 2], xy[p]);
      high[p % 2] = fmaxf(high[p % 2], xy[p]);
    }
  float side = fmaxf(high[0] - low[0], high[1] - low[1]);
  return side > 0 ? side : 0;
}

static float gap(const float *a, const float *b) {
  float x = a[0] - b[0], y = a[1] - b[1];
  return sqrtf(x * x + y * y);
}

float og_stroke_length(const float *xy, uint32_t points) {
  float sum = 0;
  for (uint32_t p = 1; p < points; p++)
    sum += gap(xy + 2 * p, xy + 2 * p - 2);
  return sum;
}

void og_stroke_sample(const float *xy, uint32_t points, uint32_t count, float *out) {
  float step = count > 1 ? og_stroke_length(xy, points) / (float)(count - 1) : 0, gone = 0;
  uint32_t p = 0; /* the piece from p to p + 1 begins `gone` from the start */
  for (uint32_t i = 0; i < count; i++) {
    float wanted = step * (float)i, piece = 0;
    while (p + 1 < points && gone + (piece = gap(xy + 2 * p, xy + 2 * p + 2)) < wanted) {
      gone += piece;
      p++;
    }
    float part = p + 1 < points && piece > 0 ? (wanted - gone) / piece : 0;
    const float *here = xy + 2 * p, *next = p + 1 < points ? here + 2 : here;
    for (int c = 0; c < 2; c++)
      out[2 * i + (uint32_t)c] = here[c] + part * (next[c] - here[c]);
  }
}

static uint32_t stride(uint32_t points) {
  return 1 + points / (2 * LOOKED_AT);
}

/* A point of the other stroke, and how far it is from ours. */
typedef struct touch {
  uint32_t own, stroke, at;
  float distance;
} touch;

/* The nearest point of `other` [from .. points - 1] to point `own` of `xy`, if nearer than `best`.
 */
static void look(const float *xy, uint32_t own, uint32_t stroke, const float *other,
                 uint32_t points, touch *best) {
  uint32_t step = stride(points);
  for (uint32_t p = 0; p < points + step - 1; p += step) {
    uint32_t at = p < points ? p : points - 1; /* the last too */
    float distance = gap(xy + 2 * own, other + 2 * at);
    if (distance < best->distance)
      *best = (touch){own, stroke, at, distance};
  }
}

/* The nearest points of all of ours and all of the other's. */
static void look_all(const float *xy, uint32_t points, uint32_t stroke, const float *other,
                     uint32_t others, touch *best) {
  for (uint32_t own = 0; own < points; own += stride(points))
    look(xy, own, stroke, other, others, best);
}

/* The end on an earlier part of the same stroke, unless it has hardly left it. */
static void look_back(const float *xy, uint32_t points, uint32_t stroke, float reach, touch *best) {
  float step = points > 1 ? gap(xy, xy + 2) : 0;
  uint32_t least = step > 0 ? (uint32_t)fminf(4 * reach / step, 1e9f) + 1 : points;
  if (points > least)
    look(xy, points - 1, stroke, xy, points - least, best);
}

static og_join join_at(const float *others, uint32_t points, touch t, float reach) {
  uint32_t before = t.at ? t.at - 1 : 0, after = t.at + 1 < points ? t.at + 1 : t.at;
  const float *a = others + 2 * before, *b = others + 2 * after, *here = others + 2 * t.at;
  float length = gap(a, b);
  og_join join = {t.own, t.stroke, t.at, here[0], here[1], 0, 0, t.distance > reach};
  if (length > 0) {
    join.along_x = (b[0] - a[0]) / length;
    join.along_y = (b[1] - a[1]) / length;
  }
  return join;
}

static const float *stroke_at(const og_strokes *s, uint32_t i) {
  const float *xy = s->xy;
  for (uint32_t k = 0; k < i; k++)
    xy += 2 * (size_t)s->lengths[k];
  return xy;
}

uint32_t og_find_joins(const og_strokes *even, uint32_t i, float reach, og_join joins[2]) {
  uint32_t points = even->lengths[i], count = 0, first = i > EARLIER ? i - EARLIER : 0;
  const float *xy = stroke_at(even, i), *other = stroke_at(even, first);
  touch start = {.distance = INFINITY}, end = start, any = start, second = start;
  if (!points)
    return 0;
  for (uint32_t j = first; j < i; other += 2 * (size_t)even->lengths[j++]) {
    touch nearest = {.distance = INFINITY};
    look(xy, 0, j, other, even->lengths[j], &start);
    look(xy, points - 1, j, other, even->lengths[j], &end);
    look_all(xy, points, j, other, even->lengths[j], &nearest);
    if (nearest.distance < any.distance) {
      second = any;
      any = nearest;
    } else if (nearest.distance < second.distance) {
      second = nearest;
    }
  }
  look_back(xy, points, i, reach, &end);
  touch found[2];
  if (start.distance <= reach)
    found[count++] = start;
  if (end.distance <= reach && points > 1)
    found[count++] = end;
  if (!count && any.distance < INFINITY) {
    found[count++] = any;
    if (second.distance <= reach)
      found[count++] = second;
  }
  if (count == 2 && found[0].own > found[1].own) {
    touch swap = found[0];
    found[0] = found[1];
    found[1] = swap;
  }
  if (count == 2 && (found[1].own - found[0].own) * 4 < points)
    count = 1; /* too near each other to say anything of two places */
  for (uint32_t k = 0; k < count; k++)
    joins[k] =
        join_at(stroke_at(even, found[k].stroke), even->lengths[found[k].stroke], found[k], reach);
  return count;
}
