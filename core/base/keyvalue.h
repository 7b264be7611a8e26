/* Reading "key=number key=number ..." texts, the form of settings inside model files. */
#ifndef OG_BASE_KEYVALUE_H
#define OG_BASE_KEYVALUE_H

#include "oneglyph.h"

/* A key with the range its number must be in. */
typedef struct og_setting {
  const char *key;
  float least, most;
} og_setting;

/* Reads `count` settings in any order, separated by spaces, into values[i] for settings[i]: the
 * first `needed` of them exactly once, the others at most once (or values[i] stays as it is).
 * Numbers are decimal with an optional sign, fraction and exponent, at most 15 digits. Anything
 * else is OG_ERROR_FORMAT; `what` ("input") begins the message. */
og_status og_settings_read(const char *what, const char *text, const og_setting *settings,
                           size_t count, size_t needed, float *values, og_error *error);

#endif
