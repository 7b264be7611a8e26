/* Recipes. See recipe.h. */
#include "train/recipe.h"

#include <string.h>

#include "base/error.h"
#include "train/objective.h"
#include "train/pool.h"

enum { MOST_CLASSES = 4096 };

uint64_t og_hash_bytes(uint64_t hash, const void *bytes, size_t size) {
  const uint8_t *b = bytes;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ b[i]) * 0x100000001b3u;
  return hash;
}

og_status og_recipe_wrong(og_error *error, const char *what) {
  return og_fail(error, OG_ERROR_ARGUMENT, "recipe: ", what, NULL);
}

static int within(float x, float least, float most) {
  return x >= least && x <= most;
}

og_status og_recipe_check(const og_recipe *r, const og_dataset *set, og_error *error) {
  if (!r->net || !r->input)
    return og_recipe_wrong(error, "net and input are needed");
  if (r->steps > UINT64_C(1) << 40)
    return og_recipe_wrong(error, "too many steps");
  if (r->classes_per_batch < 2 || r->classes_per_batch > MOST_CLASSES)
    return og_recipe_wrong(error, "classes_per_batch must be 2 to 4096");
  if (r->optimiser > OG_SGD)
    return og_recipe_wrong(error, "no such optimiser");
  if (!og_objective_of(r))
    return og_recipe_wrong(error, "no such objective");
  if (r->candidates == 1 || r->candidates > MOST_CLASSES / r->classes_per_batch)
    return og_recipe_wrong(error, "candidates must be 0 or 2 to 4096 / classes_per_batch");
  if (r->slices > OG_MOST_SLICES)
    return og_recipe_wrong(error, "slices must be at most 256");
  if (r->symmetries != 1 && r->symmetries != 4 && r->symmetries != 8)
    return og_recipe_wrong(error, "symmetries must be 1, 4 or 8");
  if (!within(r->same_alphabet, 0, 1) || !within(r->ema, 0, 0.999999f) ||
      !within(r->ema_start, 0, 1))
    return og_recipe_wrong(error,
                           "same_alphabet, ema and ema_start must be in 0 to 1, ema below 1");
  if (!within(r->learning_rate, 0, 1) || !within(r->weight_decay, 0, 1) ||
      !within(r->warmup_steps, 0, 1e9f) || !within(r->scale, 1, 64))
    return og_recipe_wrong(error,
                           "learning_rate, weight_decay in 0 to 1, scale in 1 to 64, please");
  if (!within(r->rotate_degrees, 0, 180) || !within(r->stretch, 0, 0.9f) ||
      !within(r->shear, 0, 2) || !within(r->shift, 0, 1) || !within(r->warp, 0, 1) ||
      !within(r->tone, 0, 1) || !within(r->binary, 0, 1) || !within(r->redraw, 0, 1) ||
      !within(r->jitter, 0, 10))
    return og_recipe_wrong(error, "an augmentation strength is out of range");
  if (!within(r->margin, 0, 1) || !within(r->compound_share, 0, 1))
    return og_recipe_wrong(error, "margin and compound_share must be in 0 to 1");
  if (r->compounds >= set->alphabets && r->compounds)
    return og_recipe_wrong(error, "there must be alphabets that are not of compounds");
  if (r->compound_share > 0 && !r->compounds)
    return og_recipe_wrong(error, "compound_share needs compounds");
  if (!within(r->style, 0, 4))
    return og_recipe_wrong(error, "style must be in 0 to 4");
  const og_objective *objective = og_objective_of(r);
  if (r->margin > 0 && objective != &og_objective_embed)
    return og_recipe_wrong(error, "a margin is for the objective \"embed\"");
  if ((r->compound_share > 0 || r->style > 0) && objective != &og_objective_embed &&
      objective != &og_objective_compare)
    return og_recipe_wrong(
        error, "compound_share and style are for the objectives \"embed\" and \"compare\"");
  if (!within(r->distortion_chance, 0, 1))
    return og_recipe_wrong(error, "distortion_chance must be in 0 to 1");
  if (r->pairs && og_objective_of(r) != &og_objective_pairs)
    return og_recipe_wrong(error, "pairs are for the objective \"pairs\"");
  if (r->pairs > OG_POOL_PAIRS || r->pair_copies > (r->pairs ? OG_POOL_COPIES : 0))
    return og_recipe_wrong(error,
                           "pairs must be at most 10000000, pair_copies at most 25 and with pairs");
  if (!within(r->teacher_weight, 0, 1000))
    return og_recipe_wrong(error, "teacher_weight must be in 0 to 1000");
  if (r->redraw > 0 && !set->ink)
    return og_recipe_wrong(error, "redraw needs strokes");
  if (!set->drawings || !set->classes)
    return og_fail(error, OG_ERROR_EMPTY, "the training set is empty", NULL);
  for (size_t c = 0; c < set->classes; c++)
    if (set->class_start[c + 1] - set->class_start[c] < 2)
      return og_fail(error, OG_ERROR_FORMAT, "class '", set->class_names[c],
                     "' has fewer than two drawings", NULL);
  return OG_OK;
}

