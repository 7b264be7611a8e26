/* Data sets of ink: JSON lines. See dataset_load.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dataset_build.h"
#include "dataset_load.h"
#include "gunzip.h"
#include "ink_lines.h"
#include "json_read.h"

enum { MOST_DRAWINGS = 1 << 20, MOST_TEXT = 1 << 30, MOST_CLASS = 256, PLACE = 512 };

/* A drawer is a number, taken as it is, or a string, numbered by its hash: all that matters is
 * whether two are the same. */
static int read_drawer(json_object *value, uint32_t *out) {
  *out = OG_NO_DRAWER;
  if (!value)
    return 1;
  if (json_object_is_type(value, json_type_int)) {
    int64_t number = json_object_get_int64(value);
    *out = (uint32_t)number;
    return number >= 0 && number < (int64_t)OG_NO_DRAWER;
  }
  const char *name = json_plain_string(value);
  uint32_t hash = 2166136261u; /* FNV-1a */
  for (const char *c = name; c && *c; c++)
    hash = (hash ^ (unsigned char)*c) * 16777619u;
  *out = hash & 0x7fffffff;
  return name != NULL;
}

static og_status read_drawing(json_object *json, const ink_distortion *distortion, uint64_t number,
                              item *out, og_error *error) {
  json_object *value;
  const char *class =
      json_object_object_get_ex(json, "class", &value) ? json_plain_string(value) : NULL;
  if (!class || strlen(class) >= MOST_CLASS)
    return og_fail(error, OG_ERROR_FORMAT, "\"class\" must be a text of 1 to 255 bytes", NULL);
  value = NULL;
  json_object_object_get_ex(json, "drawer", &value);
  if (!read_drawer(value, &out->drawer))
    return og_fail(error, OG_ERROR_FORMAT, "\"drawer\" must be a whole number or a text", NULL);
  if (!json_object_object_get_ex(json, "strokes", &value))
    return og_fail(error, OG_ERROR_FORMAT, "no \"strokes\"", NULL);
  out->class = strdup(class);
  out->raster = malloc(OG_RASTER_SIZE);
  if (!out->class || !out->raster)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  return json_strokes_distorted(value, distortion, number, out->raster, error);
}

typedef struct item_list {
  const ink_distortion *distortion;
  item *items;
  size_t count, room;
} item_list;

static og_status add_line(const char *path, uint32_t line, const char *text, size_t size,
                          item_list *list, og_error *error) {
  char place[PLACE];
  snprintf(place, sizeof place, "%s: line %u", path, line);
  if (list->count == list->room) {
    size_t room = list->room ? 2 * list->room : 256;
    item *more = list->count < MOST_DRAWINGS ? realloc(list->items, room * sizeof *more) : NULL;
    if (!more)
      return og_fail(error, OG_ERROR_TOO_LARGE, place, ": too many drawings", NULL);
    list->items = more;
    list->room = room;
  }
  json_object *json;
  og_status status = json_read_object(place, text, size, &json, error);
  if (status)
    return status;
  item *it = &list->items[list->count++];
  *it = (item){.name = ""};
  status = read_drawing(json, list->distortion, line, it, error);
  if (status)
    error_at(error, place);
  json_object_put(json);
  return status;
}

static og_status read_all(const char *path, const ink_distortion *distortion, const char *text,
                          size_t size, og_dataset **out, og_error *error) {
  item_list list = {.distortion = distortion};
  ink_lines lines = {text, text + size, 0};
  og_status status = OG_OK;
  *out = NULL;
  const char *line;
  size_t length;
  while (!status && ink_lines_next(&lines, &line, &length))
    status = add_line(path, lines.line, line, length, &list, error);
  if (!status)
    status = dataset_build(path, list.items, list.count, 0, out, error);
  for (size_t i = 0; i < list.count; i++) {
    free(list.items[i].class);
    free(list.items[i].raster);
  }
  free(list.items);
  return status;
}

og_status dataset_read_ink(const char *path, const char *text, size_t size, og_dataset **out,
                           og_error *error) {
  return read_all(path, NULL, text, size, out, error);
}

og_status dataset_load_ink(const char *path, const ink_distortion *distortion, og_dataset **out,
                           og_error *error) {
  uint8_t *text;
  size_t size;
  *out = NULL;
  og_status status = file_read_unpacked(path, MOST_TEXT, &text, &size, error);
  if (status)
    return status;
  status = read_all(path, distortion, (const char *)text, size, out, error);
  free(text);
  return status;
}
