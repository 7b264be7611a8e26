/* Another drawing of the same strokes, as another hand or another moment would have made it. */
#ifndef OG_JITTER_H
#define OG_JITTER_H

#include "base/random.h"
#include "oneglyph.h"

/* Each stroke is moved, turned, resized and bent on its own, by normal deviates whose sizes suit
 * how the drawers of Omniglot differ, times `strength` (1: as they are; 0: nothing changes): the
 * token level of Bayesian program learning (Lake, Salakhutdinov and Tenenbaum 2015, supplement
 * S2), without its relations between strokes. Lengths are measured against the longer side of the
 * drawing's box. Writes as many points as `strokes` has to xy[points][2]. */
void og_strokes_jitter(const og_strokes *strokes, float strength, og_random *random, float *xy);

#endif
