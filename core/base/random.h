/* Random numbers that are the same on every machine.
 *
 * The generator is SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
 * OOPSLA 2014): one 64-bit word of state, so a position in a training run is one number in its
 * checkpoint. */
#ifndef OG_BASE_RANDOM_H
#define OG_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct og_random {
  uint64_t state;
} og_random;

static inline uint64_t og_random_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static inline uint64_t og_random_bits(og_random *r) {
  return og_random_mix(r->state += 0x9e3779b97f4a7c15u);
}

/* An independent stream for item `index` of `seed`. */
static inline og_random og_random_stream(uint64_t seed, uint64_t index) {
  og_random r = {og_random_mix(seed + 0x9e3779b97f4a7c15u) ^
                 og_random_mix(index * 0xd1342543de82ef95u + 1)};
  return r;
}

/* Uniform in [0, n), n > 0. Rejects the tail, so there is no bias. */
static inline uint64_t og_random_below(og_random *r, uint64_t n) {
  uint64_t limit = UINT64_MAX - UINT64_MAX % n, x;
  do
    x = og_random_bits(r);
  while (x >= limit);
  return x % n;
}

/* Uniform in [0, 1), 24 bits. */
static inline float og_random_unit(og_random *r) {
  return (float)(og_random_bits(r) >> 40) * 0x1p-24f;
}

/* Uniform in [-1, 1). */
static inline float og_random_signed(og_random *r) {
  return 2.0f * og_random_unit(r) - 1.0f;
}

/* Uniform in [low, high). */
static inline float og_random_between(og_random *r, float low, float high) {
  return low + (high - low) * og_random_unit(r);
}

/* 1 with probability `part`. */
static inline int og_random_chance(og_random *r, float part) {
  return og_random_unit(r) < part;
}

/* About normal (0, 1): the sum of twelve uniforms. No libm, so the same bits everywhere. */
static inline float og_random_normal(og_random *r) {
  float sum = -6.0f;
  for (int i = 0; i < 12; i++)
    sum += og_random_unit(r);
  return sum;
}

/* Shuffles the first `take` places of `items` (Fisher and Yates), so they are a random sample. */
static inline void og_random_shuffle(og_random *r, uint32_t *items, size_t count, size_t take) {
  for (size_t i = 0; i < take && i + 1 < count; i++) {
    size_t j = i + (size_t)og_random_below(r, count - i);
    uint32_t t = items[i];
    items[i] = items[j];
    items[j] = t;
  }
}

#endif
