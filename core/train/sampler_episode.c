/* Episodes for training. See sampler.h. */
#include "train/sampler.h"

enum { TRIES = 64 };

static uint32_t below(og_random *random, size_t n) {
  return (uint32_t)og_random_below(random, n);
}

/* An alphabet of at least `way` classes, or `alphabets` if none was met. */
static uint32_t draw_alphabet(const og_dataset *set, size_t way, og_random *random) {
  for (int tries = 0; tries < TRIES; tries++) {
    uint32_t a = below(random, set->alphabets);
    if (set->alphabet_start[a + 1] - set->alphabet_start[a] >= way)
      return a;
  }
  return (uint32_t)set->alphabets;
}

/* Classes of one alphabet under one symmetry, or of all under any, no class twice. */
static int draw_classes(const og_sampler *s, size_t way, og_random *random, uint32_t *ids) {
  const og_dataset *set = s->set;
  uint32_t alphabet = (uint32_t)set->alphabets, symmetry = below(random, s->symmetries);
  if (og_random_unit(random) < s->same_alphabet)
    alphabet = draw_alphabet(set, way, random);
  int together = alphabet < set->alphabets;
  uint32_t first = together ? set->alphabet_start[alphabet] : 0;
  uint32_t end = together ? set->alphabet_start[alphabet + 1] : (uint32_t)set->classes;
  for (uint32_t i = first; i < end; i++)
    s->order[i - first] = i;
  og_random_shuffle(random, s->order, end - first, way);
  for (size_t i = 0; i < way; i++)
    ids[i] = s->order[i] * 8 + (together ? symmetry : below(random, s->symmetries));
  return together;
}

/* `each` different drawings of a class in random order, the order that `order` was left in if
 * `again` and the class is as large. */
static void draw_drawings(const og_dataset *set, uint32_t class, size_t each, og_random *random,
                          int again, uint32_t *order, uint32_t *drawings) {
  uint32_t first = set->class_start[class], count = set->class_start[class + 1] - first;
  if (!again || order[0] != count) {
    order[0] = count;
    for (uint32_t i = 0; i < count; i++)
      order[1 + i] = i;
    og_random_shuffle(random, order + 1, count, each);
  }
  for (size_t k = 0; k < each; k++)
    drawings[k] = first + order[1 + k];
}

void og_sampler_draw_episode(const og_sampler *s, size_t way, size_t each, og_random *random,
                             uint32_t *ids, uint32_t *drawings) {
  int together = draw_classes(s, way, random, ids);
  s->order[0] = 0;
  for (size_t i = 0; i < way; i++)
    draw_drawings(s->set, ids[i] / 8, each, random, together, s->order, drawings + i * each);
}

void og_sampler_draw_sequence(const og_sampler *s, size_t way, size_t each, og_random *random,
                              uint32_t *ids, uint32_t *drawings, uint32_t *labels) {
  og_sampler_draw_episode(s, way, each, random, ids, drawings);
  size_t count = way * each;
  for (size_t i = 0; i < count; i++)
    labels[i] = (uint32_t)(i / each);
  for (size_t i = 0; i + 1 < count; i++) {
    size_t j = i + (size_t)og_random_below(random, count - i);
    uint32_t drawing = drawings[i], label = labels[i];
    drawings[i] = drawings[j];
    labels[i] = labels[j];
    drawings[j] = drawing;
    labels[j] = label;
  }
}
