/* Drawings from the files a person names: pictures (PNG, JPEG) and ink (JSON lines, also
 * gzipped). */
#ifndef DRAWINGS_H
#define DRAWINGS_H

#include "oneglyph.h"

typedef struct drawings {
  size_t count;
  uint8_t *rasters; /* [count][OG_RASTER_SIZE] */
  uint32_t *lines;  /* [count] line of an ink file, from 1; 0 for a picture */
} drawings;

/* Reads every drawing of a file: one for a picture, one a line for ink, in order; blank lines are
 * skipped. The error names file and line; an ink file without drawings is OG_ERROR_EMPTY. */
og_status drawings_read(const char *path, drawings *out, og_error *error);
void drawings_free(drawings *d);

/* "PATH" or "PATH: line N" into text[capacity]; returns text. */
const char *drawing_place(const char *path, uint32_t line, char *text, size_t capacity);

#endif
