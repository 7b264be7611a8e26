/* Sets of Omniglot by name. See model_alphabets.h. */
#include "model_alphabets.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "committee.h"
#include "json_read.h"

static int is_listed(json_object *names, const char *name) {
  for (size_t i = 0; names && i < json_object_array_length(names); i++) {
    const char *listed = json_plain_string(json_object_array_get_idx(names, i));
    if (listed && !strcmp(listed, name))
      return 1;
  }
  return 0;
}

/* Keeps the alphabets of a recipe's set that are held out, or those that are not. */
static og_status load_part(const char *dir, const char *model, json_object *recipe, int held_out,
                           og_dataset **out, og_error *error) {
  const char *set = json_plain_string(json_member(recipe, "set", json_type_string));
  json_object *names = json_member(recipe, "holdout", json_type_array);
  if (!set || json_member(recipe, "procedural", json_type_object))
    return og_fail(error, OG_ERROR_ARGUMENT, model, ": its recipe names no set of Omniglot", NULL);
  og_dataset *all;
  og_status status = dataset_load(dir, set, &all, error);
  if (status)
    return status;
  uint8_t *keep = calloc(all->alphabets + 1, 1);
  for (size_t a = 0; keep && a < all->alphabets; a++)
    keep[a] = is_listed(names, all->alphabet_names[a]) == held_out;
  status = keep ? og_dataset_select(all, keep, out) : OG_ERROR_MEMORY;
  free(keep);
  og_dataset_free(all);
  if (status == OG_ERROR_EMPTY)
    return og_fail(error, status, model, ": its recipe ",
                   held_out ? "holds nothing out" : "trains on nothing", " of what is in ", dir,
                   NULL);
  return status ? og_fail(error, status, "out of memory", NULL) : OG_OK;
}

og_status alphabets_load(const char *dir, const char *set, const char *model, og_dataset **out,
                         og_error *error) {
  int held_out = !strcmp(set, "held-out");
  *out = NULL;
  if (!held_out && strcmp(set, "training") != 0)
    return dataset_load(dir, set, out, error);
  committee *c;
  og_status status = committee_read(model, NULL, &c, error);
  if (status)
    return status;
  const char *text = og_model_metadata(committee_first(c), "recipe");
  json_object *recipe = NULL;
  if (text)
    status = json_read_object(model, text, strlen(text), &recipe, error);
  else
    status = og_fail(error, OG_ERROR_ARGUMENT, model, ": holds no recipe, so '", set,
                     "' alphabets are not known", NULL);
  if (!status)
    status = load_part(dir, model, recipe, held_out, out, error);
  json_object_put(recipe);
  committee_free(c);
  return status;
}