uint64_t og_recipe_hash(const og_recipe *r) {
  uint64_t h = og_hash_bytes(OG_HASH_START, r->net, strlen(r->net) + 1);
  h = og_hash_bytes(h, r->input, strlen(r->input) + 1);
  uint64_t whole[] = {r->steps, r->classes_per_batch, r->symmetries};
  float parts[] = {r->same_alphabet, r->learning_rate, r->weight_decay, r->warmup_steps,
                   r->scale,         r->ema,           r->ema_start,    r->rotate_degrees,
                   r->stretch,       r->shear,         r->shift,        r->warp,
                   r->tone};
  h = og_hash_bytes(h, whole, sizeof whole);
  if (r->redraw > 0) {
    h = og_hash_bytes(h, &r->redraw, sizeof r->redraw);
    h = og_hash_bytes(h, &r->jitter, sizeof r->jitter);
  }
  if (r->objective)
    h = og_hash_bytes(h, r->objective, strlen(r->objective) + 1);
  if (r->layers)
    h = og_hash_bytes(h, r->layers, strlen(r->layers) + 1);
  if (r->optimiser || r->epoch_steps) {
    uint64_t how[] = {r->optimiser, r->epoch_steps};
    h = og_hash_bytes(h, how, sizeof how);
  }
  if (r->binary > 0)
    h = og_hash_bytes(h, &r->binary, sizeof r->binary);
  if (r->head) {
    uint32_t episode[] = {r->way, r->shot, r->queries};
    h = og_hash_bytes(h, r->head, strlen(r->head) + 1);
    h = og_hash_bytes(h, episode, sizeof episode);
  }
  if (r->pairs) {
    uint32_t pool[] = {r->pairs, og_pool_copies(r)};
    h = og_hash_bytes(h, pool, sizeof pool);
  }
  if (r->distortion_chance > 0 && r->distortion_chance < 1)
    h = og_hash_bytes(h, &r->distortion_chance, sizeof r->distortion_chance);
  if (r->margin > 0)
    h = og_hash_bytes(h, &r->margin, sizeof r->margin);
  if (r->style > 0)
    h = og_hash_bytes(h, &r->style, sizeof r->style);
  if (r->compound_share > 0) {
    h = og_hash_bytes(h, &r->compounds, sizeof r->compounds);
    h = og_hash_bytes(h, &r->compound_share, sizeof r->compound_share);
  }
  if (r->teacher_weight > 0)
    h = og_hash_bytes(h, &r->teacher_weight, sizeof r->teacher_weight);
  if (r->candidates) /* so that checkpoints from before there was this key can be continued */
    h = og_hash_bytes(h, &r->candidates, sizeof r->candidates);
  return og_hash_bytes(h, parts, sizeof parts);
}
