/* New examples of a symbol. See imagine.h. */
#include "ink/imagine.h"

#include <math.h>

#include "base/error.h"
#include "ink/direction.h"
#include "ink/evenly.h"

enum {
  MOST = 256, /* points of a stroke */
  BOUND = 64, /* strokes that hang on each other; more are a picture, not a symbol */
};
static const float spacing = 0.025f; /* of points, in sides: below two pixels of a raster */
static const float most_coordinate = 1e15f;
static const float shortest = 0.2f; /* stroke that bends as those of its row, in sides */
static const float reach = 0.08f;   /* strokes so near touch: about the pen's width */

const float og_longest[OG_LENGTHS] = {0.35f, 0.7f, 1.4f, INFINITY};

const og_hands og_background_hands = {
    .turn = 0.0139f,
    .slant = 0.075f,
    .stretch = 0.148f,
    .wave = {{0.0301f, 0.0074f, 0.0068f, 0.0030f, 0.0036f},
             {0.0355f, 0.0113f, 0.0068f, 0.0049f, 0.0042f},
             {0.0376f, 0.0164f, 0.0103f, 0.0064f, 0.0057f},
             {0.0218f, 0.0327f, 0.0349f, 0.0282f, 0.0220f}},
    .slide = 0.099f,
    .part = 0.057f,
    .apart = 0.161f,
};

size_t og_imagine_lengths(const og_strokes *s, uint32_t *lengths, og_error *error) {
  size_t sum;
  if (og_strokes_check(s, &sum, error))
    return 0;
  for (size_t i = 0; i < 2 * sum; i++)
    if (!(fabsf(s->xy[i]) < most_coordinate)) {
      og_fail(error, OG_ERROR_FORMAT, "drawing: a coordinate is too large", NULL);
      return 0;
    }
  float step = spacing * og_strokes_side(s);
  const float *xy = s->xy;
  sum = 0;
  for (size_t i = 0; i < s->count; xy += 2 * (size_t)s->lengths[i++]) {
    float pieces = step > 0 ? og_stroke_length(xy, s->lengths[i]) / step : 0;
    lengths[i] = !s->lengths[i]      ? 0
                 : !(pieces > 0)     ? 1
                 : pieces < MOST - 2 ? (uint32_t)pieces + 2
                                     : MOST;
    sum += lengths[i];
  }
  return sum;
}

static float draw(float deviation, og_random *random) {
  return deviation * og_random_normal(random);
}

/* The displacement of a stroke's points that is its own: half waves along it. */
typedef struct bend {
  float wave[OG_WAVES][2];
} bend;

/* One draw a statement: the order of draws in an expression is the compiler's choice. A tick much
 * shorter than those that were measured bends less. */
static bend draw_bend(const og_hands *hands, float side, float length, og_random *random) {
  bend b;
  int row = 0;
  while (length > og_longest[row] * side)
    row++;
  float size = length < shortest * side ? length / shortest : side;
  for (int k = 0; k < OG_WAVES; k++)
    for (int c = 0; c < 2; c++)
      b.wave[k][c] = draw(size * hands->wave[row][k], random);
  return b;
}

/* At part `t` of the way: sum of wave[k] sqrt(2) cos(pi (k + 1) t), by Chebyshev's recurrence. */
static void bend_at(const bend *b, float t, float out[2]) {
  float cosine, sine;
  og_direction(t / 2, &cosine, &sine);
  float before = 1, now = cosine;
  out[0] = out[1] = 0;
  for (int k = 0; k < OG_WAVES; k++) {
    for (int c = 0; c < 2; c++)
      out[c] += 1.41421356f * now * b->wave[k][c];
    float next = 2 * cosine * now - before;
    before = now;
    now = next;
  }
}

static float part_of(uint32_t p, uint32_t points) {
  return points > 1 ? (float)p / (float)(points - 1) : 0.5f;
}

/* How far a join's point is to go: with the point it lies on, which is at `now`, give or take. */
static void draw_slip(const og_hands *hands, float size, const og_join *join, const float *now,
                      og_random *random, float out[2]) {
  float along = draw(size * (join->loose ? hands->apart : hands->slide), random);
  float across = draw(size * (join->loose ? hands->apart : hands->part), random);
  if (join->along_x == 0 && join->along_y == 0)
    along = draw(size * (join->loose ? hands->apart : hands->part), random);
  float x = join->along_x, y = x == 0 && join->along_y == 0 ? 1 : join->along_y;
  out[0] = now[0] - join->x + along * x - across * y;
  out[1] = now[1] - join->y + along * y + across * x;
}

/* What is added to a stroke's own bend so that its joins hold: at[0] up to part from[0], at[1] from
 * from[1] on, and in between both in proportion. */
