/* Random views of a glyph: what another hand, another slant, another pen would have made of it. */
#ifndef OG_AUGMENT_H
#define OG_AUGMENT_H

#include "base/random.h"
#include "ink/ink.h"

/* Strengths; all 0 is the identity. Uniform in +-: rotation (degrees), stretch of each axis
 * (factor 1 +- stretch), shear, shift of the window (in half windows), tone threshold (pen width).
 * warp: standard deviation of a smooth random displacement (in half windows).
 * chance: with which each of rotation, stretch, shear and shift has a part in a view, apart from
 * the others (Koch 2015, section 3.3: 0.5); 1: they all have, in every view. */
typedef struct og_augment {
  float rotate_degrees, stretch, shear, shift, warp, tone, chance;
} og_augment;

/* Draws a view with `symmetry` 0 .. 7 in front: 0 identity, 1 to 3 quarter turns, 4 to 7 the same
 * after a flip. `warp` is room for [2][side][side] and must live as long as the view. */
void og_augment_view(const og_augment *strength, uint32_t symmetry, uint32_t side,
                     og_random *random, float *warp, og_view *out);

/* Distorts a view once more, by rotation, stretch, shear and warp of `style` times the strengths,
 * all of them always. What differs from drawing to drawing is another hand; the same `random` for
 * all drawings of a script makes another script of it, whose two drawings of a character differ no
 * more than before. `warp` as given to og_augment_view. */
void og_augment_style(const og_augment *strength, float style, uint32_t side, og_random *random,
                      float *warp, og_view *view);

#endif
