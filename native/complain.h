/* Error messages: one line on stderr, whatever bytes a file name or a file holds. */
#ifndef COMPLAIN_H
#define COMPLAIN_H

#include "oneglyph.h"

/* Prints "oneglyph: " and the formatted text as one line on stderr, control characters replaced by
 * '?', and returns `code`, so that a caller can write `return complain(EXIT_BAD, ...)`. */
int complain(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints an error of the core or of a file and returns the exit code its status asks for: 1 for
 * want of memory, otherwise 2. */
/* From here on messages say which of several processes speaks. */
void complain_as_process(unsigned number);

int complain_error(const og_error *error);

#endif
