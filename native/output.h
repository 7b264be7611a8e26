/* Results, gathered first and written when the command has succeeded: never half of them. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdio.h>

typedef struct output {
  FILE *stream; /* write here */
  char *bytes;  /* private */
  size_t size;
} output;

/* 0, or EXIT_FAILED after a message. */
int output_open(output *o);

/* Writes what was gathered to `path` (atomically), or to stdout if that is NULL, provided `code` is
 * 0; frees everything. Returns the exit code. */
int output_close(output *o, const char *path, int code);

/* The same for what is SVG text: a path that ends in .png gets the picture, `zoom` pixels a unit.
 */
int output_close_drawing(output *o, const char *path, unsigned zoom, int code);

/* Throws away what was gathered. */
void output_discard(output *o);

/* Writes `text` as a JSON string with its quotes. */
void output_json_string(FILE *stream, const char *text);

/* Writes `text` as a field of a CSV: in quotes, those inside it doubled (RFC 4180). */
void output_csv_text(FILE *stream, const char *text);

/* Writes `text` for people: control characters become '?'. */
void output_plain(FILE *stream, const char *text);

#endif
