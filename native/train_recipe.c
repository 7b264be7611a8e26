/* Training recipes: strict JSON in. */
#include "train_recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "json_read.h"
#include "net/net.h"
#include "train_recipe_keys.h"

enum { RECIPE_LIMIT = 1 << 20, MOST_STAGES = 16 };

/* Where a value is read from and what to say if it is wrong. */
typedef struct place {
  const char *path, *prefix; /* prefix: such as "procedural." inside that object */
  og_error *error;
} place;

static og_status wrong(const place *at, const char *name, const char *why) {
  if (at->error) {
    at->error->status = OG_ERROR_FORMAT;
    snprintf(at->error->text, sizeof at->error->text, "%s: \"%s%.40s\": %.100s", at->path,
             at->prefix, name, why);
  }
  return OG_ERROR_FORMAT;
}

static og_status out_of_memory(og_error *error) {
  if (error)
    *error = (og_error){OG_ERROR_MEMORY, "out of memory"};
  return OG_ERROR_MEMORY;
}

static og_status read_number(const place *at, const recipe_key *k, json_object *value,
                             void *field) {
  bool whole = k->kind != REAL;
  char why[80];
  snprintf(why, sizeof why, "must be a %s between %g and %g", whole ? "whole number" : "number",
           k->min, k->max);
  if (!json_object_is_type(value, json_type_int) &&
      (whole || !json_object_is_type(value, json_type_double)))
    return wrong(at, k->name, why);
  double x = json_object_get_double(value);
  if (!(x >= k->min && x <= k->max))
    return wrong(at, k->name, why);
  if (k->kind == WHOLE64)
    *(uint64_t *)field = (uint64_t)json_object_get_int64(value);
  else if (k->kind == WHOLE32)
    *(uint32_t *)field = (uint32_t)json_object_get_int64(value);
  else
    *(float *)field = (float)x;
  return OG_OK;
}

/* An array of strings, joined with newlines. */
static og_status read_lines(const place *at, const recipe_key *k, json_object *value,
                            char **field) {
  static const char why[] = "must be an array of strings";
  if (!json_object_is_type(value, json_type_array) || !json_object_array_length(value))
    return wrong(at, k->name, why);
  size_t count = json_object_array_length(value), size = 0;
  for (size_t i = 0; i < count; i++) {
    const char *line = json_plain_string(json_object_array_get_idx(value, i));
    if (!line || strpbrk(line, "\r\n"))
      return wrong(at, k->name, why);
    size += strlen(line) + 1;
  }
  char *text = *field = malloc(size);
  if (!text)
    return out_of_memory(at->error);
  for (size_t i = 0; i < count; i++) {
    const char *line = json_object_get_string(json_object_array_get_idx(value, i));
    size_t length = strlen(line);
    memcpy(text, line, length);
    text[length] = i + 1 < count ? '\n' : 0;
    text += length + 1;
  }
  return OG_OK;
}

static og_status read_names(const place *at, const recipe_key *k, json_object *value,
                            train_recipe *r) {
  if (!json_object_is_type(value, json_type_array))
    return wrong(at, k->name, "must be an array of alphabet names");
  size_t count = json_object_array_length(value);
  r->holdout = calloc(count + 1, sizeof *r->holdout);
  if (!r->holdout)
    return out_of_memory(at->error);
  for (size_t i = 0; i < count; i++) {
    const char *name = json_plain_string(json_object_array_get_idx(value, i));
    if (!name)
      return wrong(at, k->name, "must be an array of alphabet names");
    for (size_t j = 0; j < i; j++)
      if (!strcmp(name, r->holdout[j]))
        return wrong(at, k->name, "names an alphabet twice");
    r->holdout[r->holdouts] = strdup(name);
    if (!r->holdout[r->holdouts++])
      return out_of_memory(at->error);
  }
  return OG_OK;
}

static og_status read_object(const place *at, json_object *object, const recipe_keys *table,
                             void *base);

