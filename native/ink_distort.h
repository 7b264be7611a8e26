/* Strokes as other pens and hands would have left them. */
#ifndef INK_DISTORT_H
#define INK_DISTORT_H

#include "oneglyph.h"

/* Lengths are pixels of a drawing that is fitted to the raster, whatever its own unit. */
typedef enum ink_kind {
  INK_SPEED, /* a hand that is slow at a stroke's ends and fast between, seen at equal times: points
                lie up to AMOUNT times farther and nearer than usual */
  INK_COARSE,  /* points AMOUNT apart */
  INK_DENSE,   /* points AMOUNT apart, each with a quarter pixel of noise */
  INK_THICK,   /* a picture of a pen AMOUNT times as thick as Omniglot's */
  INK_OFFSET,  /* AMOUNT times the drawing's own size away, in any direction */
  INK_SCALE,   /* AMOUNT times as large */
  INK_ROTATE,  /* AMOUNT degrees to the left or to the right */
  INK_IMAGINE, /* drawn by another hand: AMOUNT times as different as people are (ink/imagine.h) */
  INK_KINDS,
} ink_kind;

typedef struct ink_distortion {
  ink_kind kind;
  double amount;
  uint64_t seed; /* of what is drawn by chance */
} ink_distortion;

/* Reads "rotate" or "rotate:25". OG_ERROR_ARGUMENT says which words and amounts there are. */
og_status ink_distortion_parse(const char *text, uint64_t seed, ink_distortion *out,
                               og_error *error);

/* "rotate:25" into text[48]; returns text. */
const char *ink_distortion_text(const ink_distortion *distortion, char text[48]);

/* The raster of drawing number `number` of a set, fitted as on the page; distorted unless
 * `distortion` is NULL. The same numbers give the same raster. */
og_status ink_raster(const ink_distortion *distortion, uint64_t number, const og_strokes *strokes,
                     uint8_t raster[OG_RASTER_SIZE], og_error *error);

#endif
