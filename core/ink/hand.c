/* Drawing invented symbols as people do: each in a hand of their own, and never twice the same. */
#include <string.h>

#include "ink/direction.h"
#include "ink/ink.h"
#include "ink/pen.h"
#include "ink/symbol.h"

/* How one person writes. */
typedef struct hand {
  float slant, tilt; /* shear of uprights; rotation, in turns */
  float narrow;      /* width over height, against the symbol's own */
  float size;        /* pixels of the longer side */
  float careless;    /* spread of lengths, angles and places, 0 .. 1 */
  float wobble;      /* spread of the heading on the way */
  float curl;        /* turns are this much tighter */
  uint32_t rounding; /* passes that round corners off */
} hand;

static hand invent_hand(uint64_t seed, uint32_t drawer) {
  og_random r = og_random_stream(seed ^ 0x4a4d, drawer);
  hand h;
  h.slant = 0.11f * og_random_normal(&r);
  h.tilt = 0.009f * og_random_normal(&r);
  h.narrow = 1 + 0.13f * og_random_signed(&r);
  h.size = (float)OG_FIT_SIZE * (1 + 0.12f * og_random_normal(&r));
  float neat = og_random_unit(&r);
  h.careless = 0.25f + 0.75f * neat * neat;
  h.wobble = 0.002f + 0.006f * og_random_unit(&r);
  h.curl = 1 + 0.12f * og_random_signed(&r);
  h.rounding = (uint32_t)og_random_below(&r, 4);
  return h;
}

typedef struct trace {
  float (*xy)[2];
  uint32_t count;
} trace;

/* Point and heading (as a unit step) at part `at` of a stroke's points. */
static uint32_t index_at(const trace *t, float at) {
  return (uint32_t)(at * (float)(t->count - 1) + 0.5f);
}

/* Runs a limb's pieces from (0, 0). */
static void run(const og_limb *limb, float heading, const hand *h, og_random *r, trace *t) {
  enum { FINE = 20, MOST = 24 }; /* points to a height, and of a piece */
  float x = 0, y = 0, sway = 0;
  t->xy[0][0] = t->xy[0][1] = 0;
  t->count = 1;
  heading += 0.02f * h->careless * og_random_normal(r);
  for (uint32_t i = 0; i < limb->pieces; i++) {
    const og_piece *p = &limb->piece[i];
    float length = p->length * (1 + 0.12f * h->careless * og_random_normal(r));
    float turn = p->turn * h->curl * (1 + 0.08f * h->careless * og_random_normal(r));
    heading += p->corner * (1 + 0.08f * h->careless * og_random_normal(r));
    length = length < 0.05f ? 0.05f : length;
    int steps = (int)(length * FINE) + 2;
    steps = steps > MOST ? MOST : steps;
    float step = length / (float)steps, bend = turn / (float)steps;
    for (int k = 0; k < steps; k++) {
      float dx, dy;
      sway = 0.8f * sway + h->wobble * og_random_normal(r);
      og_direction(heading + bend / 2 + sway, &dx, &dy);
      heading += bend;
      x += step * dx;
      y += step * dy;
      t->xy[t->count][0] = x;
      t->xy[t->count][1] = y;
      t->count++;
    }
  }
}

/* Rounds corners: each pass takes the mean of a point and its neighbours, ends stay. */
static void round_off(trace *t, uint32_t passes) {
  for (uint32_t pass = 0; pass < passes; pass++) {
    for (int c = 0; c < 2; c++) {
      float before = t->xy[0][c];
      for (uint32_t i = 1; i + 1 < t->count; i++) {
        float here = t->xy[i][c];
        t->xy[i][c] = (before + 2 * here + t->xy[i + 1][c]) / 4;
        before = here;
      }
    }
  }
}

