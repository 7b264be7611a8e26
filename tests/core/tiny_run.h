/* A run so short that many tests can afford it, and the hash of what it made. Include after cmocka.
 */
#ifndef TINY_RUN_H
#define TINY_RUN_H

#include <stdlib.h>

#include "core/rasters.h"
#include "train/train.h"

enum { STEPS = 12, SEED = 7 };

static const og_recipe tiny_recipe = {
    .net = "x = input 16 16 1\nc = conv x 8 3x3 same bn relu\np = maxpool c 2\n"
           "d = conv p 12 3x3 same bn relu\nq = maxpool d 2\ne = fc q 16\no = l2norm e",
    .input = "side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14",
    .steps = STEPS,
    .classes_per_batch = 16,
    .same_alphabet = 0.5f,
    .slices = 3,
    .symmetries = 8,
    .learning_rate = 2e-3f,
    .weight_decay = 5e-4f,
    .warmup_steps = 3,
    .scale = 16,
    .ema = 0.9f,
    .ema_start = 0.3f,
    .rotate_degrees = 15,
    .stretch = 0.2f,
    .shear = 0.25f,
    .shift = 0.1f,
    .warp = 0.045f,
    .tone = 0.13f,
};

/* A net that its net may become. */
#define tiny_wider_net                                                                             \
  "x = input 16 16 1\nc = conv x 9 3x3 same bn relu\np = maxpool c 2\n"                            \
  "d = conv p 20 3x3 same bn relu\nq = maxpool d 2\ne = fc q 16\no = l2norm e"

/* What it trains on, made before a group of tests and freed after it. */
static og_dataset *set;

static int prepare(void **state) {
  (void)state;
  return og_dataset_procedural(3, 4, 1, 6, 4, &set) != OG_OK;
}

static int finish(void **state) {
  (void)state;
  og_dataset_free(set);
  return 0;
}

static inline uint64_t trained_hash(const og_trainer *trainer) {
  uint8_t *bytes;
  size_t size;
  og_error error = {0};
  assert_int_equal(og_trainer_export(trainer, NULL, 0, NULL, 0, &bytes, &size, &error), OG_OK);
  uint64_t hash = hash_bytes(HASH_START, bytes, size);
  free(bytes);
  return hash;
}

#endif
