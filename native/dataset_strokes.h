/* Omniglot's stroke files: the pen's path of every drawing. */
#ifndef DATASET_STROKES_H
#define DATASET_STROKES_H

#include "oneglyph.h"

typedef struct stroke_drawing {
  char *name; /* "Alphabet/characterNN/NNNN_MM", as the image's without its ending */
  float *xy;  /* raster pixels, y down: for OG_FRAME_OMNIGLOT */
  uint32_t *lengths;
  size_t strokes;
} stroke_drawing;

typedef struct stroke_set {
  size_t count;
  stroke_drawing *drawings; /* sorted by name */
} stroke_set;

/* strokes_SET.zip or the folder strokes_SET in `dir`, SET being "background_small1" and the like,
 * or below DIR/python. A file is a line START, then for each stroke its points, one or more lines
 * "x,y,milliseconds" with y pointing up, and a line BREAK. */
og_status strokes_load(const char *dir, const char *set, stroke_set *out, og_error *error);
void strokes_free(stroke_set *set);

static inline og_strokes stroke_drawing_strokes(const stroke_drawing *d) {
  og_strokes s = {d->xy, d->lengths, d->strokes};
  return s;
}

#endif