static og_status read_value(const place *at, const recipe_key *k, json_object *value, void *base) {
  void *field = (char *)base + k->offset;
  switch (k->kind) {
  case TEXT: {
    const char *text = json_plain_string(value);
    if (!text)
      return wrong(at, k->name, "must be a string that is not empty");
    free(*(char **)field);
    *(char **)field = strdup(text);
    return *(char **)field ? OG_OK : out_of_memory(at->error);
  }
  case LINES:
    return read_lines(at, k, value, field);
  case NAMES:
    return read_names(at, k, value, base);
  case BOOL:
    if (!json_object_is_type(value, json_type_boolean))
      return wrong(at, k->name, "must be true or false");
    *(bool *)field = json_object_get_boolean(value);
    return OG_OK;
  case CHOICE: {
    const char *word = json_plain_string(value);
    uint32_t i = 0;
    while (word && i < RECIPE_OPTIMISERS && strcmp(word, train_recipe_optimisers[i]))
      i++;
    if (!word || i == RECIPE_OPTIMISERS)
      return wrong(at, k->name, "must be adamw, adam or sgd");
    *(uint32_t *)field = i;
    return OG_OK;
  }
  case PROCEDURAL:
  case COMPOUNDS: {
    if (!json_object_is_type(value, json_type_object))
      return wrong(at, k->name, "must be an object with alphabets, classes, drawers and seed");
    char prefix[64];
    snprintf(prefix, sizeof prefix, "%s%s.", at->prefix, k->name);
    place inner = {at->path, prefix, at->error};
    if (k->kind == COMPOUNDS)
      return read_object(&inner, value, &train_compound_keys, field);
    og_status status = read_object(&inner, value, &train_procedural_keys, field);
    const procedural *p = field;
    if (!status && p->loose > p->alphabets)
      return wrong(&inner, "loose", "must not be more than alphabets");
    return status;
  }
  case WHOLE64:
  case WHOLE32:
  case REAL:
    break;
  }
  return read_number(at, k, value, field);
}

static og_status read_object(const place *at, json_object *object, const recipe_keys *table,
                             void *base) {
  json_object_object_foreach(object, name, value) {
    size_t i = 0;
    while (i < table->count && strcmp(table->list[i].name, name))
      i++;
    if (i == table->count)
      return wrong(at, name, "unknown key");
    og_status status = read_value(at, &table->list[i], value, base);
    if (status)
      return status;
  }
  for (size_t i = 0; i < table->count; i++)
    if (table->list[i].required && !json_object_object_get_ex(object, table->list[i].name, NULL))
      return wrong(at, table->list[i].name, "is missing");
  return OG_OK;
}

/* Whether the objective is of that name, or goes without saying. */
static bool is_objective(const train_recipe *r, const char *name) {
  return !r->core.objective || !strcmp(r->core.objective, name);
}

/* What the table cannot say. */
static og_status check(const place *at, const train_recipe *r) {
  uint32_t s = r->core.symmetries;
  if (s != 1 && s != 4 && s != 8)
    return wrong(at, "symmetries", "must be 1, 4 or 8");
  if (r->core.objective && !og_objective_known(r->core.objective))
    return wrong(at, "objective", "there is none of that name; the usual one is \"embed\"");
  if (r->core.objective && r->core.candidates && strcmp(r->core.objective, "compare"))
    return wrong(at, "candidates", "are for the objective \"compare\"");
  if (r->core.pairs && (!r->core.objective || strcmp(r->core.objective, "pairs")))
    return wrong(at, "pairs", "are for the objective \"pairs\"");
  if (r->core.margin > 0 && (r->core.candidates || !is_objective(r, "embed")))
    return wrong(at, "margin", "is for the objective \"embed\"");
  if ((r->compounds.share > 0 || r->core.style > 0) && !is_objective(r, "embed") &&
      !is_objective(r, "compare"))
    return wrong(at, r->compounds.share > 0 ? "compounds.share" : "style",
                 "is for the objectives \"embed\" and \"compare\"");
  if (r->core.pair_copies && !r->core.pairs)
    return wrong(at, "pair_copies", "needs \"pairs\"; name their number or leave it out");
  if (r->validation_drawers && !r->drawers)
    return wrong(at, "validation_drawers", "needs \"drawers\"; they are the ones after those");
  if ((r->patience_epochs || r->validation_drawers || r->validate_rounds) && !r->holdouts)
    return wrong(at,
                 r->patience_epochs      ? "patience_epochs"
                 : r->validation_drawers ? "validation_drawers"
                                         : "validate_rounds",
                 "needs \"holdout\" alphabets; name some or leave it out");
  if (r->patience_epochs && !r->core.epoch_steps)
    return wrong(at, "patience_epochs", "needs \"epoch_steps\"");
  if (!r->teacher != !(r->core.teacher_weight > 0))
    return r->teacher ? wrong(at, "teacher", "needs a \"teacher_weight\" above 0")
                      : wrong(at, "teacher_weight", "needs a \"teacher\"");
  if (r->rivals && !r->core.candidates)
    return wrong(at, "rivals", "are for nets that compare; name \"candidates\" or leave it out");
  if (r->core.candidates && (r->calibrate || r->whiten > 0))
    return wrong(at, "candidates", "nets that compare take no \"calibrate\" and no \"whiten\"");
  if (r->core.head && r->whiten > 0)
    return wrong(at, "whiten", "a head is learnt for its embeddings as they are");
  if (r->calibrate && !r->holdouts)
    return wrong(at, "calibrate", "needs \"holdout\" alphabets; name some or set it to false");
  og_net net;
  og_input input;
  og_error reason = {0};
  if (r->whiten > 0 && !og_net_parse(r->core.net, &net, &reason) && !og_net_linear_end(&net))
    return wrong(at, "whiten", "needs a last layer before l2norm that is linear");
  if (og_input_parse(r->core.input, &input, &reason))
    return wrong(at, "input", reason.text);
  return OG_OK;
}

