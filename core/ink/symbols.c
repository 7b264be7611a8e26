/* Inventing symbols: each alphabet has its own taste, each symbol one to four strokes.
 *
 * Strokes are the shapes that the world's scripts are written with (Changizi and others, The
 * structures of letters and symbols throughout human history, The American Naturalist 167(5),
 * 2006): lines, angles, arcs, hooks, waves, loops and dots, which touch at their ends, in T, or
 * cross. */
#include <string.h>

#include "ink/symbol.h"

enum { MOST_JOINED = 4 }; /* strokes */

/* Kinds of stroke. */
enum { LINE, ANGLE, ZIGZAG, BOW, HOOK, WAVE, ARCH, RING, CURL, LOOP, KINDS };

/* What the symbols of one alphabet have in common. */
typedef struct taste {
  float favour[KINDS];
  float upright;  /* part of first strokes that run straight down */
  float hooks;    /* part of strokes that end in a small hook */
  float dots;     /* part of symbols with a dot */
  float crossing; /* part of added strokes that cross rather than touch */
  float handed;   /* part of turns that go clockwise */
  uint32_t fewest, most;
} taste;

static taste invent_taste(uint64_t seed) {
  og_random r = og_random_stream(seed, 0x7a57e);
  taste t;
  for (int k = 0; k < KINDS; k++) {
    float liking = og_random_unit(&r);
    t.favour[k] = 0.1f + liking * liking * liking; /* a few kinds stand out */
  }
  t.upright = og_random_between(&r, 0.3f, 0.9f);
  t.hooks = og_random_between(&r, 0.0f, 0.4f);
  t.dots = og_random_between(&r, 0.0f, 0.35f);
  t.crossing = og_random_between(&r, 0.15f, 0.6f);
  t.handed = og_random_between(&r, 0.2f, 0.8f);
  t.fewest = og_random_chance(&r, 0.3f) ? 2 : 1;
  t.most = t.fewest + 1 + (uint32_t)og_random_below(&r, 2);
  return t;
}

static int pick_kind(og_random *r, const taste *t) {
  float sum = 0;
  for (int k = 0; k < KINDS; k++)
    sum += t->favour[k];
  float at = og_random_unit(r) * sum;
  int kind = 0;
  while (kind < KINDS - 1 && (at -= t->favour[kind]) > 0)
    kind++;
  return kind;
}

typedef struct range {
  float low, high;
} range;

/* The pieces of each kind of stroke, about a letter's height long, turning clockwise. */
static const struct {
  range corner, length, turn;
} kinds[KINDS][3] = {
    [LINE] = {{{0, 0}, {0.7f, 1.1f}, {0, 0.03f}}},
    [ANGLE] = {{{0, 0}, {0.5f, 1}, {0, 0}}, {{0.2f, 0.4f}, {0.4f, 0.9f}, {0, 0}}},
    [ZIGZAG] = {{{0, 0}, {0.5f, 0.9f}, {0, 0}},
                {{0.25f, 0.42f}, {0.4f, 0.8f}, {0, 0}},
                {{-0.42f, -0.25f}, {0.5f, 0.9f}, {0, 0}}},
    [BOW] = {{{0, 0}, {1, 1.7f}, {0.3f, 0.7f}}},
    [HOOK] = {{{0, 0}, {0.6f, 0.9f}, {0, 0}}, {{0, 0}, {0.4f, 0.7f}, {0.35f, 0.6f}}},
    [WAVE] = {{{0, 0}, {0.6f, 0.9f}, {0.35f, 0.6f}}, {{0, 0}, {0.6f, 0.9f}, {-0.6f, -0.35f}}},
    [ARCH] = {{{0, 0}, {0.4f, 0.7f}, {0, 0}},
              {{0, 0}, {0.5f, 0.9f}, {0.45f, 0.5f}},
              {{0, 0}, {0.25f, 0.7f}, {0, 0}}},
    [RING] = {{{0, 0}, {1.4f, 2.2f}, {0.95f, 1.02f}}},
    [CURL] = {{{0, 0}, {0.8f, 1.2f}, {0.05f, 0.25f}}, {{0, 0}, {0.8f, 1.1f}, {0.75f, 0.95f}}},
    [LOOP] = {{{0, 0}, {0.5f, 0.8f}, {0, 0}},
              {{0, 0}, {0.7f, 1}, {0.75f, 0.95f}},
              {{0, 0}, {0.4f, 0.7f}, {0, 0}}},
};

static float within(og_random *r, range of) {
  return og_random_between(r, of.low, of.high);
}

static float side_of(og_random *r, float part) {
  return og_random_chance(r, part) ? 1 : -1;
}

/* Adds the pieces of a kind. Every random number is drawn in a statement of its own here and below:
 * compilers evaluate the arguments of a call, or the sides of a sum, in an order of their own. */
