/* What the Winograd kernels and the packing of their weights agree on: see body_winograd.h for the
 * method. */
#ifndef OG_WINOGRAD_H
#define OG_WINOGRAD_H

#include "kernels/kernels.h"

/* X(alpha, tile) for each form there is; its kernel is alpha - tile + 1 square. Of the forms for
 * 3x3 kernels, tiles of 5 divide the planes 20, 10 and 5 of the glyph net without waste, and tiles
 * of 2 serve what is smaller; 3, 4 and 6 were slower on all its layers or too little faster for
 * their bytes in the page. The 4x4 and 7x7 kernels of Koch's net are not worth their bytes there,
 * and run in the direct form. */
#ifdef __wasm__
#define OG_WINOGRAD_LIST(X) X(4, 2) X(7, 5)
#else
#define OG_WINOGRAD_LIST(X) X(4, 2) X(7, 5) X(8, 2) X(8, 5)
#endif

/* Numbers between the matrices of two points: without them all points of a tile would lie a
 * multiple of 4096 bytes apart, in one set of the cache. */
enum { OG_WINOGRAD_GAP = 16 };

/* The points in pairs +p, -p. */
static const og_real og_winograd_point[3] = {1, 2, (og_real)0.5};

/* p to the power i. */
static const og_real og_winograd_power[3][6] = {
    {1, 1, 1, 1, 1, 1},
    {1, 2, 4, 8, 16, 32},
    {1, (og_real)0.5, (og_real)0.25, (og_real)0.125, (og_real)0.0625, (og_real)0.03125},
};

/* Product of x - q^2 over the first 1, 2 or 3 pairs: coefficients of 1, x, x^2; the last is 1. */
static const og_real og_winograd_whole[3][3] = {
    {-1, 0, 0},
    {4, -5, 0},
    {-1, (og_real)5.25, (og_real)-5.25},
};

/* The same product without pair p: coefficients of 1, x; the last is 1. */
static const og_real og_winograd_other[3][3][2] = {
    {{0, 0}, {0, 0}, {0, 0}},
    {{-4, 0}, {-1, 0}, {0, 0}},
    {{1, (og_real)-4.25}, {(og_real)0.25, (og_real)-1.25}, {4, -5}},
};

#endif
