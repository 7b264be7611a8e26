/* The keys of a recipe: their types, ranges and places. Private to train_recipe*.c. */
#ifndef TRAIN_RECIPE_KEYS_H
#define TRAIN_RECIPE_KEYS_H

#include <stddef.h>

#include "train_recipe.h"

typedef enum recipe_kind {
  TEXT,
  LINES,
  NAMES,
  WHOLE64,
  WHOLE32,
  REAL,
  BOOL,
  CHOICE,
  PROCEDURAL,
  COMPOUNDS
} recipe_kind;

/* One key. `learns` marks those that change the weights, and so may not change within a run. */
typedef struct recipe_key {
  const char *name;
  recipe_kind kind;
  size_t offset;
  double min, max;
  bool required, learns;
} recipe_key;

/* All that an object may have. */
typedef struct recipe_keys {
  const recipe_key *list;
  size_t count;
} recipe_keys;

extern const recipe_keys train_recipe_keys, train_procedural_keys, train_compound_keys;

/* In the order of og_optimiser. */
enum { RECIPE_OPTIMISERS = 3 };
extern const char *const train_recipe_optimisers[RECIPE_OPTIMISERS];

#endif
