/* Training recipes: strict JSON in, canonical JSON out. */
#include "train_recipe.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "json_read.h"
#include "net/net.h"
#include "train/pool.h"

enum { RECIPE_LIMIT = 1 << 20 };

typedef enum kind {
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
} kind;

/* One key. `learns` marks those that change the weights, and so may not change within a run. */
typedef struct key {
  const char *name;
  kind kind;
  size_t offset;
  double min, max;
  bool required, learns;
} key;

#define CORE(field) offsetof(train_recipe, core.field)
#define OWN(field) offsetof(train_recipe, field)

static const key keys[] = {
    {"name", TEXT, OWN(name), 0, 0, true, false},
    {"set", TEXT, OWN(set), 0, 0, false, true},
    {"procedural", PROCEDURAL, OWN(procedural), 0, 0, false, true},
    {"also", PROCEDURAL, OWN(also), 0, 0, false, true},
    {"compounds", COMPOUNDS, OWN(compounds), 0, 0, false, true},
    {"holdout", NAMES, OWN(holdout), 0, 0, false, true},
    {"drawers", WHOLE32, OWN(drawers), 2, 1e6, false, true},
    {"validation_drawers", WHOLE32, OWN(validation_drawers), 2, 1e6, false, true},
    {"net", LINES, CORE(net), 0, 0, true, true},
    {"input", TEXT, CORE(input), 0, 0, true, true},
    {"steps", WHOLE64, CORE(steps), 1, 1e9, true, true},
    {"classes_per_batch", WHOLE32, CORE(classes_per_batch), 2, 4096, true, true},
    {"slices", WHOLE32, CORE(slices), 1, 256, false, true},
    {"objective", TEXT, CORE(objective), 0, 0, false, true},
    {"start", TEXT, OWN(start), 0, 0, false, true},
    {"teacher", TEXT, OWN(teacher), 0, 0, false, true},
    {"teacher_weight", REAL, CORE(teacher_weight), 0, 1000, false, true},
    {"head", TEXT, CORE(head), 0, 0, false, true},
    {"layers", LINES, CORE(layers), 0, 0, false, true},
    {"optimiser", CHOICE, CORE(optimiser), 0, 0, false, true},
    {"epoch_steps", WHOLE32, CORE(epoch_steps), 1, 1e9, false, true},
    {"pairs", WHOLE32, CORE(pairs), 1, OG_POOL_PAIRS, false, true},
    {"pair_copies", WHOLE32, CORE(pair_copies), 1, OG_POOL_COPIES, false, true},
    {"way", WHOLE32, CORE(way), 2, 4096, false, true},
    {"shot", WHOLE32, CORE(shot), 1, 256, false, true},
    {"queries", WHOLE32, CORE(queries), 1, 256, false, true},
    {"candidates", WHOLE32, CORE(candidates), 0, 4096, false, true},
    {"same_alphabet", REAL, CORE(same_alphabet), 0, 1, true, true},
    {"symmetries", WHOLE32, CORE(symmetries), 1, 8, true, true},
    {"learning_rate", REAL, CORE(learning_rate), 1e-9, 10, true, true},
    {"weight_decay", REAL, CORE(weight_decay), 0, 10, true, true},
    {"warmup_steps", REAL, CORE(warmup_steps), 0, 1e9, true, true},
    {"scale", REAL, CORE(scale), 1e-3, 1000, true, true},
    {"margin", REAL, CORE(margin), 0, 1, false, true},
    {"binary", REAL, CORE(binary), 0, 1, false, true},
    {"ema", REAL, CORE(ema), 0, 0.999999, true, true},
    {"ema_start", REAL, CORE(ema_start), 0, 1, true, true},
    {"redraw", REAL, CORE(redraw), 0, 1, false, true},
    {"jitter", REAL, CORE(jitter), 0, 10, false, true},
    {"rotate_degrees", REAL, CORE(rotate_degrees), 0, 180, true, true},
    {"stretch", REAL, CORE(stretch), 0, 0.9, true, true},
    {"shear", REAL, CORE(shear), 0, 2, true, true},
    {"shift", REAL, CORE(shift), 0, 1, true, true},
    {"warp", REAL, CORE(warp), 0, 1, true, true},
    {"tone", REAL, CORE(tone), 0, 1, true, true},
    {"distortion_chance", REAL, CORE(distortion_chance), 0.01, 1, false, true},
    {"style", REAL, CORE(style), 0, 4, false, true},
    {"patience_epochs", WHOLE32, OWN(patience_epochs), 1, 1e6, false, true},
    {"validate_rounds", WHOLE32, OWN(validate_rounds), 1, 1e6, false, true},
    {"validate_every", WHOLE64, OWN(validate_every), 1, 1e9, false, false},
    {"second_look", REAL, OWN(second_look), 0, 100, false, false},
    {"example_views", WHOLE32, OWN(example_views), 1, OG_VIEWS, false, false},
    {"crowd", REAL, OWN(crowd), 0, 1, false, false},
    {"whiten", REAL, OWN(whiten), 0, 1000, false, false},
    {"half", BOOL, OWN(half), 0, 0, false, false},
    {"calibrate", BOOL, OWN(calibrate), 0, 0, false, false},
};

