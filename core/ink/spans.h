/* A raster in the making: the pen's mark, counted at the ends of its row spans. Private to ink/. */
#ifndef OG_INK_SPANS_H
#define OG_INK_SPANS_H

#include "oneglyph.h"

typedef struct og_point {
  double x, y;
} og_point;

/* +1 where a span begins, -1 just behind its end. Starts as zeros. */
typedef struct og_spans {
  int32_t edge[OG_RASTER_SIDE][OG_RASTER_SIDE + 1];
} og_spans;

/* Marks what the pen covers on its way from `a` to `b`, both finite; equal points are a dot. */
void og_spans_sweep(og_spans *spans, og_point a, og_point b);

/* 1 wherever a span lies. Returns how many pixels that is. */
size_t og_spans_develop(const og_spans *spans, uint8_t raster[OG_RASTER_SIZE]);

#endif
