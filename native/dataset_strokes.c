/* Omniglot's stroke files. See dataset_strokes.h. */
#include "dataset_strokes.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tree.h"

/* What follows the line's end at `at`, or NULL if there is more on the line. */
static char *end_line(char *at) {
  at += *at == '\r';
  return *at == '\n' ? at + 1 : *at == 0 ? at : NULL;
}

/* Reads a line that holds `word` only; returns what follows it, or NULL. */
static char *read_word(char *line, const char *word) {
  size_t length = strlen(word);
  return strncmp(line, word, length) == 0 ? end_line(line + length) : NULL;
}

/* Reads a number and the comma behind it, if `comma`; returns what follows, or NULL. */
static char *read_number(char *at, int comma, float *out) {
  char *end;
  *out = strtof(at, &end);
  /* strtof would pass over a line's end. */
  if (end == at || isspace((unsigned char)*at) || !isfinite(*out) || (comma && *end != ','))
    return NULL;
  return end + comma;
}

/* Reads "x,y,t"; returns what follows the line, or NULL. */
static char *read_point(char *line, float *xy) {
  float time;
  char *at = read_number(line, 1, &xy[0]);
  if (!at || !(at = read_number(at, 1, &xy[1])) || !(at = read_number(at, 0, &time)))
    return NULL;
  xy[1] = -xy[1]; /* up in the file */
  return end_line(at);
}

/* `text` ends with a zero. Every line takes at least two bytes, so `size` bounds all counts. */
static og_status read_strokes(char *text, size_t size, stroke_drawing *out) {
  size_t points = 0;
  out->xy = malloc((size + 2) * sizeof *out->xy);
  out->lengths = malloc((size / 2 + 1) * sizeof *out->lengths);
  if (!out->xy || !out->lengths)
    return OG_ERROR_MEMORY;
  text = read_word(text, "START");
  uint32_t length = 0;
  while (text && *text) {
    char *after = read_word(text, "BREAK");
    if (after && length) {
      out->lengths[out->strokes++] = length;
      length = 0;
      text = after;
    } else if ((text = read_point(text, out->xy + 2 * points)) != NULL) {
      points++;
      length++;
    }
  }
  /* A stroke that no BREAK ends was cut off. */
  return !text || length ? OG_ERROR_FORMAT : points ? OG_OK : OG_ERROR_EMPTY;
}

og_status strokes_load(const char *dir, const char *set, stroke_set *out, og_error *error) {
  char name[64];
  tree t;
  *out = (stroke_set){0};
  if (snprintf(name, sizeof name, "strokes_%s", set) >= (int)sizeof name || strchr(set, '/'))
    return og_fail(error, OG_ERROR_ARGUMENT, "no set is called '", set, "'", NULL);
  const tree_spec spec = {name, NULL, tree_set_places};
  og_status status = tree_read(dir, &spec, &t, error);
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
