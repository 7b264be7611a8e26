/* A fixed pool of pairs. See pool.h. */
#include "train/pool.h"

#include <stdlib.h>

#include "base/random.h"

struct og_pool {
  uint64_t seed, epoch; /* epoch: whose order it is */
  uint32_t items, *order;
};

/* Begins from the same order each time, so that an epoch does not depend on those before it. */
static void shuffle(og_pool *pool, uint64_t epoch) {
  og_random random = og_random_stream(pool->seed ^ 0x706f6f6cu, epoch);
  for (uint32_t i = 0; i < pool->items; i++)
    pool->order[i] = i;
  og_random_shuffle(&random, pool->order, pool->items, pool->items);
  pool->epoch = epoch;
}

og_status og_pool_create(uint64_t seed, uint32_t items, og_pool **out) {
  og_pool *pool = *out = malloc(sizeof *pool);
  if (!pool)
    return OG_ERROR_MEMORY;
  *pool = (og_pool){.seed = seed, .items = items};
  pool->order = malloc(items * sizeof *pool->order);
  if (!pool->order) {
    og_pool_free(pool);
    *out = NULL;
    return OG_ERROR_MEMORY;
  }
  shuffle(pool, 0);
  return OG_OK;
}

void og_pool_free(og_pool *pool) {
  if (pool)
    free(pool->order);
  free(pool);
}

uint32_t og_pool_item(og_pool *pool, uint64_t position) {
  uint64_t epoch = position / pool->items;
  if (epoch != pool->epoch)
    shuffle(pool, epoch);
  return pool->order[position % pool->items];
}
