/* Omniglot's pen and drawing size, measured; shared by what makes rasters. */
#ifndef OG_INK_PEN_H
#define OG_INK_PEN_H

/* A disc; pixels whose centre it covers are ink. Radius and shift were fitted to 1,613 of the 5,840
 * drawings of images_background_small1/2 and their strokes in strokes_background_small1/2 (median
 * intersection over union; tests/native/test_ink_truth.c checks the result on every fourth). */
#define OG_PEN_RADIUS 2.5
#define OG_PEN_SHIFT_X 0.15
#define OG_PEN_SHIFT_Y (-0.05)

/* The longer side of the box around the strokes of a drawing. The ink of the drawings of
 * images_background is 68 pixels long in the median (every seventh measured), and a box of strokes
 * is a pen's 5 pixels less. */
#define OG_FIT_SIZE 63.0

#endif
