/* New examples of a drawing. See imagine.h. */
#include "imagine.h"

#include <stdlib.h>

#include "base/error.h"
#include "ink/imagine.h"

og_status imagine_create(const og_strokes *strokes, double strength, og_random *random,
                         imagined *out, og_error *error) {
  og_error wrong = {0};
  *out = (imagined){.count = strokes->count};
  out->lengths = calloc(strokes->count + 1, sizeof *out->lengths);
  size_t points = out->lengths ? og_imagine_lengths(strokes, out->lengths, &wrong) : 0;
  out->xy = points ? malloc(2 * points * sizeof *out->xy) : NULL;
  if (out->xy) {
    og_imagine(strokes, &og_background_hands, (float)strength, random, out->lengths, out->xy);
    return OG_OK;
  }
  imagine_free(out);
  return wrong.status ? og_fail(error, wrong.status, wrong.text, NULL)
                      : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}

void imagine_free(imagined *drawing) {
  free(drawing->xy);
  free(drawing->lengths);
  *drawing = (imagined){0};
}
