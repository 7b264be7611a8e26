/* Support sets from disk: a folder of class folders, or a set that was saved as JSON. */
#ifndef SUPPORT_READ_H
#define SUPPORT_READ_H

#include "oneglyph.h"

typedef struct support_drawings {
  size_t classes, count;
  char **labels;      /* [classes] */
  uint32_t *class_of; /* [count] */
  uint8_t *rasters;   /* [count][OG_RASTER_SIZE] */
} support_drawings;

/* `path` is a folder (PATH/label/ holds pictures) or a file:
 *
 *     {"format": "oneglyph-support", "version": 1, "classes": [{"label": "...", "examples":
 *      [{"strokes": [[[x, y], ...], ...]}, {"image": "data:image/png;base64,..."}]}]}
 *
 * Labels are unique and not empty; keys this reader does not know are left alone, so that a set
 * saved by a later version still loads. The error names file, class and example. */
og_status support_read(const char *path, support_drawings *out, og_error *error);
void support_drawings_free(support_drawings *s);

#endif
