/* What 16-bit inference needs to know: how large the numbers inside a net become. */
#ifndef MODEL_RANGES_H
#define MODEL_RANGES_H

#include "oneglyph.h"

enum { RANGE_DRAWINGS = 4000 }; /* are usually looked at */

/* The model file `bytes` with the ranges that rasters reach, as a new file (malloc); what it held
 * of them before is replaced, and so are the values of the keys in `metadata`, pairs up to a key
 * that is NULL (or NULL: none). Of `count` rasters `wanted` are looked at, evenly spaced. Rasters
 * without ink count for nothing. */
og_status model_add_ranges(const uint8_t *bytes, size_t size, const char *isa,
                           const uint8_t *rasters, size_t count, size_t wanted,
                           const char *const (*metadata)[2], uint8_t **out, size_t *out_size,
                           og_error *error);

#endif
