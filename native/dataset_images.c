/* Omniglot's sets, folders of pictures, and Lake's runs. See dataset_load.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "dataset_build.h"
#include "dataset_load.h"
#include "ink_lines.h"
#include "tree.h"

static int ends_with(const char *name, const char *end) {
  size_t length = strlen(name), tail = strlen(end);
  return length >= tail && strcasecmp(name + length - tail, end) == 0;
}

static void free_items(item *items, size_t count) {
  for (size_t i = 0; items && i < count; i++)
    free(items[i].class);
  free(items);
}

/* Reads exactly `count` digits; returns what follows them, or NULL. */
static const char *read_digits(const char *at, size_t count, uint32_t *out) {
  *out = 0;
  for (size_t i = 0; i < count; i++, at++) {
    if (*at < '0' || *at > '9')
      return NULL;
    *out = 10 * *out + (uint32_t)(*at - '0');
  }
  return at;
}

/* What follows `text` at the front of `at`; NULL if it is not there, or `at` is NULL. */
static const char *skip_text(const char *at, const char *text) {
  size_t length = strlen(text);
  return at && strncmp(at, text, length) == 0 ? at + length : NULL;
}

/* "Alphabet/characterNN/NNNN_MM.png" to class "Alphabet/characterNN" and drawer MM. */
static int parse_omniglot(const char *name, item *out) {
  const char *first = strchr(name, '/'), *last = strrchr(name, '/');
  uint32_t drawing, drawer;
  if (!first || first == last || strchr(first + 1, '/') != last)
    return 0;
  const char *at = skip_text(read_digits(last + 1, 4, &drawing), "_");
  at = at ? skip_text(read_digits(at, 2, &drawer), ".png") : NULL;
  if (!at || *at)
    return 0;
  out->class = strndup(name, (size_t)(last - name));
  out->drawer = drawer;
  return 1;
}

/* "Class/picture.png". */
static int parse_folder(const char *name, item *out) {
  const char *slash = strchr(name, '/');
  if (!slash || strchr(slash + 1, '/') ||
      !(ends_with(name, ".png") || ends_with(name, ".jpg") || ends_with(name, ".jpeg")))
    return 0;
  out->class = strndup(name, (size_t)(slash - name));
  out->drawer = OG_NO_DRAWER;
  return 1;
}

/* `strict`: a file whose name does not parse is an error; otherwise it is passed over. */
static og_status build(const tree *t, int (*parse)(const char *, item *), int strict,
                       og_dataset **out, og_error *error) {
  item *items = calloc(t->count + 1, sizeof *items);
  size_t count = 0;
  og_status status = items ? OG_OK : OG_ERROR_MEMORY;
  for (size_t i = 0; !status && i < t->count; i++) {
    item it = {.bytes = t->files[i].bytes, .size = t->files[i].size, .name = t->files[i].name};
    if (parse(t->files[i].name, &it)) {
      items[count++] = it;
      status = it.class ? OG_OK : OG_ERROR_MEMORY;
    } else if (strict)
      status = og_fail(error, OG_ERROR_FORMAT, t->path, ": ", t->files[i].name,
                       ": not named Alphabet/characterNN/NNNN_MM.png", NULL);
  }
  if (status == OG_ERROR_MEMORY)
    og_fail(error, status, t->path, ": out of memory", NULL);
  if (!status)
    status = dataset_build(t->path, items, count, strict, out, error);
  free_items(items, count);
  return status;
}

og_status dataset_load(const char *dir, const char *set, og_dataset **out, og_error *error) {
  char name[64];
  *out = NULL;
  if (snprintf(name, sizeof name, "images_%s", set) >= (int)sizeof name || strchr(set, '/'))
    return og_fail(error, OG_ERROR_ARGUMENT, "no set is called '", set, "'", NULL);
  const tree_spec spec = {name, NULL, tree_set_places};
  tree t;
  og_status status = tree_read(dir, &spec, &t, error);
  if (!status)
    status = build(&t, parse_omniglot, 1, out, error);
  tree_free(&t);
  return status;
}

og_status dataset_load_folder(const char *dir, og_dataset **out, og_error *error) {
  tree t;
  *out = NULL;
  og_status status = tree_read_folder(dir, &t, error);
  if (!status)
    status = build(&t, parse_folder, 0, out, error);
  tree_free(&t);
  return status;
}

