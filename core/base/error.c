/* Error lines. See error.h. */
#include "base/error.h"

#include <stdarg.h>

og_status og_fail(og_error *error, og_status status, ...) {
  if (!error)
    return status;
  size_t used = 0;
  va_list parts;
  va_start(parts, status);
  for (const char *part; (part = va_arg(parts, const char *)) != NULL;)
    for (; *part && used + 1 < sizeof error->text; part++)
      error->text[used++] = *part >= ' ' && *part <= '~' ? *part : '?';
  va_end(parts);
  error->text[used] = 0;
  error->status = status;
  return status;
}

const char *og_number_text(char text[OG_NUMBER_TEXT], uint64_t value) {
  char reversed[OG_NUMBER_TEXT];
  size_t digits = 0;
  do
    reversed[digits++] = (char)('0' + value % 10);
  while (value /= 10);
  for (size_t i = 0; i < digits; i++)
    text[i] = reversed[digits - 1 - i];
  text[digits] = 0;
  return text;
}
