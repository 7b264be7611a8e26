/* The steps from a picture's pixels to a raster; private to ink/.
 *
 *     rgba -> contrast (how much darker than its paper each pixel is) -> mask (ink or not)
 *          -> middle lines, one pixel wide -> raster, drawn with Omniglot's pen */
#ifndef OG_INK_PICTURE_H
#define OG_INK_PICTURE_H

#include "oneglyph.h"

/* One byte a pixel, row by row. `at` is from malloc. */
typedef struct og_grey {
  size_t width, height;
  uint8_t *at;
} og_grey;

enum { OG_CONTRAST_SIDE = 1024 }; /* longer side of a contrast plane, at most */

/* Contrast of ink against the paper around it, whichever of the two is darker; 0 is paper. Pictures
 * over OG_CONTRAST_SIDE are reduced by whole factors, and of the pixels that become one the inkiest
 * counts, so that a hair line in a photograph stays. OG_ERROR_MEMORY is the only failure. */
og_status og_contrast_from_rgba(const uint8_t *rgba, size_t width, size_t height, og_grey *out);

/* Enlarges a plane by a whole factor, bilinearly, in place. OG_ERROR_MEMORY is the only failure. */
og_status og_grey_enlarge(og_grey *plane, size_t factor);

/* Turns contrast into a mask of 0 and 1 in place: threshold, then specks away. OG_ERROR_EMPTY if
 * nothing is left, OG_ERROR_MEMORY. */
og_status og_mask_from_contrast(og_grey *plane);

/* Thins the ink of a mask to middle lines, one pixel wide and still connected, in place. The
 * outermost rows and columns must be paper. */
void og_mask_thin(og_grey *mask);

#endif
