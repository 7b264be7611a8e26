/* Filling an og_error without stdio, so that the wasm build stays small. */
#ifndef OG_BASE_ERROR_H
#define OG_BASE_ERROR_H

#include "oneglyph.h"

/* Writes status and the concatenation of the given strings (the list ends with NULL) into `error`,
 * which may be NULL, cutting what does not fit; bytes that are not printable ASCII become '?'.
 * Returns `status`, so a caller can write `return og_fail(...)`. */
og_status og_fail(og_error *error, og_status status, ...);

/* Decimal text of `value` for og_fail. `text` is the caller's; returns it. */
enum { OG_NUMBER_TEXT = 24 };
const char *og_number_text(char text[OG_NUMBER_TEXT], uint64_t value);

#endif
