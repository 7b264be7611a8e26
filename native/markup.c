/* Text in HTML and SVG. See markup.h. */
#include "markup.h"

#include <stdint.h>
#include <string.h>

/* Bytes of the UTF-8 character at `s`, or 0 if there is none that XML allows. */
static size_t character(const unsigned char *s) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t length = s[0] < 0x80 ? 1 : s[0] >= 0xf0 && s[0] < 0xf8 ? 4 : s[0] >= 0xe0 ? 3 : 2;
  if (length == 1)
    return s[0] >= 0x20 && s[0] != 0x7f;
  if (s[0] < 0xc2 || s[0] >= 0xf8)
    return 0;
  uint32_t code = s[0] & (0x7fu >> length);
  for (size_t i = 1; i < length; i++) {
    if ((s[i] & 0xc0) != 0x80)
      return 0;
    code = code << 6 | (s[i] & 0x3f);
  }
  int fits = code >= least[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return fits && code >= 0xa0 && code != 0xfffe && code != 0xffff ? length : 0;
}

/* Writes one character and returns how many bytes of `text` it took. */
static size_t put(FILE *out, const char *text) {
  static const char special[] = "&<>\"'";
  static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  size_t length = character((const unsigned char *)text);
  const char *found = strchr(special, *text);
  if (!length)
    fputs("\xef\xbf\xbd", out);
  else if (found)
    fputs(entity[found - special], out);
  else
    fwrite(text, 1, length, out);
  return length ? length : 1;
}

void markup_text(FILE *out, const char *text) {
  while (*text)
    text += put(out, text);
}

static size_t count(const char *text) {
  size_t characters = 0;
  for (; *text; characters++) {
    size_t length = character((const unsigned char *)text);
    text += length ? length : 1;
  }
  return characters;
}

void markup_short(FILE *out, const char *text, size_t most) {
  int cut = count(text) > most;
  for (size_t i = 0; *text && i + (size_t)cut < most; i++)
    text += put(out, text);
  if (cut)
    fputs("\xe2\x80\xa6", out);
}
