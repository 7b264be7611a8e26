/* Rasters to the net's input: moment normalisation and sampling.
 *
 * A raster is blurred once (the low-pass filter that sampling at `side` pixels needs), its centre
 * of mass and spread are measured, and the net's input is read off through an affine map. The same
 * two functions serve the page (identity view) and training (random views of the same glyph). */
#ifndef OG_INK_H
#define OG_INK_H

#include "base/random.h"
#include "oneglyph.h"

/* How a net wants its input; written in the model file as `input` (see og_input_parse). */
typedef struct og_input {
  uint32_t side;    /* pixels; 1 .. 256 */
  float half_width; /* half the window, in standard deviations of the ink; 0: the raster as is */
  float blur;       /* standard deviation of the blur, in raster pixels; 0: none */
  float tone_threshold; /* v -> sigmoid((v - threshold) * gain) - 0.02; gain 0: v unchanged */
  float tone_gain;
} og_input;

/* Text form: "side=40 half_width=2.4 blur=1.1025 tone_threshold=0.28 tone_gain=14". Unknown or
 * missing words, or values out of range, are OG_ERROR_FORMAT. */
og_status og_input_parse(const char *text, og_input *out, og_error *error);

/* A raster made ready for sampling. */
typedef struct og_glyph {
  uint8_t soft[OG_RASTER_SIZE]; /* blurred ink, 255 is full */
  float center_x, center_y;     /* window in [-1, 1] coordinates of the raster, y down */
  float half;                   /* half the window's side, in the same unit */
} og_glyph;

/* OG_ERROR_EMPTY if there is no ink. */
og_status og_glyph_prepare(const og_input *input, const uint8_t raster[OG_RASTER_SIZE],
                           og_glyph *out);

/* A way of looking at a glyph: where output position (u, v) in [-1, 1]^2 reads it.
 * x = center_x + half * (m[0] u + m[1] v + t[0] + warp_x), y likewise. */
typedef struct og_view {
  float m[4], t[2];
  const float *warp; /* [2][side][side], x then y displacements, or NULL */
  float tone_shift;  /* added to the tone threshold: negative is a thicker pen */
} og_view;

/* Bilinear sampling into out[side][side]; `view` NULL is the identity. */
void og_glyph_sample(const og_input *input, const og_glyph *glyph, const og_view *view, float *out);

/* ---- Procedural symbols --------------------------------------------------------------------- */

enum { OG_DRAWING_POINTS = 512, OG_DRAWING_STROKES = 8 };

/* A drawing with room of its own. */
typedef struct og_drawing {
  float xy[OG_DRAWING_POINTS][2]; /* y down, within about 0 .. 105 */
  uint32_t lengths[OG_DRAWING_STROKES];
  uint32_t strokes;
} og_drawing;

static inline og_strokes og_drawing_strokes(const og_drawing *d) {
  og_strokes s = {&d->xy[0][0], d->lengths, d->strokes};
  return s;
}

/* Joined: one to four pen strokes (lines, arcs, hooks, loops, dots) that touch or cross the way
 * letters do. Loose: two to seven short strokes or dots apart from each other, in places that an
 * alphabet's symbols share, so that they differ in which places are filled. */
typedef enum og_symbol_style { OG_SYMBOL_JOINED, OG_SYMBOL_LOOSE } og_symbol_style;

/* Symbol `symbol` of the endless alphabet `seed`, in the hand of `drawer`: the same numbers always
 * give the same drawing. Drawers differ in slant, size, proportion, wobble and carelessness, and no
 * two drawings are equal. No libm: the same bits on every machine. */
void og_symbol_draw(og_symbol_style style, uint64_t seed, uint32_t symbol, uint32_t drawer,
                    og_drawing *out);

#endif
