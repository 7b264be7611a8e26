/* The image deformation model: an untrained baseline, and a second opinion for nets.
 *
 * D. Keysers, T. Deselaers, C. Gollan and H. Ney, "Deformation models for image recognition", PAMI
 * 29 (2007), section 3.4: every pixel of one image goes, by itself, to the pixel within a small
 * window of the other whose gradients, with those around it, are most like its own. */
#ifndef OG_DEFORM_H
#define OG_DEFORM_H

#include "ink/ink.h"

enum {
  OG_DEFORM_SIDE = 32,
  OG_DEFORM_WINDOW = 3, /* pixels a pixel may go, each way */
  OG_DEFORM_MARGIN = OG_DEFORM_WINDOW + 2,
  OG_DEFORM_STRIDE = OG_DEFORM_SIDE + 2 * OG_DEFORM_MARGIN,
};

/* A drawing's moment-normalised image as two planes of Sobel gradients with a margin of zeros. */
typedef struct og_deform_image {
  float across[OG_DEFORM_STRIDE * OG_DEFORM_STRIDE], down[OG_DEFORM_STRIDE * OG_DEFORM_STRIDE];
} og_deform_image;

/* OG_ERROR_EMPTY if there is no ink. */
og_status og_deform_prepare(const uint8_t *raster, og_deform_image *out);

/* The same in two steps, for a drawing that is seen several ways: as it is (turn 0), and turned by
 * 8 degrees each way: the first of og_views. */
enum { OG_DEFORM_TURNS = 3 };
og_status og_deform_glyph(const uint8_t *raster, og_glyph *out);
void og_deform_turn(const og_glyph *glyph, size_t turn, og_deform_image *out);

/* Mean of the distances from `a` to `b` and from `b` to `a`: the same both ways round. */
float og_deform_distance(const og_deform_image *a, const og_deform_image *b);

#endif
