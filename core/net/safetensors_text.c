/* Walking through a header. See safetensors_text.h; the grammar is that of RFC 8259. */
#include "net/safetensors_text.h"

#include <stdint.h>

/* For `return fail(text)`. */
static int fail(og_st_text *text) {
  if (!text->broken)
    text->broken = text->at;
  text->at = text->end;
  return 0;
}

char og_st_peek(og_st_text *text) {
  for (; text->at < text->end; text->at++)
    if (*text->at != ' ' && *text->at != '\n' && *text->at != '\t' && *text->at != '\r')
      return *text->at;
  return 0;
}

static int take(og_st_text *text, char wanted) {
  if (og_st_peek(text) != wanted)
    return fail(text);
  text->at++;
  return 1;
}

/* True, and past it, if the list that `open` and then commas run through ends here with `close`. */
static int at_close(og_st_text *text, char *before, char open, char close) {
  if (*before == open && !take(text, open))
    return 1;
  if (og_st_peek(text) == close) {
    text->at++;
    return 1;
  }
  if (*before != open && !take(text, ','))
    return 1;
  *before = ',';
  return 0;
}

const char *og_st_key(og_st_text *text, char *before) {
  if (at_close(text, before, '{', '}'))
    return NULL;
  const char *key = og_st_string(text);
  return take(text, ':') ? key : NULL;
}

/* The number of four hexadecimal digits, or one that is too large for them. */
static uint32_t take_hex(og_st_text *text) {
  uint32_t code = 0;
  for (int i = 0; i < 4; i++) {
    uint32_t c = text->at < text->end ? (unsigned char)*text->at++ : 0, letter = (c | 32) - 'a';
    uint32_t digit = c - '0' < 10 ? c - '0' : letter + 10;
    if (c - '0' >= 10 && letter >= 6)
      return UINT32_MAX;
    code = code << 4 | digit;
  }
  return code;
}

/* What stands behind \u as UTF-8: one code, or two that are halves of one. */
static int take_unicode(og_st_text *text) {
  uint32_t code = take_hex(text);
  if (code - 0xd800 < 0x400 && text->end - text->at >= 2 && text->at[0] == '\\' &&
      text->at[1] == 'u') {
    text->at += 2;
    uint32_t low = take_hex(text) - 0xdc00;
    code = low < 0x400 ? 0x10000 + ((code - 0xd800) << 10) + low : UINT32_MAX;
  }
  if (code == 0 || code > 0x10ffff || code - 0xd800 < 0x800)
    return 0;
  int more = (code >= 0x80) + (code >= 0x800) + (code >= 0x10000);
  *text->strings++ = (char)(more ? 0xff00 >> (more + 1) | code >> 6 * more : code);
  while (more-- > 0)
    *text->strings++ = (char)(0x80 | (code >> 6 * more & 0x3f));
  return 1;
}

static int take_escape(og_st_text *text) {
  static const char meaning[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
  char c = text->at < text->end ? *text->at++ : 0;
  if (c == 'u')
    return take_unicode(text);
  for (size_t i = 0; meaning[i]; i += 2)
    if (meaning[i] == c) {
      *text->strings++ = meaning[i + 1];
      return 1;
    }
  return 0;
}

/* A string never grows: no escape is shorter than its meaning, and two quotes make room for the
 * zero. */
const char *og_st_string(og_st_text *text) {
  char *first = text->strings;
  take(text, '"');
  while (text->at < text->end && (unsigned char)*text->at >= ' ') {
    char c = *text->at++;
    if (c == '"') {
      *text->strings++ = 0;
      return first;
    }
    if (c != '\\')
      *text->strings++ = c;
    else if (!take_escape(text))
      break;
  }
  fail(text);
  return NULL;
}

/* Digits only, and not more of them than fit. */
static size_t take_size(og_st_text *text) {
  size_t value = 0;
  char c = og_st_peek(text);
  if (c < '0' || c > '9')
    fail(text);
  while (text->at < text->end && *text->at >= '0' && *text->at <= '9') {
    if (value > SIZE_MAX / 10 - 1)
      return (size_t)fail(text);
    value = value * 10 + (size_t)(*text->at++ - '0');
  }
  return value;
}

size_t og_st_sizes(og_st_text *text, size_t *out, size_t most) {
  size_t count = 0;
  for (char before = '['; !at_close(text, &before, '[', ']');) {
    if (count == most) {
      fail(text);
      break;
    }
    out[count++] = take_size(text);
  }
  return count;
}

void og_st_end(og_st_text *text) {
  og_st_peek(text);
  if (text->at < text->end)
    fail(text);
}