/* In the order of og_optimiser. */
static const char *const optimisers[] = {"adamw", "adam", "sgd"};
enum { OPTIMISERS = sizeof optimisers / sizeof optimisers[0] };

static const key procedural_keys[] = {
    {"alphabets", WHOLE64, offsetof(procedural, alphabets), 1, 1000, true, true},
    {"loose", WHOLE64, offsetof(procedural, loose), 0, 1000, false, true},
    {"classes", WHOLE64, offsetof(procedural, classes), 2, 1000, true, true},
    {"drawers", WHOLE64, offsetof(procedural, drawers), 2, 1000, true, true},
    {"seed", WHOLE64, offsetof(procedural, seed), 0, 0x1p53, true, true},
};

static const key compound_keys[] = {
    {"alphabets", WHOLE64, offsetof(compounds, alphabets), 1, 1000, true, true},
    {"classes", WHOLE64, offsetof(compounds, classes), 2, 1000, true, true},
    {"drawers", WHOLE64, offsetof(compounds, drawers), 2, 1000, true, true},
    {"seed", WHOLE64, offsetof(compounds, seed), 0, 0x1p53, true, true},
    {"share", REAL, offsetof(compounds, share), 0, 1, false, true},
};

enum {
  KEYS = sizeof keys / sizeof keys[0],
  PROCEDURAL_KEYS = sizeof procedural_keys / sizeof procedural_keys[0],
  COMPOUND_KEYS = sizeof compound_keys / sizeof compound_keys[0],
};

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

