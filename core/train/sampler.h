/* Which classes and drawings make a training batch. */
#ifndef OG_SAMPLER_H
#define OG_SAMPLER_H

#include "base/random.h"
#include "fewshot/dataset.h"
#include "train/rivals.h"

typedef struct og_sampler {
  const og_dataset *set;
  uint32_t classes;     /* per batch */
  float same_alphabet;  /* part of the batches whose classes share a few alphabets */
  uint32_t symmetries;  /* 1, 4 or 8 */
  uint32_t compounds;   /* the set's last alphabets are of compound characters, so many */
  float compound_share; /* part of the runs from one alphabet that are of those; 0: as it comes */
  uint32_t *order;      /* scratch [og_sampler_scratch] */
} og_sampler;

/* Numbers of `order`. */
size_t og_sampler_scratch(const og_dataset *set);

/* Fills ids[classes] (class * 8 + symmetry: a turned character is another class) and
 * drawings[classes][2] (different drawings, by different drawers where known). */
void og_sampler_draw(const og_sampler *sampler, og_random *random, uint32_t *ids,
                     uint32_t *drawings);

/* Fills s->classes pairs: same[i] says whether pair i is of one character, which it is in half of
 * them (the first ones of a batch), always by two drawers where known. Part s->same_alphabet of the
 * others are of one alphabet. ids as above, of each pair's first drawing. */
void og_sampler_draw_pairs(const og_sampler *sampler, og_random *random, uint32_t *ids,
                           uint32_t *drawings, uint8_t *same);

/* Pair number `pair` of those that `seed` has, the same whenever it is asked for: of one character
 * (returns 1) if the number is even, by two drawers where known. Alphabets take turns, as Koch's
 * do: each has as many pairs as any other. */
int og_sampler_draw_numbered_pair(const og_sampler *sampler, uint64_t seed, uint32_t pair,
                                  uint32_t *id, uint32_t drawings[2]);

/* For each of s->classes queries: its id, and drawings[queries][1 + each]: the query, its own
 * character by somebody else, and rivals of it, the more alike, the more often. For part
 * s->same_alphabet of the queries they are of its alphabet, of the nearest sixteen, and by that
 * somebody, where known (a small alphabet repeats them); for the others they are the rivals'
 * strangers, each by whomever but the query's drawer. */
void og_sampler_draw_candidates(const og_sampler *sampler, const og_rivals *rivals, uint32_t each,
                                og_random *random, uint32_t *ids, uint32_t *drawings);

/* An episode: `way` classes, each id once, drawings[way][each] of each class, none twice. With the
 * sampler's same_alphabet as probability the classes are of one alphabet that has so many, and
 * what stands in one place of each row is by one drawer where all drew everything. Every class must
 * have `each` drawings, and the set `way` classes. */
void og_sampler_draw_episode(const og_sampler *sampler, size_t way, size_t each, og_random *random,
                             uint32_t *ids, uint32_t *drawings);

/* An episode as one sequence [way * each] in random order: drawings, and whose of the ids [way]
 * each one is. */
void og_sampler_draw_sequence(const og_sampler *sampler, size_t way, size_t each, og_random *random,
                              uint32_t *ids, uint32_t *drawings, uint32_t *labels);

#endif
