/* Reading "key=number key=number ..." texts, the form of settings inside model files. */
#ifndef OG_BASE_KEYVALUE_H
#define OG_BASE_KEYVALUE_H

#include "oneglyph.h"

enum { OG_KEYVALUE_KEY = 32 };

/* Takes the next pair at *cursor, skips the spaces after it and moves *cursor past them; at the end
 * **cursor is 0. Keys are a-z and _, at most 31 characters; numbers are decimal with an optional
 * sign, fraction and exponent of at most two digits. Anything else is OG_ERROR_FORMAT. */
og_status og_keyvalue_next(const char **cursor, char key[OG_KEYVALUE_KEY], float *value,
                           og_error *error);

#endif
