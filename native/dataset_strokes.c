/* Omniglot's stroke files. See dataset_strokes.h. */
#include "dataset_strokes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tree.h"

/* Reads "x,y,t"; returns what follows the line, or NULL. */
static char *read_point(char *line, float *xy) {
  char *end;
  xy[0] = strtof(line, &end);
  if (end == line || *end != ',')
    return NULL;
  line = end + 1;
  xy[1] = -strtof(line, &end);
  if (end == line || *end != ',')
    return NULL;
  line = end + 1;
  strtod(line, &end);
  if (end == line || !isfinite(xy[0]) || !isfinite(xy[1]))
    return NULL;
  end += *end == '\r';
  return *end == '\n' ? end + 1 : *end == 0 ? end : NULL;
}

/* `text` ends with a zero. Every line takes at least two bytes, so `size` bounds all counts. */
static og_status read_strokes(char *text, size_t size, stroke_drawing *out) {
  size_t points = 0;
  out->xy = malloc((size + 2) * sizeof *out->xy);
  out->lengths = malloc((size / 2 + 1) * sizeof *out->lengths);
  if (!out->xy || !out->lengths)
    return OG_ERROR_MEMORY;
  if (strncmp(text, "START", 5) != 0 || !(text = strchr(text, '\n')))
    return OG_ERROR_FORMAT;
  uint32_t length = 0;
  for (text++; *text;) {
    if (strncmp(text, "BREAK", 5) == 0) {
      out->lengths[out->strokes++] = length;
      length = 0;
      text += strcspn(text, "\n");
      text += *text == '\n';
      continue;
    }
    text = read_point(text, out->xy + 2 * points);
    if (!text)
      return OG_ERROR_FORMAT;
    points++;
    length++;
  }
  return points ? OG_OK : OG_ERROR_EMPTY;
}

og_status strokes_load(const char *dir, const char *set, stroke_set *out, og_error *error) {
  char name[64];
  tree t;
  *out = (stroke_set){0};
  if (snprintf(name, sizeof name, "strokes_%s", set) >= (int)sizeof name || strchr(set, '/'))
    return og_fail(error, OG_ERROR_ARGUMENT, "no set is called '", set, "'", NULL);
  og_status status = tree_read(dir, name, &t, error);
  if (status)
    return status;
  out->drawings = calloc(t.count + 1, sizeof *out->drawings);
  if (!out->drawings)
    status = og_fail(error, OG_ERROR_MEMORY, t.path, ": out of memory", NULL);
  for (size_t i = 0; !status && i < t.count; i++) {
    size_t length = strlen(t.files[i].name);
    if (length < 5 || strcmp(t.files[i].name + length - 4, ".txt") != 0)
      continue;
    stroke_drawing *d = &out->drawings[out->count++];
    d->name = strndup(t.files[i].name, length - 4);
    status = d->name ? read_strokes((char *)t.files[i].bytes, t.files[i].size, d) : OG_ERROR_MEMORY;
    if (status)
      og_fail(error, status, t.path, ": ", t.files[i].name, ": not a stroke file", NULL);
  }
  tree_free(&t);
  if (status)
    strokes_free(out);
  return status;
}

void strokes_free(stroke_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    free(set->drawings[i].name);
    free(set->drawings[i].xy);
    free(set->drawings[i].lengths);
  }
  free(set->drawings);
  *set = (stroke_set){0};
}
