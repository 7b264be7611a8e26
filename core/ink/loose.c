/* Inventing symbols of loose strokes: each alphabet has a handful of places, each place its own
 * short stroke or dot, and a symbol is a choice among the places. Scripts like braille, ogham or
 * tally marks work so; what tells their symbols apart is where a stroke is, not what it looks
 * like. */
#include <string.h>

#include "ink/symbol.h"

enum {
  FEWEST_PLACES = 6,
  MOST_PLACES = 9,
  FEWEST_STROKES = 2,
  MOST_STROKES = OG_LIMBS,
  TRIES = 64, /* for a place that keeps its distance */
};

typedef struct places {
  uint32_t count;
  float at[MOST_PLACES][2];
  og_limb limb[MOST_PLACES];
} places;

/* True if (x, y) is at least `gap` from the places there are. */
static int keeps_distance(const places *p, float x, float y, float gap) {
  for (uint32_t i = 0; i < p->count; i++) {
    float dx = p->at[i][0] - x, dy = p->at[i][1] - y;
    if (dx * dx + dy * dy < gap * gap)
      return 0;
  }
  return 1;
}

static places invent_places(uint64_t seed) {
  og_random r = og_random_stream(seed, 0x100053);
  uint32_t wanted = FEWEST_PLACES + (uint32_t)og_random_below(&r, MOST_PLACES - FEWEST_PLACES + 1);
  float kind = og_random_unit(&r);
  float dots = kind < 0.2f ? 1 : kind < 0.5f ? 0.2f : 0;
  float length = og_random_between(&r, 0.25f, 0.5f), bend = og_random_between(&r, 0, 1);
  bend = bend < 0.6f ? 0 : 0.3f * (bend - 0.5f);
  uint32_t headings = 2 + 2 * (uint32_t)og_random_below(&r, 3); /* 2, 4 or 6 in half a turn */
  places p = {0};
  float gap = 0.42f;
  for (int tries = 0; p.count < wanted; tries++) {
    float x = og_random_unit(&r), y = og_random_unit(&r);
    if (tries % TRIES == TRIES - 1)
      gap *= 0.9f;
    if (!keeps_distance(&p, x, y, gap))
      continue;
    p.at[p.count][0] = x;
    p.at[p.count][1] = y;
    og_limb *limb = &p.limb[p.count++];
    limb->hang = 0.5f;
    limb->heading = 0.5f * (float)og_random_below(&r, headings) / (float)headings;
    if (og_random_unit(&r) < dots)
      continue;
    limb->pieces = 1;
    limb->piece[0].length = length * og_random_between(&r, 0.8f, 1.2f);
    limb->piece[0].turn = bend * og_random_signed(&r);
  }
  return p;
}

static uint32_t count_ones(uint32_t bits) {
  uint32_t ones = 0;
  for (; bits; bits &= bits - 1)
    ones++;
  return ones;
}

/* The filled places of symbol `symbol`: a walk through all choices in an order of the alphabet's
 * own, so that no two of its symbols are equal before all choices are used up. */
static uint32_t choose(uint64_t seed, uint32_t symbol, uint32_t count) {
  og_random r = og_random_stream(seed, 0x100054);
  uint32_t all = (1u << count) - 1, start = (uint32_t)og_random_below(&r, all);
  uint32_t step = 2 * (uint32_t)og_random_below(&r, all) + 1, usable = 0;
  for (uint32_t bits = 0; bits <= all; bits++) {
    uint32_t ones = count_ones(bits);
    usable += ones >= FEWEST_STROKES && ones <= MOST_STROKES;
  }
  uint32_t left = symbol % usable;
  for (uint32_t i = 0;; i++) {
    uint32_t bits = (start + step * i) & all, ones = count_ones(bits);
    if (ones < FEWEST_STROKES || ones > MOST_STROKES)
      continue;
    if (!left--)
      return bits;
  }
}

void og_symbol_invent_loose(uint64_t seed, uint32_t symbol, og_symbol *out) {
  places p = invent_places(seed);
  uint32_t bits = choose(seed, symbol, p.count);
  const float *origin = NULL; /* the first stroke's place, which the others are beside */
  memset(out, 0, sizeof *out);
  out->slip = 1.7f; /* nothing to join them to */
  for (uint32_t i = 0; i < p.count; i++) {
    if (!(bits >> i & 1))
      continue;
    og_limb *limb = &out->limb[out->limbs++];
    *limb = p.limb[i];
    origin = origin ? origin : p.at[i];
    limb->at = 0.5f;
    limb->dx = p.at[i][0] - origin[0];
    limb->dy = p.at[i][1] - origin[1];
  }
}
