/* Base64 (RFC 4648, section 4). */
#include "base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_decode(const char *text, size_t length, uint8_t *bytes) {
  if (length % 4)
    return SIZE_MAX;
  size_t padding = 0, count = 0;
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
    padding++;
  for (size_t i = 0; i < length; i += 4) {
    uint32_t group = 0;
    for (size_t k = 0; k < 4; k++) {
      const char *digit = text[i + k] ? strchr(digits, text[i + k]) : NULL;
      if (i + k >= length - padding)
        digit = digits;
      if (!digit)
        return SIZE_MAX;
      group = group << 6 | (uint32_t)(digit - digits);
    }
    size_t last = i + 4 == length ? 3 - padding : 3;
    for (size_t k = 0; k < 3; k++)
      if (k < last)
        bytes[count++] = (uint8_t)(group >> (16 - 8 * k));
      else if (group >> (16 - 8 * k) & 255)
        return SIZE_MAX; /* bits that belong to no byte */
  }
  return count;
}
