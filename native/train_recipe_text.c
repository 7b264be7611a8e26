/* Training recipes: canonical JSON out. See train_recipe.h. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train_recipe_keys.h"

static json_object *lines_json(const char *text) {
  json_object *array = json_object_new_array();
  while (*text) {
    size_t length = strcspn(text, "\n");
    json_object_array_add(array, json_object_new_string_len(text, (int)length));
    text += length + (text[length] == '\n');
  }
  return array;
}

/* The shortest of %.6g and %.9g that is the same float, so that 0.2 stays "0.2". */
static json_object *real_json(float x) {
  char text[32];
  snprintf(text, sizeof text, "%.6g", (double)x);
  if (strtof(text, NULL) != x)
    snprintf(text, sizeof text, "%.9g", (double)x);
  return json_object_new_double_s((double)x, text);
}

static json_object *object_json(const void *base, const recipe_keys *table);

static json_object *value_json(const recipe_key *k, const void *base) {
  const void *field = (const char *)base + k->offset;
  const train_recipe *r = base;
  switch (k->kind) {
  case TEXT:
    return json_object_new_string(*(char *const *)field);
  case LINES:
    return lines_json(*(char *const *)field);
  case NAMES: {
    json_object *array = json_object_new_array();
    for (size_t i = 0; i < r->holdouts; i++)
      json_object_array_add(array, json_object_new_string(r->holdout[i]));
    return array;
  }
  case WHOLE64:
    return json_object_new_int64((int64_t) * (const uint64_t *)field);
  case WHOLE32:
    return json_object_new_int64(*(const uint32_t *)field);
  case REAL:
    return real_json(*(const float *)field);
  case BOOL:
    return json_object_new_boolean(*(const bool *)field);
  case CHOICE:
    return json_object_new_string(train_recipe_optimisers[*(const uint32_t *)field]);
  case PROCEDURAL:
    return object_json(field, &train_procedural_keys);
  case COMPOUNDS:
    return object_json(field, &train_compound_keys);
  }
  return NULL;
}

/* Keys that older recipes lack stay out where they say nothing, so that texts compare equal. */
static bool is_there(const recipe_key *k, const void *base) {
  const void *field = (const char *)base + k->offset;
  if (k->kind == PROCEDURAL)
    return ((const procedural *)field)->alphabets;
  if (k->kind == COMPOUNDS)
    return ((const compounds *)field)->alphabets;
  if (k->kind == TEXT || k->kind == LINES)
    return *(char *const *)field;
  if (k->kind == WHOLE32 || k->kind == CHOICE)
    return k->required || *(const uint32_t *)field;
  return k->kind != REAL || k->required || *(const float *)field > 0;
}

static json_object *object_json(const void *base, const recipe_keys *table) {
  json_object *object = json_object_new_object();
  for (size_t i = 0; i < table->count; i++)
    if (is_there(&table->list[i], base))
      json_object_object_add(object, table->list[i].name, value_json(&table->list[i], base));
  return object;
}

/* What a stage says that the one before it does not. A key that says nothing any more is a 0. */
static json_object *changes_json(json_object *before, json_object *stage) {
  json_object *changes = json_object_new_object(), *other;
  json_object_object_foreach(stage, name, value) {
    if (!json_object_object_get_ex(before, name, &other) || !json_object_equal(value, other))
      json_object_object_add(changes, name, json_object_get(value));
  }
  json_object_object_foreach(before, old, was) {
    (void)was;
    if (strcmp(old, "start") && !json_object_object_get_ex(stage, old, NULL))
      json_object_object_add(changes, old, json_object_new_int(0));
  }
  return changes;
}

static json_object *recipe_json(const train_recipe *recipe) {
  json_object *object = object_json(recipe, &train_recipe_keys);
  json_object *then = recipe->stages ? json_object_new_array() : NULL;
  json_object *before = json_object_get(object);
  for (size_t i = 0; i < recipe->stages; i++) {
    json_object *stage = object_json(recipe->then[i], &train_recipe_keys);
    json_object_array_add(then, changes_json(before, stage));
    json_object_put(before);
    before = stage;
  }
  json_object_put(before);
  if (then)
    json_object_object_add(object, "then", then);
  return object;
}

char *train_recipe_text(const train_recipe *recipe) {
  json_object *object = recipe_json(recipe);
  const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                                JSON_C_TO_STRING_NOSLASHESCAPE);
  char *copy = text ? strdup(text) : NULL;
  json_object_put(object);
  return copy;
}

static bool differ(json_object *a, json_object *b, const char *name) {
  json_object *x = NULL, *y = NULL;
  json_object_object_get_ex(a, name, &x);
  json_object_object_get_ex(b, name, &y);
  return !json_object_equal(x, y);
}

const char *train_recipe_difference(const char *text, const char *other) {
  json_object *a = json_tokener_parse(text), *b = json_tokener_parse(other);
  const char *name = NULL;
  for (size_t i = 0; i < train_recipe_keys.count && !name; i++)
    if (train_recipe_keys.list[i].learns && differ(a, b, train_recipe_keys.list[i].name))
      name = train_recipe_keys.list[i].name;
  if (!name && differ(a, b, "then"))
    name = "then";
  json_object_put(a);
  json_object_put(b);
  return name;
}
