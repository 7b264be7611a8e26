/* A fixed pool of training pairs, of which each epoch sees every one once.
 *
 * Koch draws 30,000, 90,000 or 150,000 pairs before training begins, adds eight distorted copies of
 * each, and goes through them epoch by epoch. Here nothing of that is stored: an item of the pool
 * is a number, pair * copies + copy, from which og_sampler_draw_numbered_pair and a random stream
 * of its own make the same two drawings and the same distortions whenever it comes. Epochs follow
 * one another without a gap, whatever the size of a batch, so an item follows from its position in
 * the run alone: a checkpoint has nothing to remember. */
#ifndef OG_POOL_H
#define OG_POOL_H

#include "oneglyph.h"
#include "train/train.h"

enum { OG_POOL_PAIRS = 10000000, OG_POOL_COPIES = 25 };

typedef struct og_pool og_pool;

static inline uint32_t og_pool_copies(const og_recipe *recipe) {
  return recipe->pair_copies ? recipe->pair_copies : 1;
}

/* A pool of `items` > 0. OG_ERROR_MEMORY. */
og_status og_pool_create(uint64_t seed, uint32_t items, og_pool **out);
void og_pool_free(og_pool *pool);

/* The item at a position of the run, counted from 0: each epoch is a random order of all of them.
 * A position in another epoch than the one asked for before costs a shuffle. */
uint32_t og_pool_item(og_pool *pool, uint64_t position);

#endif