/* Moves a stroke to where it belongs, give or take `slip`. */
static void attach(const og_limb *limb, float slip, const trace *base, og_random *r, trace *t) {
  uint32_t own = index_at(t, limb->hang);
  const float *place = base->xy[index_at(base, limb->at)];
  float dx = place[0] - t->xy[own][0] + limb->dx + slip * og_random_normal(r);
  float dy = place[1] - t->xy[own][1] + limb->dy + slip * og_random_normal(r);
  for (uint32_t i = 0; i < t->count; i++) {
    t->xy[i][0] += dx;
    t->xy[i][1] += dy;
  }
}

/* Heading of a stroke around part `at`, in turns: the direction whose unit step fits best of 64. */
static float heading_at(const trace *t, float at) {
  uint32_t i = index_at(t, at), from = i > 2 ? i - 2 : 0;
  uint32_t to = i + 2 < t->count ? i + 2 : t->count - 1;
  float dx = t->xy[to][0] - t->xy[from][0], dy = t->xy[to][1] - t->xy[from][1];
  float best = -1, heading = 0;
  for (int k = 0; k < 64; k++) {
    float x, y;
    og_direction((float)k / 64, &x, &y);
    if (x * dx + y * dy > best) {
      best = x * dx + y * dy;
      heading = (float)k / 64;
    }
  }
  return heading;
}

/* Slants, tilts and narrows all points, and puts their box in the middle of the raster. */
static void finish(const hand *h, og_random *r, og_drawing *d, uint32_t points) {
  float x, y, low[2] = {0}, high[2] = {0};
  float slant = h->slant + 0.03f * og_random_normal(r);
  float narrow = h->narrow * (1 + 0.05f * h->careless * og_random_normal(r));
  og_direction(h->tilt + 0.006f * og_random_normal(r), &x, &y);
  for (uint32_t i = 0; i < points; i++) {
    float *p = d->xy[i];
    float u = (p[0] - slant * p[1]) * narrow, v = p[1];
    p[0] = x * u - y * v;
    p[1] = y * u + x * v;
    for (int c = 0; c < 2; c++) {
      low[c] = i == 0 || p[c] < low[c] ? p[c] : low[c];
      high[c] = i == 0 || p[c] > high[c] ? p[c] : high[c];
    }
  }
  float width = high[0] - low[0], height = high[1] - low[1];
  float longer = width > height ? width : height;
  float size = h->size * (1 + 0.08f * og_random_normal(r));
  size = size < 35 ? 35 : size > 95 ? 95 : size;
  float scale = size / (longer > 0.2f ? longer : 0.2f);
  for (int c = 0; c < 2; c++) {
    float middle = (float)(OG_RASTER_SIDE - 1) / 2 + 3 * og_random_normal(r);
    for (uint32_t i = 0; i < points; i++)
      d->xy[i][c] = (d->xy[i][c] - (low[c] + high[c]) / 2) * scale + middle;
  }
}

void og_symbol_draw(og_symbol_style style, uint64_t seed, uint32_t symbol, uint32_t drawer,
                    og_drawing *out) {
  og_symbol plan;
  if (style == OG_SYMBOL_LOOSE)
    og_symbol_invent_loose(seed, symbol, &plan);
  else
    og_symbol_invent(seed, symbol, &plan);
  hand h = invent_hand(seed, drawer);
  og_random r = og_random_stream(seed ^ (uint64_t)symbol << 32, (uint64_t)drawer << 1 | 1);
  memset(out, 0, sizeof *out);
  trace traces[OG_LIMBS];
  uint32_t points = 0;
  for (uint32_t i = 0; i < plan.limbs; i++) {
    const og_limb *limb = &plan.limb[i];
    const trace *base = &traces[i ? limb->base : 0];
    traces[i].xy = out->xy + points;
    float heading = limb->heading + (limb->relative ? heading_at(base, limb->at) : 0);
    run(limb, heading, &h, &r, &traces[i]);
    round_off(&traces[i], h.rounding);
    if (i)
      attach(limb, 0.035f * h.careless * plan.slip, base, &r, &traces[i]);
    out->lengths[i] = traces[i].count;
    points += traces[i].count;
  }
  out->strokes = plan.limbs;
  finish(&h, &r, out, points);
}
