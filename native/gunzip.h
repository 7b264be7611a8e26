/* Files that may be gzipped. */
#ifndef GUNZIP_H
#define GUNZIP_H

#include "oneglyph.h"

/* Reads a file as file_read (files.h) does, and unpacks it if it is gzipped, in one or more
 * members; `limit` holds for both forms. OG_ERROR_FORMAT if the gzip is broken or cut short. */
og_status file_read_unpacked(const char *path, size_t limit, uint8_t **bytes, size_t *size,
                             og_error *error);

#endif
