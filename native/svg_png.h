/* Pictures of SVG text, made by rsvg-convert (librsvg). */
#ifndef SVG_PNG_H
#define SVG_PNG_H

#include "oneglyph.h"

/* True if rsvg-convert can be started. */
int svg_png_usable(void);

/* 0, or EXIT_BAD after a message of `command` if `path` ends in .png and rsvg-convert cannot be
 * started. */
int svg_png_needed(const char *command, const char *path);

/* Renders `svg` at `zoom` pixels a unit into the bytes of a PNG (malloc). */
og_status svg_png(const char *svg, size_t size, unsigned zoom, uint8_t **png, size_t *png_size,
                  og_error *error);

#endif
