/* The direction of an angle. */
#ifndef OG_INK_DIRECTION_H
#define OG_INK_DIRECTION_H

/* cos and sin of `turns` whole turns, by their Taylor series on an eighth; errors below 1e-6, and
 * the same bits everywhere. */
void og_direction(float turns, float *x, float *y);

#endif
