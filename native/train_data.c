/* Loading and splitting of training data. */
#include "train_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "dataset_load.h"
#include "train_strokes.h"

/* About Omniglot's background set: 30 alphabets, 964 characters, 20 drawers. */
static const procedural usual_procedural = {30, 0, 32, 20, 1};
/* How many of them are held out if the recipe's names are not theirs. */
enum { USUAL_HELD_OUT = 3 };

static og_status fail(og_error *error, og_status status, const char *text, const char *name) {
  if (error) {
    error->status = status;
    snprintf(error->text, sizeof error->text, text, name);
  }
  return status;
}

/* Marks the alphabets to hold out. */
static og_status mark(const train_recipe *recipe, const og_dataset *all, uint8_t *held,
                      og_error *error) {
  for (size_t i = 0; i < recipe->holdouts; i++) {
    size_t a = 0;
    while (a < all->alphabets && strcmp(all->alphabet_names[a], recipe->holdout[i]))
      a++;
    if (a == all->alphabets)
      return fail(error, OG_ERROR_ARGUMENT, "holdout: the data has no alphabet named %s",
                  recipe->holdout[i]);
    held[a] = 1;
  }
  return OG_OK;
}

/* Leaves the drawings of some drawers of each alphabet in a set, if there is one. */
static og_status keep_drawers(og_dataset **set, const char *key, size_t first, size_t count,
                              og_error *error) {
  og_dataset *part;
  size_t lacking = 0;
  if (!*set || !count)
    return OG_OK;
  og_status status = og_dataset_take_drawers(*set, first, count, &part, &lacking);
  if (status == OG_ERROR_EMPTY && error) {
    error->status = status = OG_ERROR_ARGUMENT;
    snprintf(error->text, sizeof error->text,
             "%s: the data has fewer than %zu known drawers of %.80s; ask for fewer", key,
             first + count, (*set)->alphabet_names[lacking]);
  }
  if (status)
    return status == OG_ERROR_MEMORY ? fail(error, status, "out of memory%s", "") : status;
  og_dataset_free(*set);
  *set = part;
  return OG_OK;
}

static og_status split(const og_dataset *all, uint8_t *held, const train_recipe *recipe,
                       train_data *out, og_error *error) {
  og_status status = OG_OK;
  if (recipe->holdouts)
    status = og_dataset_select(all, held, &out->held_out);
  for (size_t a = 0; a < all->alphabets; a++)
    held[a] = !held[a];
  if (!status)
    status = og_dataset_select(all, held, &out->train);
  if (status == OG_ERROR_EMPTY)
    return fail(error, status, "holdout: %s", "no alphabet is left to train on");
  if (status)
    return fail(error, status, "out of memory%s", "");
  status = keep_drawers(&out->train, "drawers", 0, recipe->drawers, error);
  return status ? status
                : keep_drawers(&out->held_out, "validation_drawers", recipe->drawers,
                               recipe->validation_drawers, error);
}

static char *describe(const char *name, const train_data *data) {
  const og_dataset *set = data->train;
  uLong sum = crc32_z(0, set->rasters, set->drawings * OG_RASTER_SIZE);
  char text[256];
  snprintf(text, sizeof text, "%.80s: %zu alphabets, %zu characters, %zu drawings, crc32 %08lx",
           name, set->alphabets, set->classes, set->drawings, sum);
  return strdup(text);
}

static og_status invent(const procedural *p, og_dataset **out, og_error *error) {
  og_status status = og_dataset_procedural(p->seed, (size_t)p->alphabets, (size_t)p->loose,
                                           (size_t)p->classes, (size_t)p->drawers, out);
  return status ? fail(error, status, "procedural data: %s", "out of memory") : OG_OK;
}

/* Puts alphabets behind those of the training set, and frees them. */
static og_status append(og_dataset *more, train_data *data, og_error *error) {
  og_dataset *joined;
  og_status status = og_dataset_join(data->train, more, &joined);
  og_dataset_free(more);
  if (status)
    return fail(error, status, "out of memory%s", "");
  og_dataset_free(data->train);
  data->train = joined;
  return OG_OK;
}

static og_status compose(const compounds *c, const og_dataset *set, og_dataset **out,
                         og_error *error) {
  og_status status = og_dataset_compounds(set, c->seed, (size_t)c->alphabets, (size_t)c->classes,
                                          (size_t)c->drawers, out);
  return status ? fail(error, status, "compounds: %s",
                       status == OG_ERROR_MEMORY  ? "out of memory"
                       : status == OG_ERROR_EMPTY ? "a character has no drawing, or one without ink"
                                                  : "too many")
                : OG_OK;
}

/* Puts the recipe's invented alphabets behind the set's own, and those behind them that are made of
 * the set's own. */
static og_status extend(const train_recipe *recipe, train_data *data, og_error *error) {
  og_dataset *made = NULL, *invented;
  og_status status = OG_OK;
  if (recipe->compounds.alphabets)
    status = compose(&recipe->compounds, data->train, &made, error);
  if (!status && recipe->also.alphabets) {
    status = invent(&recipe->also, &invented, error);
    if (!status)
      status = append(invented, data, error);
  }
  data->simple = data->train->classes;
  if (!status && made)
    return append(made, data, error);
  og_dataset_free(made);
  return status;
}

og_status train_data_load(const char *dir, const train_recipe *recipe, train_data *out,
                          og_error *error) {
  *out = (train_data){0};
  bool drawn = !dir || !strcmp(dir, "procedural");
  procedural p = recipe->procedural.alphabets ? recipe->procedural : usual_procedural;
  og_dataset *all = NULL;
  og_status status = drawn ? invent(&p, &all, error) : dataset_load(dir, recipe->set, &all, error);
  if (status)
    return status;
  if (recipe->core.redraw > 0) {
    status = drawn ? fail(error, OG_ERROR_ARGUMENT, "redraw: %s", "invented data has no strokes")
                   : train_strokes_load(dir, all, error);
    if (status) {
      og_dataset_free(all);
      return status;
    }
  }
  uint8_t *held = calloc(all->alphabets + 1, 1);
  if (!held)
    status = fail(error, OG_ERROR_MEMORY, "out of memory%s", "");
  else if (drawn && !recipe->procedural.alphabets)
    /* The recipe names alphabets of Omniglot; the last ones stand in for them. */
    memset(held + all->alphabets - USUAL_HELD_OUT, recipe->holdouts > 0, USUAL_HELD_OUT);
  else
    status = mark(recipe, all, held, error);
  if (!status)
    status = split(all, held, recipe, out, error);
  if (!status)
    status = extend(recipe, out, error);
  if (!status && !(out->description = describe(drawn ? "procedural" : recipe->set, out)))
    status = fail(error, OG_ERROR_MEMORY, "out of memory%s", "");
  free(held);
  og_dataset_free(all);
  if (status)
    train_data_free(out);
  return status;
}

void train_data_free(train_data *data) {
  og_dataset_free(data->train);
  og_dataset_free(data->held_out);
  free(data->description);
  *data = (train_data){0};
}
