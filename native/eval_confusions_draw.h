/* The most confused pairs as a sheet of drawings. */
#ifndef EVAL_CONFUSIONS_DRAW_H
#define EVAL_CONFUSIONS_DRAW_H

#include "eval_confusions.h"
#include "eval_report.h"

/* What is drawn. */
typedef struct confusion_sheet {
  const eval_about *about;
  const eval_count *count;
  const confused_pairs *pairs;
  size_t most;            /* pairs to draw */
  const uint8_t *rasters; /* [drawings][OG_RASTER_SIZE] */
  /* As given to confusion_pairs, and names by class. Both NULL for Lake's runs. */
  const uint32_t *class_of;
  char *const *class_names;
} confusion_sheet;

/* Each pair as the query, the example of its own class and the one it was taken for, in one
 * document without scripts or outside parts: an HTML page that wraps, or an SVG of three columns.
 * Light or dark as the reader's system is. */
void confusions_draw(FILE *out, const confusion_sheet *sheet, bool html);

#endif
