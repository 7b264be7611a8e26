/* Settings as text. See keyvalue.h. */
#include "base/keyvalue.h"

#include <stddef.h>
#include <string.h>

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
  if (*c == '.' && count > 0 && is_digit(c[1]))
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

enum { MOST_SETTINGS = 32 };

/* The setting whose key stands before a '=' at `text`; `count` if there is none. */
static size_t find_setting(const char *text, const og_setting *settings, size_t count) {
  size_t i = 0, n = 0;
  for (; i < count; i++) {
    for (n = 0; settings[i].key[n] && settings[i].key[n] == text[n];)
      n++;
    if (!settings[i].key[n] && text[n] == '=')
      break;
  }
  return i;
}

static const char *skip_spaces(const char *text) {
  while (*text == ' ')
    text++;
  return text;
}

static og_status bad_setting(const char *what, const og_setting *setting, const char *problem,
                             og_error *error) {
  return og_fail(error, OG_ERROR_FORMAT, what, ": ", setting->key, problem, NULL);
}

og_status og_settings_read(const char *what, const char *text, const og_setting *settings,
                           size_t count, size_t needed, float *values, og_error *error) {
  uint32_t seen = 0;
  for (text = skip_spaces(text); *text; text = skip_spaces(text)) {
    size_t i = find_setting(text, settings, count < MOST_SETTINGS ? count : MOST_SETTINGS);
    if (i == count)
      return og_fail(error, OG_ERROR_FORMAT, what, ": unknown word at '", text, "'", NULL);
    if (seen >> i & 1)
      return bad_setting(what, &settings[i], " is given twice", error);
    seen |= 1u << i;
    text = read_number(text + strlen(settings[i].key) + 1, &values[i]);
    if (!text || (*text && *text != ' '))
      return bad_setting(what, &settings[i], " is not a number", error);
    if (!(values[i] >= settings[i].least && values[i] <= settings[i].most))
      return bad_setting(what, &settings[i], " is out of range", error);
  }
  for (size_t i = 0; i < needed; i++)
    if (!(seen >> i & 1))
      return bad_setting(what, &settings[i], " is missing", error);
  return OG_OK;
}
