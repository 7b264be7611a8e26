/* Pictures to rasters: see picture.h for the steps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "ink/ink.h"
#include "ink/pen.h"
#include "ink/picture.h"
#include "ink/spans.h"

enum {
  SIDE = OG_RASTER_SIDE,
  LONGER = 192, /* pixels of the drawing's longer side while it is thinned: three a raster pixel */
  MARGIN = 2,
};

/* A picture of the raster's size in two colours is one already: the rarer colour is ink, and where
 * both cover the same, the darker. Returns 0 if it has other colours, or one only. */
static int take_raster(const uint8_t *rgba, uint8_t raster[OG_RASTER_SIZE]) {
  uint32_t first, other = 0;
  memcpy(&first, rgba, 4);
  size_t others = 0, other_at = 0;
  for (size_t i = 0; i < OG_RASTER_SIZE; i++) {
    uint32_t pixel;
    memcpy(&pixel, rgba + 4 * i, 4);
    if (pixel != first && !others) {
      other = pixel;
      other_at = i;
    }
    if (pixel != first && pixel != other)
      return 0;
    raster[i] = pixel != first;
    others += raster[i];
  }
  if (others == 0)
    return 0;
  const uint8_t *a = rgba, *b = rgba + 4 * other_at;
  if (a[3] != 255 || b[3] != 255) /* transparency is for the general way to judge */
    return 0;
  int darker = b[0] + b[1] + b[2] < a[0] + a[1] + a[2];
  int other_is_ink = 2 * others < OG_RASTER_SIZE || (2 * others == OG_RASTER_SIZE && darker);
  for (size_t i = 0; i < OG_RASTER_SIZE && !other_is_ink; i++)
    raster[i] = !raster[i];
  return 1;
}

/* First and last row or column with ink. */
typedef struct box {
  size_t left, right, top, bottom;
} box;

static box find_box(const og_grey *mask) {
  box b = {mask->width, 0, mask->height, 0};
  for (size_t y = 0; y < mask->height; y++) {
    for (size_t x = 0; x < mask->width; x++) {
      if (mask->at[y * mask->width + x]) {
        b.left = x < b.left ? x : b.left;
        b.right = x > b.right ? x : b.right;
        b.top = y < b.top ? y : b.top;
        b.bottom = y > b.bottom ? y : b.bottom;
      }
    }
  }
  return b;
}

static size_t box_longer(const box *b) {
  size_t width = b->right - b->left + 1, height = b->bottom - b->top + 1;
  return width > height ? width : height;
}

/* The ink of a box, scaled so that its longer side has LONGER pixels, with a margin. Where a pixel
 * holds several of the mask's, any ink makes it ink: hair lines stay connected. */
static og_status scale_mask(const og_grey *mask, const box *b, og_grey *out) {
  size_t longer = box_longer(b);
  size_t width = ((b->right - b->left + 1) * LONGER + longer - 1) / longer;
  size_t height = ((b->bottom - b->top + 1) * LONGER + longer - 1) / longer;
  out->width = width + 2 * MARGIN;
  out->height = height + 2 * MARGIN;
  out->at = calloc(out->width * out->height, 1);
  if (!out->at)
    return OG_ERROR_MEMORY;
  for (size_t y = 0; y < height; y++) {
    size_t y0 = b->top + y * longer / LONGER, y1 = b->top + ((y + 1) * longer - 1) / LONGER;
    for (size_t x = 0; x < width; x++) {
      size_t x0 = b->left + x * longer / LONGER, x1 = b->left + ((x + 1) * longer - 1) / LONGER;
      uint8_t ink = 0;
      for (size_t v = y0; v <= y1 && v <= b->bottom; v++)
        for (size_t u = x0; u <= x1 && u <= b->right; u++)
          ink |= mask->at[v * mask->width + u];
      out->at[(y + MARGIN) * out->width + x + MARGIN] = ink;
    }
  }
  return OG_OK;
}

/* Draws middle lines with the pen, their box as OG_FRAME_FIT would put it. Thinning eats half a
 * stroke's width at either end; a blot that it eats up is not blown up again. */
static void draw_lines(const og_grey *lines, uint8_t raster[OG_RASTER_SIZE]) {
  box b = find_box(lines);
  double longer = (double)box_longer(&b);
  double scale = OG_FIT_SIZE / (longer > LONGER / 2.0 ? longer : LONGER);
  double x0 = (double)(b.left + b.right) / 2, y0 = (double)(b.top + b.bottom) / 2;
  og_spans spans;
  memset(&spans, 0, sizeof spans);
  for (size_t y = b.top; y <= b.bottom; y++) {
    for (size_t x = b.left; x <= b.right; x++) {
      if (lines->at[y * lines->width + x]) {
        og_point p = {((double)x - x0) * scale + (SIDE - 1) / 2.0,
                      ((double)y - y0) * scale + (SIDE - 1) / 2.0};
        og_spans_sweep(&spans, p, p);
      }
    }
  }
  og_spans_develop(&spans, raster);
}

static og_status draw_contrast(og_grey *contrast, uint8_t raster[OG_RASTER_SIZE]) {
  size_t longer = contrast->width > contrast->height ? contrast->width : contrast->height;
  og_status status = og_grey_enlarge(contrast, (LONGER + longer - 1) / longer);
  if (status != OG_OK)
    return status;
  status = og_mask_from_contrast(contrast);
  if (status != OG_OK)
    return status;
  box b = find_box(contrast);
  og_grey lines;
  status = scale_mask(contrast, &b, &lines);
  if (status != OG_OK)
    return status;
  og_mask_thin(&lines);
  draw_lines(&lines, raster);
  free(lines.at);
  return OG_OK;
}

og_status og_raster_from_rgba(const uint8_t *rgba, size_t width, size_t height,
                              uint8_t raster[OG_RASTER_SIZE], og_error *error) {
  if (width == 0 || height == 0)
    return og_fail(error, OG_ERROR_ARGUMENT, "picture: no pixels", NULL);
  if (width > OG_MAX_IMAGE_SIDE || height > OG_MAX_IMAGE_SIDE ||
      width * height > OG_MAX_IMAGE_PIXELS)
    return og_fail(error, OG_ERROR_TOO_LARGE, "picture: too many pixels", NULL);
  if (width == SIDE && height == SIDE && take_raster(rgba, raster))
    return OG_OK;
  og_grey contrast = {0};
  og_status status = og_contrast_from_rgba(rgba, width, height, &contrast);
  if (status == OG_OK)
    status = draw_contrast(&contrast, raster);
  free(contrast.at);
  if (status == OG_ERROR_EMPTY)
    return og_fail(error, status, "picture: no ink found", NULL);
  if (status != OG_OK)
    return og_fail(error, status, "picture: out of memory", NULL);
  return OG_OK;
}
