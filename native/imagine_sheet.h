/* A contact sheet: drawings, and beside each what was imagined of it. */
#ifndef IMAGINE_SHEET_H
#define IMAGINE_SHEET_H

#include <stdio.h>

#include "oneglyph.h"

enum { SHEET_COLUMNS = 10 };

/* Begins an SVG for `drawings` drawings with `count` imagined ones each. */
void sheet_begin(FILE *out, size_t drawings, size_t count);

/* Draws one into place `place` (0: the drawing itself, 1 .. count: what was imagined of it) of
 * drawing `number`, `side` being the longer side of that drawing's box. */
void sheet_draw(FILE *out, size_t count, size_t number, size_t place, const og_strokes *strokes,
                float side);

void sheet_end(FILE *out);

#endif
