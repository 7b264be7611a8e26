/* Batches. See sampler.h.
 *
 * Characters of one alphabet are the hard negatives (Shyam et al. 2017 train on nothing else), so
 * part of the batches take their classes from a few alphabets in runs of at most 32, each run under
 * one symmetry; the others take any class. */
#include "train/sampler.h"

enum { RUN = 32, NEAREST = 16 };

static uint32_t below(og_random *random, size_t n) {
  return (uint32_t)og_random_below(random, n);
}

size_t og_sampler_scratch(const og_dataset *set) {
  return set->classes + set->drawings + 1;
}

static void draw_pair(const og_sampler *s, og_random *random, uint32_t class, uint32_t pair[2]) {
  const og_dataset *set = s->set;
  uint32_t first = set->class_start[class], count = set->class_start[class + 1] - first;
  pair[0] = first + below(random, count);
  /* A class whose drawings all have one drawer still gives a pair after a few tries. */
  for (int tries = 0; tries < 8; tries++) {
    pair[1] = count > 1 ? first + (pair[0] - first + 1 + below(random, count - 1)) % count : first;
    if (set->drawer_of[pair[0]] != set->drawer_of[pair[1]])
      return;
  }
}

/* Where nothing is said of compounds no number is drawn for them, so that runs are what they were
 * before there were any. */
static uint32_t draw_alphabet(const og_sampler *s, og_random *random) {
  uint32_t all = (uint32_t)s->set->alphabets, plain = all - s->compounds;
  if (!(s->compound_share > 0))
    return below(random, all);
  return og_random_unit(random) < s->compound_share ? plain + below(random, s->compounds)
                                                    : below(random, plain);
}

static uint32_t take_run(const og_sampler *s, og_random *random, uint32_t *ids, uint32_t room) {
  const og_dataset *set = s->set;
  uint32_t alphabet = draw_alphabet(s, random);
  uint32_t symmetry = below(random, s->symmetries);
  uint32_t first = set->alphabet_start[alphabet];
  uint32_t count = set->alphabet_start[alphabet + 1] - first, take = count < RUN ? count : RUN;
  take = take < room ? take : room;
  for (uint32_t i = 0; i < count; i++)
    s->order[i] = first + i;
  og_random_shuffle(random, s->order, count, take);
  for (uint32_t i = 0; i < take; i++)
    ids[i] = s->order[i] * 8 + symmetry;
  return take;
}

void og_sampler_draw(const og_sampler *s, og_random *random, uint32_t *ids, uint32_t *drawings) {
  uint32_t filled = 0;
  if (og_random_unit(random) < s->same_alphabet)
    while (filled < s->classes)
      filled += take_run(s, random, ids + filled, s->classes - filled);
  for (; filled < s->classes; filled++) {
    uint32_t class = below(random, s->set->classes);
    ids[filled] = class * 8 + below(random, s->symmetries);
  }
  for (uint32_t i = 0; i < s->classes; i++)
    draw_pair(s, random, ids[i] / 8, drawings + 2 * i);
}

/* Another class than `class`, of its alphabet or of any. */
static uint32_t other_class(const og_sampler *s, og_random *random, uint32_t class) {
  const og_dataset *set = s->set;
  uint32_t first = 0, count = (uint32_t)set->classes, alphabet = set->alphabet_of[class];
  uint32_t start = set->alphabet_start[alphabet];
  uint32_t size = set->alphabet_start[alphabet + 1] - start;
  if (size > 1 && og_random_unit(random) < s->same_alphabet) {
    first = start;
    count = size;
  }
  return count < 2 ? class : first + (class - first + 1 + below(random, count - 1)) % count;
}

/* A drawing of `class` that is not of the drawer of `apart`, if a few tries find one. */
static uint32_t drawing_by_other(const og_sampler *s, og_random *random, uint32_t class,
                                 uint32_t apart) {
  const og_dataset *set = s->set;
  uint32_t first = set->class_start[class], end = set->class_start[class + 1], drawing = first;
  for (int tries = 0; tries < 8; tries++) {
    drawing = first + below(random, end - first);
    if (set->drawer_of[drawing] != set->drawer_of[apart])
      break;
  }
  return drawing;
}