/* One stage's recipe, from an object without "then". */
static og_status read_stage(const place *at, json_object *json, train_recipe **out) {
  train_recipe *r = calloc(1, sizeof *r);
  if (r)
    *r = (train_recipe){.set = strdup("background"),
                        .half = true,
                        .calibrate = true,
                        .validate_every = 500,
                        .example_views = 1};
  og_status status =
      r && r->set ? read_object(at, json, &train_recipe_keys, r) : out_of_memory(at->error);
  if (!status) {
    r->core.compounds = (uint32_t)r->compounds.alphabets;
    r->core.compound_share = r->compounds.share;
    status = check(at, r);
  }
  if (!status && r->core.objective && !strcmp(r->core.objective, "embed")) {
    free((char *)r->core.objective); /* the usual one goes without saying, as in older recipes */
    r->core.objective = NULL;
  }
  if (status)
    train_recipe_free(r);
  *out = status ? NULL : r;
  return status;
}

/* What all stages have in common. */
static bool is_common(const char *name) {
  static const char *const common[] = {"name",    "start", "teacher", "rivals", "set", "procedural",
                                       "holdout", "net",   "input",   "slices", "then"};
  size_t i = 0;
  while (i < sizeof common / sizeof common[0] && strcmp(name, common[i]))
    i++;
  return i < sizeof common / sizeof common[0];
}

/* Reads what stage `nth` changes into `json`, the recipe of the stage before it, and its recipe. */
static og_status read_next(const char *path, size_t nth, json_object *changes, json_object *json,
                           train_recipe **out, og_error *error) {
  char prefix[32];
  int length = snprintf(prefix, sizeof prefix, "then[%zu]", nth);
  place at = {path, "", error};
  if (!json_object_is_type(changes, json_type_object))
    return wrong(&at, prefix, "must be an object with the keys that this stage changes");
  snprintf(prefix + length, sizeof prefix - (size_t)length, ".");
  at.prefix = prefix;
  json_object_object_foreach(changes, name, value) {
    if (is_common(name))
      return wrong(&at, name, "is the same in all stages");
    if (json_object_object_add(json, name, json_object_get(value)))
      return out_of_memory(error);
  }
  json_object_object_del(json, "start");
  return read_stage(&at, json, out);
}

const train_recipe *train_recipe_stage(const train_recipe *recipe, size_t stage) {
  return stage ? recipe->then[stage - 1] : recipe;
}

/* Reads the stages of "then" behind the first. */
static og_status read_stages(const char *path, json_object *then, json_object *json,
                             train_recipe *r, og_error *error) {
  place at = {path, "", error};
  if (!json_object_is_type(then, json_type_array) || !json_object_array_length(then) ||
      json_object_array_length(then) >= MOST_STAGES)
    return wrong(&at, "then", "must be an array of 1 to 15 objects, of which each is a stage");
  size_t count = json_object_array_length(then);
  r->then = calloc(count, sizeof *r->then);
  if (!r->then)
    return out_of_memory(error);
  for (size_t i = 0; i < count; i++) {
    if (train_recipe_stage(r, i)->patience_epochs)
      return wrong(&at, "then", "a stage with \"patience_epochs\" must be the last");
    og_status status =
        read_next(path, i, json_object_array_get_idx(then, i), json, &r->then[i], error);
    if (status)
      return status;
    r->stages++;
  }
  return OG_OK;
}

og_status train_recipe_read(const char *path, train_recipe **out, og_error *error) {
  place at = {path, "", error};
  uint8_t *bytes = NULL;
  size_t size = 0;
  json_object *json = NULL, *then = NULL;
  train_recipe *r = NULL;
  og_status status = file_read(path, RECIPE_LIMIT, &bytes, &size, error);
  if (status)
    return status;
  status = json_read_object(path, (const char *)bytes, size, &json, error);
  free(bytes);
  if (status)
    return status;
  bool has_more = json_object_object_get_ex(json, "then", &then);
  json_object_get(then);
  json_object_object_del(json, "then");
  status = read_stage(&at, json, &r);
  if (!status && has_more)
    status = read_stages(path, then, json, r, error);
  json_object_put(then);
  json_object_put(json);
  if (status)
    train_recipe_free(r);
  else
    *out = r;
  return status;
}

void train_recipe_free(train_recipe *r) {
  if (!r)
    return;
  for (size_t i = 0; i < r->holdouts; i++)
    free(r->holdout[i]);
  free(r->holdout);
  for (size_t i = 0; i < r->stages; i++)
    train_recipe_free(r->then[i]);
  free(r->then);
  free(r->name);
  free(r->set);
  free(r->start);
  free(r->teacher);
  free(r->rivals);
  free((char *)r->core.net);
  free((char *)r->core.input);
  free((char *)r->core.objective);
  free((char *)r->core.head);
  free((char *)r->core.layers);
  free(r);
}
