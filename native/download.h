/* One file over HTTP, into memory. */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include "oneglyph.h"

/* Gets BASE/FOLDER/NAME with libcurl: http and https only, at most `limit` bytes, redirects
 * followed a few times, given up when nothing moves for 30 seconds. malloc; the error names the
 * address. */
og_status download(const char *base, const char *folder, const char *name, size_t limit,
                   uint8_t **bytes, size_t *size, og_error *error);

#endif
