/* The image deformation model. See deform.h. */
#include "fewshot/deform.h"

#include <math.h>
#include <string.h>

#include "net/model.h"

enum {
  SIDE = OG_DEFORM_SIDE,
  WINDOW = OG_DEFORM_WINDOW,
  MARGIN = OG_DEFORM_MARGIN,
  STRIDE = OG_DEFORM_STRIDE,
  /* Context is 3 x 3 pixels: sums of a row reach one pixel beyond the image above and below. */
  ROWS = SIDE + 2,
};

static const og_input input = {.side = SIDE, .half_width = 2.4f, .blur = 2};

static size_t at(int y, int x) {
  return (size_t)((y + MARGIN) * STRIDE + x + MARGIN);
}

og_status og_deform_glyph(const uint8_t *raster, og_glyph *out) {
  return og_glyph_prepare(&input, raster, out);
}

void og_deform_turn(const og_glyph *glyph, size_t turn, og_deform_image *out) {
  float sampled[SIDE * SIDE], grey[STRIDE * STRIDE] = {0};
  og_glyph_sample(&input, glyph, &og_views[turn], sampled);
  for (int y = 0; y < SIDE; y++)
    memcpy(grey + at(y, 0), sampled + y * SIDE, SIDE * sizeof *grey);
  memset(out, 0, sizeof *out);
  for (int y = -1; y <= SIDE; y++)
    for (int x = -1; x <= SIDE; x++) {
      const float *g = grey + at(y, x), *above = g - STRIDE, *below = g + STRIDE;
      out->across[at(y, x)] = above[1] - above[-1] + 2 * (g[1] - g[-1]) + below[1] - below[-1];
      out->down[at(y, x)] = below[-1] - above[-1] + 2 * (below[0] - above[0]) + below[1] - above[1];
    }
}

og_status og_deform_prepare(const uint8_t *raster, og_deform_image *out) {
  og_glyph glyph;
  og_status status = og_deform_glyph(raster, &glyph);
  if (!status)
    og_deform_turn(&glyph, 0, out);
  return status;
}

/* cost[y][x]: squared difference of the 3 x 3 gradients around (y, x) in `a` and around
 * (y + dy, x + dx) in `b`. */
static void compare_shifted(const og_deform_image *a, const og_deform_image *b, int dy, int dx,
                            float cost[SIDE][SIDE]) {
  float row[ROWS][SIDE], square[SIDE + 2];
  for (int y = 0; y < ROWS; y++) {
    size_t i = at(y - 1, -1), j = at(y - 1 + dy, dx - 1);
    for (size_t x = 0; x < SIDE + 2; x++) {
      float across = a->across[i + x] - b->across[j + x], down = a->down[i + x] - b->down[j + x];
      square[x] = across * across + down * down;
    }
    for (size_t x = 0; x < SIDE; x++)
      row[y][x] = square[x] + square[x + 1] + square[x + 2];
  }
  for (size_t y = 0; y < SIDE; y++)
    for (size_t x = 0; x < SIDE; x++)
      cost[y][x] = row[y][x] + row[y + 1][x] + row[y + 2][x];
}

static float sum_of(float least[SIDE][SIDE]) {
  float sum = 0;
  for (size_t y = 0; y < SIDE; y++) {
    float line = 0;
    for (size_t x = 0; x < SIDE; x++)
      line += least[y][x];
    sum += line;
  }
  return sum;
}

float og_deform_distance(const og_deform_image *a, const og_deform_image *b) {
  float there[SIDE][SIDE], back[SIDE][SIDE], cost[SIDE][SIDE];
  for (size_t y = 0; y < SIDE; y++)
    for (size_t x = 0; x < SIDE; x++)
      there[y][x] = back[y][x] = INFINITY;
  for (int dy = -WINDOW; dy <= WINDOW; dy++)
    for (int dx = -WINDOW; dx <= WINDOW; dx++) {
      compare_shifted(a, b, dy, dx, cost);
      /* Each pair of pixels counts for both: the same distance both ways round, bit for bit. */
      int y0 = dy < 0 ? -dy : 0, x0 = dx < 0 ? -dx : 0;
      for (int y = y0; y < SIDE && y + dy < SIDE; y++)
        for (int x = x0; x < SIDE && x + dx < SIDE; x++) {
          float *to = &there[y][x], *from = &back[y + dy][x + dx];
          *to = cost[y][x] < *to ? cost[y][x] : *to;
          *from = cost[y][x] < *from ? cost[y][x] : *from;
        }
    }
  return (sum_of(there) + sum_of(back)) / 2;
}