static const tree_file *find_file(const tree *t, const char *name) {
  size_t low = 0, high = t->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = strcmp(t->files[middle].name, name);
    if (order == 0)
      return &t->files[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

static og_status read_picture(const tree *t, const char *name, uint8_t *raster, og_error *error) {
  const tree_file *file = find_file(t, name);
  og_error local = {0};
  if (!file)
    return og_fail(error, OG_ERROR_FORMAT, t->path, ": ", name, " is missing", NULL);
  og_status status = og_raster_from_image(file->bytes, file->size, raster, &local);
  return status ? og_fail(error, status, t->path, ": ", name, ": ", local.text, NULL) : OG_OK;
}

/* "runNN/test/itemII.png runNN/training/classCC.png": II and CC from 1. The folders before test/
 * and training/ vary between copies and are passed over. */
static int read_label(const char *text, size_t size, uint32_t *query, uint32_t *class) {
  char line[256];
  if (size >= sizeof line)
    return 0;
  memcpy(line, text, size);
  line[size] = 0;
  const char *at = strstr(line, "test/item");
  at = at ? skip_text(read_digits(at + strlen("test/item"), 2, query), ".png") : NULL;
  if (!at || (*at != ' ' && *at != '\t'))
    return 0;
  at = strstr(at, "training/class");
  at = at ? skip_text(read_digits(at + strlen("training/class"), 2, class), ".png") : NULL;
  if (!at)
    return 0;
  at += strspn(at, " \t\r");
  return at == line + size;
}

/* class_labels.txt: a line for each query; every query and every class of a run is there once. */
static og_status read_labels(const tree *t, const char *name, uint32_t truth[RUN_WAYS],
                             og_error *error) {
  const tree_file *file = find_file(t, name);
  if (!file)
    return og_fail(error, OG_ERROR_FORMAT, t->path, ": ", name, " is missing", NULL);
  uint32_t queries = 0, classes = 0, query, class;
  const uint32_t all = (1u << RUN_WAYS) - 1;
  ink_lines lines = {(const char *)file->bytes, (const char *)file->bytes + file->size, 0};
  const char *text;
  size_t size;
  while (ink_lines_next(&lines, &text, &size)) {
    if (!read_label(text, size, &query, &class) || query - 1 >= RUN_WAYS || class - 1 >= RUN_WAYS)
      return og_fail(error, OG_ERROR_FORMAT, t->path, ": ", name, ": a line it should not have",
                     NULL);
    if ((queries >> (query - 1) | classes >> (class - 1)) & 1)
      return og_fail(error, OG_ERROR_FORMAT, t->path, ": ", name, ": an item or class twice", NULL);
    truth[query - 1] = class - 1;
    queries |= 1u << (query - 1);
    classes |= 1u << (class - 1);
  }
  return queries == all
             ? OG_OK
             : og_fail(error, OG_ERROR_FORMAT, t->path, ": ", name, ": lines are missing", NULL);
}

static og_status read_run(const tree *t, size_t run, run_set *out, og_error *error) {
  char name[64];
  snprintf(name, sizeof name, "run%02zu/class_labels.txt", run + 1);
  og_status status = read_labels(t, name, out->truth + run * RUN_WAYS, error);
  for (size_t i = 0; !status && i < RUN_WAYS; i++) {
    size_t at = (run * RUN_WAYS + i) * OG_RASTER_SIZE;
    snprintf(name, sizeof name, "run%02zu/training/class%02zu.png", run + 1, i + 1);
    status = read_picture(t, name, out->support + at, error);
    snprintf(name, sizeof name, "run%02zu/test/item%02zu.png", run + 1, i + 1);
    if (!status)
      status = read_picture(t, name, out->query + at, error);
  }
  return status;
}

og_status runs_load(const char *dir, run_set **out, og_error *error) {
  enum { RUNS = 20 };
  static const char *const places[] = {".", "one-shot-classification",
                                       "python/one-shot-classification", NULL};
  static const tree_spec spec = {"all_runs", "run", places};
  tree t;
  *out = NULL;
  og_status status = tree_read(dir, &spec, &t, error);
  if (status)
    return status;
  run_set *runs = calloc(1, sizeof *runs);
  if (runs) {
    runs->runs = RUNS;
    runs->support = calloc(RUNS * RUN_WAYS, OG_RASTER_SIZE);
    runs->query = calloc(RUNS * RUN_WAYS, OG_RASTER_SIZE);
    runs->truth = calloc(RUNS * RUN_WAYS, sizeof *runs->truth);
  }
  if (!runs || !runs->support || !runs->query || !runs->truth)
    status = og_fail(error, OG_ERROR_MEMORY, t.path, ": out of memory", NULL);
  for (size_t r = 0; !status && r < RUNS; r++)
    status = read_run(&t, r, runs, error);
  tree_free(&t);
  if (status)
    runs_free(runs);
  else
    *out = runs;
  return status;
}

void runs_free(run_set *runs) {
  if (!runs)
    return;
  free(runs->support);
  free(runs->query);
  free(runs->truth);
  free(runs);
}
