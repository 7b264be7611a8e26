/* New examples of a symbol out of one drawing of it. */
#ifndef OG_INK_IMAGINE_H
#define OG_INK_IMAGINE_H

#include "base/random.h"
#include "oneglyph.h"

/* How a drawing of a symbol differs from another person's, as standard deviations; the token level
 * of Bayesian program learning (Lake, Salakhutdinov and Tenenbaum 2015, supplement S2), given one
 * drawing and not its program. Lengths are in longer sides of the drawing's box.
 * tests/bench/fit_hands.c measures them. */
enum { OG_WAVES = 5, OG_LENGTHS = 4 };
typedef struct og_hands {
  float turn, slant, stretch; /* of the whole: rotation in turns, shear of uprights, and the
                                 logarithm of width over height */
  float wave[OG_LENGTHS]
            [OG_WAVES]; /* of a stroke, in half waves along it: turned and resized, bent,
                           ...; of strokes up to the lengths og_longest, in sides */
  float slide, part;    /* where it touches another: along that one, and off it */
  float apart;          /* of a stroke that touches none, beside the nearest */
} og_hands;

extern const float og_longest[OG_LENGTHS];

/* What tests/bench/fit_hands found on the background alphabets. Two people's drawings differ by the
 * deviations of both; one new drawing, by its own: the root of a half. */
#define OG_IMAGINE_STRENGTH 0.7f
extern const og_hands og_background_hands;

/* A stroke becomes evenly spaced points, 256 at most. Writes how many each becomes to
 * lengths[strokes->count], and returns their sum, 0 if the drawing is not one that
 * og_raster_from_strokes takes, or has coordinates beyond 1e15. */
size_t og_imagine_lengths(const og_strokes *strokes, uint32_t *lengths, og_error *error);

/* Draws the symbol again, as another hand might: what touches goes on touching, nearly. `strength`
 * multiplies every deviation: at 0 it is the same drawing. `lengths` are those above; writes
 * xy[sum of lengths][2]. The same numbers give the same bits on every machine. */
void og_imagine(const og_strokes *strokes, const og_hands *hands, float strength, og_random *random,
                const uint32_t *lengths, float *xy);

#endif
