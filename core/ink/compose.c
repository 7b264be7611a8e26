/* Compound characters. See compose.h. */
#include "ink/compose.h"

#include <stdlib.h>
#include <string.h>

#include "ink/direction.h"
#include "ink/picture.h"
#include "ink/spans.h"

enum {
  SIDE = OG_RASTER_SIDE,
  WIDTH = SIDE + 2,  /* a raster with paper around it */
  LEAST = 6,         /* pixels of a box: a dot does not become a letter */
  MOST_LINKS = 4,    /* of a pixel to those after it */
  SMALL = 55,        /* pixels of the longer side of a drawing, at least */
  LARGE = 92,        /* at most */
  ROOM = SIDE - 9,   /* pixels across that middle lines have */
  MIDDLE = SIDE / 2, /* of the raster */
};

/* Adds the links of a middle line's pixel to the pixels after it, and itself if it has none at all.
 * A diagonal is left out where the same two pixels are linked round a corner. */
static uint32_t link_pixel(const uint8_t *mask, int x, int y, uint8_t (*ends)[4]) {
  static const int8_t steps[MOST_LINKS][2] = {{1, 0}, {0, 1}, {1, 1}, {-1, 1}};
  const uint8_t *at = mask + (y + 1) * WIDTH + x + 1;
  uint32_t count = 0;
  for (int i = 0; i < MOST_LINKS; i++) {
    int dx = steps[i][0], dy = steps[i][1];
    int corner = dx && dy && (at[dx] || at[WIDTH]);
    if (!at[dy * WIDTH + dx] || corner)
      continue;
    const uint8_t link[4] = {(uint8_t)x, (uint8_t)y, (uint8_t)(x + dx), (uint8_t)(y + dy)};
    memcpy(ends[count++], link, sizeof link);
  }
  int alone = !at[1] && !at[-1] && !at[WIDTH] && !at[-WIDTH] && !at[WIDTH + 1] && !at[WIDTH - 1] &&
              !at[-WIDTH + 1] && !at[-WIDTH - 1];
  if (alone)
    memcpy(ends[count++], (const uint8_t[4]){(uint8_t)x, (uint8_t)y, (uint8_t)x, (uint8_t)y}, 4);
  return count;
}

static void find_box(og_lines *lines) {
  lines->left = lines->top = SIDE;
  for (uint32_t i = 0; i < lines->count; i++)
    for (int end = 0; end < 4; end += 2) {
      uint8_t x = lines->ends[i][end], y = lines->ends[i][end + 1];
      lines->left = x < lines->left ? x : lines->left;
      lines->right = x > lines->right ? x : lines->right;
      lines->top = y < lines->top ? y : lines->top;
      lines->bottom = y > lines->bottom ? y : lines->bottom;
    }
}

og_status og_lines_find(const uint8_t raster[OG_RASTER_SIZE], og_lines *out) {
  *out = (og_lines){0};
  uint8_t mask[WIDTH * WIDTH] = {0};
  og_grey grey = {WIDTH, WIDTH, mask};
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      mask[(y + 1) * WIDTH + x + 1] = raster[y * SIDE + x] != 0;
  og_mask_thin(&grey);
  size_t pixels = 0;
  for (size_t i = 0; i < sizeof mask; i++)
    pixels += mask[i];
  if (!pixels)
    return OG_ERROR_EMPTY;
  out->ends = malloc(pixels * MOST_LINKS * sizeof *out->ends);
  if (!out->ends)
    return OG_ERROR_MEMORY;
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      if (mask[(y + 1) * WIDTH + x + 1])
        out->count += link_pixel(mask, x, y, out->ends + out->count);
  find_box(out);
  return OG_OK;
}

void og_lines_free(og_lines *lines) {
  free(lines->ends);
  *lines = (og_lines){0};
}

/* p -> m p + t */
typedef struct placing {
  float m[4], t[2];
} placing;

static og_point place(const placing *p, const uint8_t at[2]) {
  float x = (float)at[0], y = (float)at[1];
  return (og_point){(double)(p->m[0] * x + p->m[1] * y + p->t[0]),
                    (double)(p->m[2] * x + p->m[3] * y + p->t[1])};
}

/* Where a hand puts a part. Deviations by eye: drawings of one composed character then differ about
 * as much as drawings of one character do. */
static placing put(const og_part *part, og_random *random) {
  const og_lines *l = part->lines;
  float wide = (float)(l->right - l->left), high = (float)(l->bottom - l->top);
  float side = wide > high ? wide : high;
  side = side < LEAST ? LEAST : side;
  float scale = part->size / side * (1 + 0.1f * og_random_normal(random));
  float off = part->size < 0.7f ? 0.05f : 0.02f, c, s;
  float x = part->x + off * og_random_normal(random);
  float y = part->y + off * og_random_normal(random);
  og_direction(0.008f * og_random_normal(random), &c, &s);
  placing p = {.m = {scale * c, -scale * s, scale * s, scale * c}};
  float middle_x = (float)(l->left + l->right) / 2, middle_y = (float)(l->top + l->bottom) / 2;
  p.t[0] = x - p.m[0] * middle_x - p.m[1] * middle_y;
  p.t[1] = y - p.m[2] * middle_x - p.m[3] * middle_y;
  return p;
}

/* Moves and scales what is placed to the size and the place of a whole drawing. */
static void frame(const og_part *parts, size_t count, placing *placed, og_random *random) {
  og_point low = place(&placed[0], parts[0].lines->ends[0]), high = low;
  for (size_t k = 0; k < count; k++)
    for (uint32_t i = 0; i < parts[k].lines->count; i++)
      for (int end = 0; end < 4; end += 2) {
        og_point p = place(&placed[k], parts[k].lines->ends[i] + end);
        low.x = p.x < low.x ? p.x : low.x;
        low.y = p.y < low.y ? p.y : low.y;
        high.x = p.x > high.x ? p.x : high.x;
        high.y = p.y > high.y ? p.y : high.y;
      }
  double side = high.x - low.x > high.y - low.y ? high.x - low.x : high.y - low.y;
  float wanted = SMALL + (LARGE - SMALL) * og_random_unit(random);
  float scale = side > 1e-3 ? wanted / (float)side : 1;
  float slack = (ROOM - wanted) / 2;
  float x = MIDDLE + slack * og_random_signed(random) - scale * (float)(low.x + high.x) / 2;
  float y = MIDDLE + slack * og_random_signed(random) - scale * (float)(low.y + high.y) / 2;
  for (size_t k = 0; k < count; k++) {
    for (int i = 0; i < 4; i++)
      placed[k].m[i] *= scale;
    placed[k].t[0] = scale * placed[k].t[0] + x;
    placed[k].t[1] = scale * placed[k].t[1] + y;
  }
}

og_status og_compose(const og_part *parts, size_t count, og_random *random,
                     uint8_t raster[OG_RASTER_SIZE]) {
  if (!count || count > OG_PARTS)
    return count ? OG_ERROR_TOO_LARGE : OG_ERROR_EMPTY;
  placing placed[OG_PARTS];
  for (size_t k = 0; k < count; k++)
    placed[k] = put(&parts[k], random);
  frame(parts, count, placed, random);
  og_spans spans;
  memset(&spans, 0, sizeof spans);
  for (size_t k = 0; k < count; k++)
    for (uint32_t i = 0; i < parts[k].lines->count; i++)
      og_spans_sweep(&spans, place(&placed[k], parts[k].lines->ends[i]),
                     place(&placed[k], parts[k].lines->ends[i] + 2));
  return og_spans_develop(&spans, raster) ? OG_OK : OG_ERROR_EMPTY;
}
