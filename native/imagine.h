/* New examples of a drawing, with memory of their own. */
#ifndef IMAGINE_H
#define IMAGINE_H

#include "base/random.h"
#include "oneglyph.h"

typedef struct imagined {
  float *xy;
  uint32_t *lengths;
  size_t count;
} imagined;

/* Draws `strokes` again as og_imagine (ink/imagine.h) does, by the hands of Omniglot's background.
 */
og_status imagine_create(const og_strokes *strokes, double strength, og_random *random,
                         imagined *out, og_error *error);
void imagine_free(imagined *drawing);

static inline og_strokes imagined_strokes(const imagined *d) {
  og_strokes s = {d->xy, d->lengths, d->count};
  return s;
}

#endif