typedef struct hold {
  float from[2], at[2][2];
} hold;

static void hold_at(const hold *h, float t, float out[2]) {
  float wide = h->from[1] - h->from[0];
  float part = wide > 0 ? (t - h->from[0]) / wide : 0;
  part = part < 0 ? 0 : part > 1 ? 1 : part;
  for (int c = 0; c < 2; c++)
    out[c] += h->at[0][c] + part * (h->at[1][c] - h->at[0][c]);
}

/* `out` holds the new points of the strokes before, and of this one the old. */
static void move(const og_hands *hands, float side, const og_join *joins, uint32_t count,
                 float *const *placed, uint32_t i, uint32_t points, og_random *random) {
  float *xy = placed[i];
  bend own = draw_bend(hands, side, og_stroke_length(xy, points), random);
  hold others = {{0, 0}, {{0, 0}, {0, 0}}}, self = others;
  uint32_t held = 0;
  for (uint32_t k = 0; k < count; k++) {
    float slip[2], bent[2], t = part_of(joins[k].own, points);
    if (joins[k].stroke == i) {
      draw_slip(hands, side, &joins[k], (const float[]){joins[k].x, joins[k].y}, random, slip);
      self.from[0] = part_of(joins[k].at, points);
      self.from[1] = 1;
      bend_at(&own, self.from[0], self.at[1]);
      bend_at(&own, 1, bent);
      for (int c = 0; c < 2; c++)
        self.at[1][c] += slip[c] - bent[c];
      continue;
    }
    draw_slip(hands, side, &joins[k], placed[joins[k].stroke] + 2 * joins[k].at, random, slip);
    bend_at(&own, t, bent);
    for (int c = 0; c < 2; c++)
      others.at[held][c] = slip[c] - bent[c];
    others.from[held++] = t;
  }
  for (uint32_t p = 0; p < points; p++) {
    float t = part_of(p, points), by[2];
    bend_at(&own, t, by);
    hold_at(&others, t, by);
    hold_at(&self, t, by);
    for (int c = 0; c < 2; c++)
      xy[2 * p + (uint32_t)c] += by[c];
  }
}

/* The whole drawing through one linear map, about the middle of its points. */
static void map_all(const og_hands *hands, og_random *random, size_t points, float *xy) {
  float turn = draw(hands->turn, random);
  float slant = draw(hands->slant, random);
  float stretch = draw(hands->stretch, random) / 2, cosine, sine, middle[2] = {0, 0};
  og_direction(turn, &cosine, &sine);
  float wide = 1 + stretch + stretch * stretch / 2, high = 1 / wide;
  for (size_t p = 0; p < 2 * points; p++)
    middle[p % 2] += xy[p] / (float)points;
  for (size_t p = 0; p < points; p++) {
    float y = high * (xy[2 * p + 1] - middle[1]), x = wide * (xy[2 * p] - middle[0]) + slant * y;
    xy[2 * p] = middle[0] + cosine * x - sine * y;
    xy[2 * p + 1] = middle[1] + sine * x + cosine * y;
  }
}

static og_hands scaled(const og_hands *hands, float strength) {
  og_hands h = *hands;
  float *const all[] = {&h.turn, &h.slant, &h.stretch, &h.slide, &h.part, &h.apart};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    *all[i] *= strength;
  for (int k = 0; k < OG_LENGTHS * OG_WAVES; k++)
    h.wave[k / OG_WAVES][k % OG_WAVES] *= strength;
  return h;
}

void og_imagine(const og_strokes *s, const og_hands *hands, float strength, og_random *random,
                const uint32_t *lengths, float *xy) {
  og_join joins[BOUND][2];
  uint32_t counts[BOUND];
  float *placed[BOUND], *at = xy;
  const float *old = s->xy;
  const og_hands h = scaled(hands, strength);
  float side = og_strokes_side(s);
  size_t points = 0;
  for (size_t i = 0; i < s->count;
       old += 2 * (size_t)s->lengths[i], at += 2 * (size_t)lengths[i++]) {
    og_stroke_sample(old, s->lengths[i], lengths[i], at);
    points += lengths[i];
    if (i < BOUND)
      placed[i] = at;
  }
  const og_strokes even = {xy, lengths, s->count};
  uint32_t bound = s->count < BOUND ? (uint32_t)s->count : BOUND;
  for (uint32_t i = 0; i < bound; i++)
    counts[i] = og_find_joins(&even, i, reach * side, joins[i]);
  for (uint32_t i = 0; i < bound; i++)
    move(&h, side, joins[i], counts[i], placed, i, lengths[i], random);
  map_all(&h, random, points, xy);
}
