/* Unpacking of gzip files in memory. */
#ifndef GUNZIP_H
#define GUNZIP_H

#include "oneglyph.h"

/* True if the bytes begin as gzip does. */
int is_gzip(const uint8_t *bytes, size_t size);

/* Unpacks a whole gzip file of one or more members into at most `limit` bytes (malloc, with a zero
 * behind them). OG_ERROR_FORMAT if it is broken or cut short, OG_ERROR_TOO_LARGE past the limit. */
og_status gunzip(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size,
                 og_error *error);

#endif
