/* Settings as text. See keyvalue.h. */
#include "base/keyvalue.h"

#include <stddef.h>

#include "base/error.h"

static int is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Reads digits[.digits][e[+-]digits] in double: up to 15 digits and powers of ten up to 10^22 are
 * exact there, so common numbers are rounded once. NULL if there is no such number. */
static const char *read_number(const char *c, float *value) {
  double digits = 0, sign = *c == '-' ? -1 : 1;
  int count = 0, scale = 0, exponent = 0;
  c += *c == '-' || *c == '+';
  for (; is_digit(*c); c++, count++)
    digits = digits * 10 + (*c - '0');
  if (*c == '.' && is_digit(c[1]))
    for (c++; is_digit(*c); c++, count++, scale--)
      digits = digits * 10 + (*c - '0');
  if (count == 0 || count > 15)
    return NULL;
  if (*c == 'e' || *c == 'E') {
    int negative = c[1] == '-';
    c += 1 + (c[1] == '-' || c[1] == '+');
    int places = 0;
    for (; is_digit(*c); c++, places++)
      exponent = places < 2 ? exponent * 10 + (*c - '0') : 100;
    if (places == 0 || places > 2)
      return NULL;
    scale += negative ? -exponent : exponent;
  }
  double power = 1;
  for (int i = scale < 0 ? -scale : scale; i > 0; i--)
    power *= 10;
  digits = scale < 0 ? digits / power : digits * power;
  if (digits > 3e38)
    return NULL;
  *value = (float)(sign * digits);
  return c;
}

og_status og_keyvalue_next(const char **cursor, char key[OG_KEYVALUE_KEY], float *value,
                           og_error *error) {
  const char *c = *cursor;
  size_t length = 0;
  while (*c == ' ')
    c++;
  for (; ((*c >= 'a' && *c <= 'z') || *c == '_') && length + 1 < OG_KEYVALUE_KEY; c++)
    key[length++] = *c;
  key[length] = 0;
  if (length == 0 || *c != '=')
    return og_fail(error, OG_ERROR_FORMAT, "want key=number, not '", *cursor, "'", NULL);
  c = read_number(c + 1, value);
  if (!c || (*c && *c != ' '))
    return og_fail(error, OG_ERROR_FORMAT, "bad number for '", key, "'", NULL);
  while (*c == ' ')
    c++;
  *cursor = c;
  return OG_OK;
}
