/* The image deformation model: an untrained baseline, and a second opinion for nets.
 *
 * D. Keysers, T. Deselaers, C. Gollan and H. Ney, "Deformation models for image recognition", PAMI
 * 29 (2007), section 3.4: every pixel of one image goes, by itself, to the pixel within a small
 * window of the other whose gradients, with those around it, are most like its own. */
#ifndef DEFORM_H
#define DEFORM_H

#include "oneglyph.h"

enum {
  DEFORM_SIDE = 32,
  DEFORM_WINDOW = 3, /* pixels a pixel may go, each way */
  DEFORM_MARGIN = DEFORM_WINDOW + 2,
  DEFORM_STRIDE = DEFORM_SIDE + 2 * DEFORM_MARGIN,
};

/* A drawing's moment-normalised image as two planes of Sobel gradients with a margin of zeros. */
typedef struct deform_image {
  float across[DEFORM_STRIDE * DEFORM_STRIDE], down[DEFORM_STRIDE * DEFORM_STRIDE];
} deform_image;

/* OG_ERROR_EMPTY if there is no ink. */
og_status deform_prepare(const uint8_t *raster, deform_image *out);

/* Mean of the distances from `a` to `b` and from `b` to `a`: the same both ways round. */
float deform_distance(const deform_image *a, const deform_image *b);

#endif