static void shape(og_random *r, const taste *t, int kind, og_limb *limb) {
  float way = side_of(r, t->handed);
  for (int k = 0; k < 3 && kinds[kind][k].length.high > 0; k++) {
    og_piece *piece = &limb->piece[limb->pieces++];
    piece->corner = way * within(r, kinds[kind][k].corner);
    piece->length = within(r, kinds[kind][k].length);
    piece->turn = way * within(r, kinds[kind][k].turn);
  }
}

/* A small hook at the end. */
static void add_hook(og_random *r, og_limb *limb) {
  og_piece *piece = &limb->piece[limb->pieces++];
  float way = side_of(r, 0.5f);
  piece->length = og_random_between(r, 0.2f, 0.35f);
  piece->turn = way * og_random_between(r, 0.3f, 0.5f);
}

static void resize(og_limb *limb, float scale) {
  for (uint32_t i = 0; i < limb->pieces; i++)
    limb->piece[i].length *= scale;
}

/* Directions that pens like: straight down, slanting, across. */
static float pick_heading(og_random *r, float upright) {
  if (og_random_chance(r, upright))
    return 0.25f;
  static const float others[] = {0, 0.125f, 0.375f, 0.125f, 0.375f, -0.125f};
  float heading = others[og_random_below(r, 6)];
  return heading + og_random_between(r, -0.03f, 0.03f);
}

/* Returns whether the stroke may stand alone: an alphabet has room for few bare lines and rings. */
static int invent_first(og_random *r, const taste *t, og_limb *limb) {
  int kind = pick_kind(r, t);
  shape(r, t, kind, limb);
  limb->heading = pick_heading(r, t->upright);
  if (og_random_chance(r, t->hooks))
    add_hook(r, limb);
  return kind != LINE && kind != RING && kind != BOW;
}

/* A stroke that touches or crosses the one before, at a place that letters use. */
static void invent_next(og_random *r, const taste *t, uint32_t base, int second, og_limb *limb) {
  static const float places[] = {0, 0, 0.25f, 0.5f, 0.5f, 0.75f, 1, 1};
  limb->base = base;
  limb->at = places[og_random_below(r, 8)];
  if (og_random_chance(r, t->crossing)) { /* a bar through the middle, or a shorter stroke across */
    shape(r, t, og_random_chance(r, 0.7f) ? LINE : WAVE, limb);
    limb->hang = 0.5f;
    limb->relative = 1;
    limb->heading = side_of(r, 0.5f) * 0.25f;
    limb->heading += og_random_between(r, -0.06f, 0.06f);
    limb->at = og_random_between(r, 0.2f, 0.8f);
    resize(limb, og_random_between(r, 0.5f, 0.9f));
    return;
  }
  static const int plain[] = {LINE, BOW, HOOK, ANGLE}; /* so that third strokes do not tangle */
  shape(r, t, second ? pick_kind(r, t) : plain[og_random_below(r, 4)], limb);
  limb->relative = og_random_chance(r, 0.6f);
  float side = side_of(r, 0.5f);
  limb->heading =
      limb->relative ? side * og_random_between(r, 0.12f, 0.38f) : pick_heading(r, 0.3f);
  limb->hang = og_random_chance(r, 0.8f) ? 0 : 1;
  resize(limb, og_random_between(r, 0.5f, 0.95f));
}

/* A dot, or a short dash, beside the stroke. */
static void invent_dot(og_random *r, uint32_t base, og_limb *limb) {
  limb->base = base;
  limb->at = og_random_chance(r, 0.5f) ? 0.5f : og_random_chance(r, 0.5f) ? 0.0f : 1.0f;
  float side = side_of(r, 0.5f), away = side * og_random_between(r, 0.28f, 0.4f);
  limb->dx = og_random_chance(r, 0.6f) ? away : 0;
  limb->dy = limb->dx == 0 ? away : og_random_between(r, -0.1f, 0.1f);
  if (og_random_chance(r, 0.4f)) {
    limb->heading = pick_heading(r, 0.4f);
    limb->pieces = 1;
    limb->piece[0].length = og_random_between(r, 0.12f, 0.2f);
  }
}

void og_symbol_invent(uint64_t seed, uint32_t symbol, og_symbol *out) {
  taste t = invent_taste(seed);
  og_random r = og_random_stream(seed, (uint64_t)symbol << 32 | 1);
  memset(out, 0, sizeof *out);
  out->slip = 1;
  uint32_t limbs = t.fewest + (uint32_t)og_random_below(&r, t.most - t.fewest + 1);
  int stands = invent_first(&r, &t, &out->limb[0]);
  limbs += limbs == 1 && !stands && og_random_chance(&r, 0.9f);
  for (out->limbs = 1; out->limbs < limbs; out->limbs++) {
    uint32_t base = (uint32_t)og_random_below(&r, out->limbs);
    invent_next(&r, &t, base, out->limbs == 1, &out->limb[out->limbs]);
  }
  if (out->limbs < MOST_JOINED && og_random_chance(&r, t.dots)) {
    invent_dot(&r, (uint32_t)og_random_below(&r, out->limbs), &out->limb[out->limbs]);
    out->limbs++;
  }
}
