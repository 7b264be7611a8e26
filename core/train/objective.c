/* Objectives by name. See objective.h. */
#include "train/objective.h"

#include <string.h>

static const og_objective *const objectives[] = {
    &og_objective_embed,    &og_objective_compare, &og_objective_pairs,  &og_objective_all_pairs,
    &og_objective_episodes, &og_objective_memory,  &og_objective_classes};
enum { OBJECTIVES = sizeof objectives / sizeof objectives[0] };

static const og_objective *find(const char *name) {
  for (size_t i = 0; i < OBJECTIVES; i++)
    if (!strcmp(objectives[i]->name, name))
      return objectives[i];
  return NULL;
}

int og_objective_known(const char *name) {
  return find(name) != NULL;
}

const og_objective *og_objective_of(const og_recipe *recipe) {
  if (recipe->objective)
    return find(recipe->objective);
  return recipe->candidates ? &og_objective_compare : &og_objective_embed;
}
