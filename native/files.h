/* Whole files, safely. */
#ifndef FILES_H
#define FILES_H

#include "oneglyph.h"

/* Reads all of a regular file of at most `limit` bytes into malloc memory, with a zero after the
 * last byte. The error says "PATH: reason". */
og_status file_read(const char *path, size_t limit, uint8_t **bytes, size_t *size, og_error *error);

/* Writes a file so that `path` holds either what it held or all of `bytes`, whatever happens:
 * a temporary file in the same folder, synced, then renamed. */
og_status file_write_atomic(const char *path, const void *bytes, size_t size, og_error *error);

/* `name` in the folder of the file `path`, or as it is if it begins with '/'; malloc, NULL if
 * memory is short. */
char *file_beside(const char *path, const char *name);

#endif
