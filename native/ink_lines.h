/* The lines of an ink file, one JSON object each. */
#ifndef INK_LINES_H
#define INK_LINES_H

#include <stddef.h>
#include <stdint.h>

typedef struct ink_lines {
  const char *at, *end; /* what is left to read */
  uint32_t line;        /* number of the latest line, from 1 */
} ink_lines;

/* Finds the next line that is not blank; 0 at the end. */
int ink_lines_next(ink_lines *lines, const char **text, size_t *size);

#endif
