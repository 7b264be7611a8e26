/* What a run trains on and what it holds out. */
#ifndef TRAIN_DATA_H
#define TRAIN_DATA_H

#include "train_recipe.h"

typedef struct train_data {
  og_dataset *train;    /* the set's own characters, invented ones, compound ones */
  size_t simple;        /* how many of its classes are not compounds */
  og_dataset *held_out; /* NULL if the recipe holds nothing out */
  char *description;    /* one line: names, sizes and a checksum */
} train_data;

/* Loads `dir` (an Omniglot folder, or the word "procedural"; NULL if the recipe draws its own data)
 * and splits it as the recipe says. */
og_status train_data_load(const char *dir, const train_recipe *recipe, train_data *out,
                          og_error *error);
void train_data_free(train_data *data);

#endif
