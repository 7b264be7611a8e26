/* What a trainer takes of other models: a teacher, and who is taken for whom. See train.h. */
#include "base/error.h"
#include "net/model.h"
#include "train/objective.h"
#include "train/recipe.h"
#include "train/trainer_internal.h"

og_status og_trainer_teach(og_trainer *t, const void *bytes, size_t size, og_error *error) {
  if (t->objective != &og_objective_embed)
    return og_recipe_wrong(error, "a teacher is for the objective \"embed\"");
  og_teacher_free(t->teacher);
  t->teacher = NULL;
  return og_teacher_create(bytes, size, &t->net, t->recipe.input, t->kernels,
                           t->objective->images(&t->recipe), t->slices, t->threads, &t->teacher,
                           error);
}

og_status og_trainer_rivals(og_trainer *t, const void *bytes, size_t size, og_error *error) {
  if (t->objective != &og_objective_compare)
    return og_recipe_wrong(error, "rivals are for nets that compare");
  og_model *model = NULL;
  og_rivals rivals = {0};
  og_status status = og_model_load(bytes, size, t->kernels->name, &model, error);
  if (status)
    return status;
  if (og_model_get_info(model)->drawings != 1)
    status = og_fail(error, OG_ERROR_FORMAT, "rivals are ranked by a model that embeds", NULL);
  else if ((status =
                og_rivals_ask(t->sampler.set, model, og_trainer_strangers(t), t->threads, &rivals)))
    og_fail(error, status, status == OG_ERROR_MEMORY ? "out of memory" : "embeds no drawings",
            NULL);
  og_model_free(model);
  if (status)
    return status;
  og_rivals_free(&t->rivals);
  t->rivals = rivals;
  return OG_OK;
}
