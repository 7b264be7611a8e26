/* Base64 (RFC 4648, section 4), as in data: URLs. */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Decodes `text` [length] into bytes [length / 4 * 3]; returns how many, or SIZE_MAX if the text is
 * not canonical Base64 with its padding. */
size_t base64_decode(const char *text, size_t length, uint8_t *bytes);

#endif
