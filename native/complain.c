/* Error messages: one line on stderr. */
#include "complain.h"

#include <stdarg.h>
#include <stdio.h>

#include "commands.h"

static unsigned speaker; /* 0: there is only one */

void complain_as_process(unsigned number) {
  speaker = number;
}

int complain(int code, const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  /* A file name may hold a newline or an escape sequence; neither may reach the terminal. */
  for (char *c = text; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7f)
      *c = '?';
  if (speaker)
    fprintf(stderr, "oneglyph: process %u: %s\n", speaker, text);
  else
    fprintf(stderr, "oneglyph: %s\n", text);
  return code;
}

int complain_error(const og_error *error) {
  const char *text = error->text[0] ? error->text : "out of memory";
  return complain(error->status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s", text);
}