static og_status read_number(const place *at, const key *k, json_object *value, void *field) {
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
static og_status read_lines(const place *at, const key *k, json_object *value, char **field) {
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

static og_status read_names(const place *at, const key *k, json_object *value, train_recipe *r) {
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

static og_status read_object(const place *at, json_object *object, const key *table, size_t count,
                             void *base);

static og_status read_value(const place *at, const key *k, json_object *value, void *base) {
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
    while (word && i < OPTIMISERS && strcmp(word, optimisers[i]))
      i++;
    if (!word || i == OPTIMISERS)
      return wrong(at, k->name, "must be adamw, adam or sgd");
    *(uint32_t *)field = i;
    return OG_OK;
  }
  case PROCEDURAL:
  case COMPOUNDS: {
    if (!json_object_is_type(value, json_type_object))
      return wrong(at, k->name, "must be an object with alphabets, classes, drawers and seed");
    char prefix[24];
    snprintf(prefix, sizeof prefix, "%s.", k->name);
    place inner = {at->path, prefix, at->error};
    if (k->kind == COMPOUNDS)
      return read_object(&inner, value, compound_keys, COMPOUND_KEYS, field);
    og_status status = read_object(&inner, value, procedural_keys, PROCEDURAL_KEYS, field);
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

static og_status read_object(const place *at, json_object *object, const key *table, size_t count,
                             void *base) {
  json_object_object_foreach(object, name, value) {
    size_t i = 0;
    while (i < count && strcmp(table[i].name, name))
      i++;
    if (i == count)
      return wrong(at, name, "unknown key");
    og_status status = read_value(at, &table[i], value, base);
    if (status)
      return status;
  }
  for (size_t i = 0; i < count; i++)
    if (table[i].required && !json_object_object_get_ex(object, table[i].name, NULL))
      return wrong(at, table[i].name, "is missing");
  return OG_OK;
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
  if (r->core.objective && strcmp(r->core.objective, "embed") &&
      (r->core.margin > 0 || r->compounds.share > 0 || r->core.style > 0))
    return wrong(at,
                 r->core.margin > 0       ? "margin"
                 : r->compounds.share > 0 ? "compounds.share"
                                          : "style",
                 "is for the objective \"embed\"");
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

og_status train_recipe_read(const char *path, train_recipe **out, og_error *error) {
  place at = {path, "", error};
  uint8_t *bytes = NULL;
  size_t size = 0;
  json_object *json = NULL;
  og_status status = file_read(path, RECIPE_LIMIT, &bytes, &size, error);
  if (status)
    return status;
  train_recipe *r = calloc(1, sizeof *r);
  if (r)
    *r = (train_recipe){.set = strdup("background"),
                        .half = true,
                        .calibrate = true,
                        .validate_every = 500,
                        .example_views = 1};
  status = r && r->set ? json_read_object(path, (const char *)bytes, size, &json, error)
                       : out_of_memory(error);
  free(bytes);
  if (!status) {
    status = read_object(&at, json, keys, KEYS, r);
    json_object_put(json);
  }
  if (!status) {
    r->core.compounds = (uint32_t)r->compounds.alphabets;
    r->core.compound_share = r->compounds.share;
    status = check(&at, r);
  }
  if (!status && r->core.objective && !strcmp(r->core.objective, "embed")) {
    free((char *)r->core.objective); /* the usual one goes without saying, as in older recipes */
    r->core.objective = NULL;
  }
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
  free(r->name);
  free(r->set);
  free(r->start);
  free(r->teacher);
  free((char *)r->core.net);
  free((char *)r->core.input);
  free((char *)r->core.objective);
  free((char *)r->core.head);
  free((char *)r->core.layers);
  free(r);
}

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

static json_object *object_json(const void *base, const key *table, size_t count);

static json_object *value_json(const key *k, const void *base) {
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
    return json_object_new_string(optimisers[*(const uint32_t *)field]);
  case PROCEDURAL:
    return object_json(field, procedural_keys, PROCEDURAL_KEYS);
  case COMPOUNDS:
    return object_json(field, compound_keys, COMPOUND_KEYS);
  }
  return NULL;
}

/* Keys that older recipes lack stay out where they say nothing, so that texts compare equal. */
static bool is_there(const key *k, const void *base) {
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

static json_object *object_json(const void *base, const key *table, size_t count) {
  json_object *object = json_object_new_object();
  for (size_t i = 0; i < count; i++)
    if (is_there(&table[i], base))
      json_object_object_add(object, table[i].name, value_json(&table[i], base));
  return object;
}

char *train_recipe_text(const train_recipe *recipe) {
  json_object *object = object_json(recipe, keys, KEYS);
  const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                                JSON_C_TO_STRING_NOSLASHESCAPE);
  char *copy = text ? strdup(text) : NULL;
  json_object_put(object);
  return copy;
}

const char *train_recipe_difference(const char *text, const char *other) {
  json_object *a = json_tokener_parse(text), *b = json_tokener_parse(other);
  const char *name = NULL;
  for (size_t i = 0; i < KEYS && !name; i++) {
    json_object *x = NULL, *y = NULL;
    json_object_object_get_ex(a, keys[i].name, &x);
    json_object_object_get_ex(b, keys[i].name, &y);
    if (keys[i].learns && !json_object_equal(x, y))
      name = keys[i].name;
  }
  json_object_put(a);
  json_object_put(b);
  return name;
}
