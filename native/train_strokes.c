/* Pen strokes for a set of Omniglot images. See train_strokes.h. */
#include "train_strokes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "gunzip.h"
#include "ink_lines.h"
#include "json_read.h"

enum { MOST_TEXT = 1 << 30, PLACE = 512 };
static const char file_name[] = "strokes_background_simplified.jsonl.gz";

/* The drawing of class `name` by `drawer`, or -1. Lines come class by class, so the class of the
 * line before is tried first. */
static int64_t find_drawing(const og_dataset *set, const char *name, int64_t drawer,
                            size_t *latest) {
  size_t c = *latest;
  if (strcmp(set->class_names[c], name))
    for (c = 0; c < set->classes && strcmp(set->class_names[c], name);)
      c++;
  if (c == set->classes)
    return -1;
  *latest = c;
  for (uint32_t i = set->class_start[c]; i < set->class_start[c + 1]; i++)
    if ((int64_t)set->drawer_of[i] == drawer)
      return i;
  return -1;
}

/* Whether the strokes account for a drawing's ink. Simplified strokes lack dots here and there, and
 * a letter without its dot is another letter. */
static int covers(const json_ink *ink, const uint8_t *raster) {
  enum { REACH = 3, MOST_MISSING = 4 };
  uint8_t drawn[OG_RASTER_SIZE];
  og_strokes strokes = {ink->xy, ink->lengths, ink->strokes};
  if (og_raster_from_strokes(&strokes, OG_FRAME_OMNIGLOT, drawn, NULL))
    return 0;
  int missing = 0;
  for (int y = 0; y < OG_RASTER_SIDE; y++)
    for (int x = 0; x < OG_RASTER_SIDE; x++) {
      int found = !raster[y * OG_RASTER_SIDE + x];
      for (int v = y - REACH; !found && v <= y + REACH; v++)
        for (int u = x - REACH; !found && u <= x + REACH; u++)
          found = u >= 0 && v >= 0 && u < OG_RASTER_SIDE && v < OG_RASTER_SIDE &&
                  drawn[v * OG_RASTER_SIDE + u];
      missing += !found;
    }
  return missing <= MOST_MISSING;
}

static og_status read_line(json_object *json, og_dataset *set, size_t *latest, size_t *found,
                           og_error *error) {
  const char *name = json_plain_string(json_member(json, "class", json_type_string));
  json_object *drawer = json_member(json, "drawer", json_type_int);
  if (!name || !drawer)
    return og_fail(error, OG_ERROR_FORMAT, "\"class\" must be a text, \"drawer\" a number", NULL);
  int64_t i = find_drawing(set, name, json_object_get_int64(drawer), latest);
  if (i < 0 || set->ink[i].strokes)
    return OG_OK;
  json_ink ink;
  og_status status = json_strokes_read(json_object_object_get(json, "strokes"), &ink, error);
  if (status)
    return status;
  if (!ink.points || !covers(&ink, og_dataset_raster(set, (size_t)i))) {
    json_ink_free(&ink);
    return OG_OK;
  }
  set->ink[i] = (og_ink){ink.xy, ink.lengths, (uint32_t)ink.strokes, (uint32_t)ink.points};
  ++*found;
  return OG_OK;
}

og_status train_strokes_load(const char *dir, og_dataset *set, og_error *error) {
  char path[PLACE], place[PLACE + 32];
  uint8_t *text;
  size_t size, latest = 0, found = 0;
  if (snprintf(path, sizeof path, "%s/%s", dir, file_name) >= (int)sizeof path)
    return og_fail(error, OG_ERROR_ARGUMENT, dir, ": the name is too long", NULL);
  og_status status = file_read_unpacked(path, MOST_TEXT, &text, &size, error);
  if (status)
    return status;
  set->ink = calloc(set->drawings + 1, sizeof *set->ink);
  if (!set->ink)
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  ink_lines lines = {(const char *)text, (const char *)text + size, 0};
  const char *line;
  size_t length;
  while (!status && ink_lines_next(&lines, &line, &length)) {
    json_object *json;
    snprintf(place, sizeof place, "%s: line %u", path, lines.line);
    status = json_read_object(place, line, length, &json, error);
    if (status)
      break;
    status = read_line(json, set, &latest, &found, error);
    if (status)
      error_at(error, place);
    json_object_put(json);
  }
  free(text);
  if (!status && !found)
    return og_fail(error, OG_ERROR_EMPTY, path, ": holds no stroke of this set's drawings", NULL);
  return status;
}