/* A pair whose first drawing is of `class`, and whether the second is. */
static int draw_pair_of(const og_sampler *s, og_random *random, uint32_t class, int same,
                        uint32_t *id, uint32_t drawings[2]) {
  *id = class * 8 + below(random, s->symmetries);
  draw_pair(s, random, class, drawings);
  uint32_t other = same ? class : other_class(s, random, class);
  if (other != class)
    drawings[1] = drawing_by_other(s, random, other, drawings[0]);
  return other == class;
}

void og_sampler_draw_pairs(const og_sampler *s, og_random *random, uint32_t *ids,
                           uint32_t *drawings, uint8_t *same) {
  for (uint32_t i = 0; i < s->classes; i++) {
    uint32_t class = below(random, s->set->classes);
    same[i] = (uint8_t)draw_pair_of(s, random, class, i < (s->classes + 1) / 2, &ids[i],
                                    drawings + 2 * i);
  }
}

int og_sampler_draw_numbered_pair(const og_sampler *s, uint64_t seed, uint32_t pair, uint32_t *id,
                                  uint32_t drawings[2]) {
  const og_dataset *set = s->set;
  og_random random = og_random_stream(seed ^ 0x70616972u, pair);
  size_t alphabet = pair / 2 % set->alphabets;
  uint32_t first = set->alphabet_start[alphabet];
  uint32_t class = first + below(&random, set->alphabet_start[alphabet + 1] - first);
  return draw_pair_of(s, &random, class, pair % 2 == 0, id, drawings);
}

/* A drawing of `class` by `drawer`, or by anybody. */
static uint32_t drawing_of(const og_sampler *s, og_random *random, uint32_t class,
                           uint32_t drawer) {
  const og_dataset *set = s->set;
  uint32_t first = set->class_start[class], end = set->class_start[class + 1];
  uint32_t any = first + below(random, end - first);
  for (uint32_t i = first; i < end && drawer != OG_NO_DRAWER; i++)
    if (set->drawer_of[i] == drawer)
      return i;
  return any;
}

/* The square of a uniform number makes the first rivals likely; from those far behind there is
 * nothing to learn. */
static uint32_t draw_first(og_random *random, const uint32_t *list, uint32_t count) {
  float u = og_random_unit(random);
  uint32_t at = (uint32_t)(u * u * (float)count);
  return list[at < count ? at : count - 1];
}

static uint32_t draw_rival(const og_rivals *rivals, og_random *random, uint32_t class) {
  uint32_t first = rivals->start[class], count = rivals->start[class + 1] - first;
  return draw_first(random, rivals->list + first, count < NEAREST ? count : NEAREST);
}

static uint32_t draw_query_class(const og_sampler *s, const og_rivals *rivals, og_random *random) {
  const og_dataset *set = s->set;
  uint32_t class;
  do { /* an alphabet first, so that large ones do not crowd out small ones */
    uint32_t a = draw_alphabet(s, random), first = set->alphabet_start[a];
    class = first + below(random, set->alphabet_start[a + 1] - first);
  } while (rivals->start[class] == rivals->start[class + 1]);
  return class;
}

void og_sampler_draw_candidates(const og_sampler *s, const og_rivals *rivals, uint32_t each,
                                og_random *random, uint32_t *ids, uint32_t *drawings) {
  const og_dataset *set = s->set;
  for (uint32_t q = 0; q < s->classes; q++, drawings += 1 + each) {
    uint32_t class = draw_query_class(s, rivals, random);
    ids[q] = class * 8 + below(random, s->symmetries);
    draw_pair(s, random, class, drawings);
    /* As with compounds: no number is drawn where there is nothing to choose. */
    int strange = rivals->reach && og_random_unit(random) >= s->same_alphabet;
    for (uint32_t k = 2; k <= each; k++) {
      int again = 1;
      for (int tries = 0; again && tries < 8; tries++) {
        uint32_t rival =
            strange ? draw_first(random, rivals->strangers + class * rivals->reach, rivals->reach)
                    : draw_rival(rivals, random, class);
        drawings[k] = strange ? drawing_by_other(s, random, rival, drawings[0])
                              : drawing_of(s, random, rival, set->drawer_of[drawings[1]]);
        again = 0;
        for (uint32_t j = 2; j < k; j++)
          again |= set->class_of[drawings[j]] == set->class_of[drawings[k]];
      }
    }
  }
}
