/* Lines of ink files. See ink_lines.h. */
#include "ink_lines.h"

#include <string.h>

int ink_lines_next(ink_lines *l, const char **text, size_t *size) {
  while (l->at < l->end) {
    const char *newline = memchr(l->at, '\n', (size_t)(l->end - l->at));
    const char *stop = newline ? newline : l->end;
    *text = l->at;
    *size = (size_t)(stop - l->at);
    l->at = newline ? newline + 1 : l->end;
    l->line++;
    for (const char *c = *text; c < stop; c++)
      if (*c != ' ' && *c != '\t' && *c != '\r')
        return 1;
  }
  return 0;
}
