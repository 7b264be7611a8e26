/* One file over HTTP, into memory. */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include "oneglyph.h"

/* Gets BASE/FOLDER/NAME with libcurl: http and https only, at most `limit` bytes, redirects
 * followed a few times, given up when less than 4 KiB a second come for 30 seconds, and after an
 * hour in any case. malloc; the error names the address. OG_ERROR_EMPTY if the server answers but
 * has no such file, OG_ERROR_TOO_LARGE past `limit`; OG_ERROR_UNSUPPORTED if it cannot be reached
 * or breaks off, so that asking it for other files is pointless. */
og_status download(const char *base, const char *folder, const char *name, size_t limit,
                   uint8_t **bytes, size_t *size, og_error *error);

#endif
