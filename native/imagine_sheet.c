/* Contact sheets. See imagine_sheet.h. */
#include "imagine_sheet.h"

#include <math.h>

#include "ink/pen.h"

enum {
  CELL = 120,
  MARGIN = 12
}; /* a cell is a raster of 105 pixels and what parts it from the next */

static size_t rows(size_t count) {
  return (count + SHEET_COLUMNS - 1) / SHEET_COLUMNS;
}

void sheet_begin(FILE *out, size_t drawings, size_t count) {
  size_t columns = 1 + (count < SHEET_COLUMNS ? count : SHEET_COLUMNS);
  size_t width = 2 * MARGIN + columns * CELL, height = 2 * MARGIN + drawings * rows(count) * CELL;
  fprintf(
      out,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%zu\" viewBox=\"0 0 %zu "
      "%zu\">\n<style>.paper{fill:#fff}path{fill:none;stroke:#1f1f25;stroke-width:%g;"
      "stroke-linecap:round;stroke-linejoin:round}.own{stroke:#b3261e}"
      "@media(prefers-color-scheme:dark){.paper{fill:#16161a}path{stroke:#ececf1}"
      ".own{stroke:#ff9d8f}}</style>\n<title>Drawings, each with what was imagined of it</title>\n"
      "<rect class=\"paper\" width=\"%zu\" height=\"%zu\"/>\n",
      width, height, width, height, 2 * OG_PEN_RADIUS, width, height);
}

void sheet_draw(FILE *out, size_t count, size_t number, size_t place, const og_strokes *strokes,
                float side) {
  size_t column = place ? 1 + (place - 1) % SHEET_COLUMNS : 0;
  size_t row = number * rows(count) + (place ? (place - 1) / SHEET_COLUMNS : 0);
  double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  const float *xy = strokes->xy;
  for (size_t i = 0; i < strokes->count; xy += 2 * (size_t)strokes->lengths[i++])
    for (size_t p = 0; p < 2 * (size_t)strokes->lengths[i]; p++) {
      low[p % 2] = fmin(low[p % 2], (double)xy[p]);
      high[p % 2] = fmax(high[p % 2], (double)xy[p]);
    }
  double scale = side > 0 ? OG_FIT_SIZE / (double)side : 0;
  double x = MARGIN + CELL * ((double)column + 0.5), y = MARGIN + CELL * ((double)row + 0.5);
  fprintf(out, "<path%s d=\"", place ? "" : " class=\"own\"");
  xy = strokes->xy;
  for (size_t i = 0; i < strokes->count; i++)
    for (size_t p = 0; p < strokes->lengths[i]; p++, xy += 2) {
      double u = x + scale * ((double)xy[0] - (low[0] + high[0]) / 2);
      double v = y + scale * ((double)xy[1] - (low[1] + high[1]) / 2);
      fprintf(out, "%c%.1f %.1f", p ? 'L' : 'M', u, v);
      if (strokes->lengths[i] == 1)
        fputs("h0", out); /* a dot */
    }
  fputs("\"/>\n", out);
}

void sheet_end(FILE *out) {
  fputs("</svg>\n", out);
}
