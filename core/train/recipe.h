/* What may stand in a recipe, and what tells two recipes apart. */
#ifndef OG_RECIPE_H
#define OG_RECIPE_H

#include "train/train.h"

enum { OG_MOST_SLICES = 256 };

/* OG_ERROR_ARGUMENT if a number of the recipe is out of range, or does not suit another or the
 * training set; OG_ERROR_EMPTY or OG_ERROR_FORMAT if nothing can be learnt from that. Not the net,
 * the input and what the objective wants of them. */
og_status og_recipe_check(const og_recipe *recipe, const og_dataset *set, og_error *error);

/* OG_ERROR_ARGUMENT, with what is wrong with the recipe. */
og_status og_recipe_wrong(og_error *error, const char *what);

/* Equal for equal recipes, as far as they decide what is learnt, whatever keys there are since. */
uint64_t og_recipe_hash(const og_recipe *recipe);

#endif
