/* Text in HTML and SVG, whatever bytes a name holds. */
#ifndef MARKUP_H
#define MARKUP_H

#include <stddef.h>
#include <stdio.h>

/* Writes `text` so that it is content or a quoted attribute's value: markup characters become
 * entities; control characters and bytes that are not UTF-8 become U+FFFD. */
void markup_text(FILE *out, const char *text);

/* The same, cut to `most` characters, the last of them an ellipsis where something was cut. */
void markup_short(FILE *out, const char *text, size_t most);

#endif
