/* From a raster to the net's input: blur, moments, sampling, tone.
 *
 * The blur is the low-pass filter that reading 105 pixels at `side` positions needs; it is done in
 * integers, so its bits do not depend on the order of additions. The window is the ink's centre of
 * mass and `half_width` standard deviations to every side, which takes position and size out of a
 * drawing (moment normalisation: Casey, Moment normalization of handprinted characters, IBM Journal
 * 14(5), 1970). Sampling follows grid_sample of PyTorch with align_corners=False and zeros outside,
 * so published nets read the same pixels here. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/exponential.h"
#include "ink/ink.h"

enum {
  SIDE = OG_RASTER_SIDE,
  MAX_RADIUS = 48, /* three standard deviations of the largest blur og_input_parse lets in */
  WIDTH = 112,     /* a row, padded to whole vectors */
  ONE = 1 << 15,   /* the blur's taps sum to this */
};

/* The least half window, in units of the raster's half side: a dot is not blown up to a blob. */
static const float least_half = 0.15f;

/* Integer taps [radius + 1] of a Gaussian, centre first. Returns the radius. */
static int blur_taps(float deviation, uint16_t taps[MAX_RADIUS + 1]) {
  int radius = (int)(3 * deviation + 0.5f);
  radius = radius > MAX_RADIUS ? MAX_RADIUS : radius;
  float weight[MAX_RADIUS + 1], sum = 1;
  for (int k = 1; k <= radius; k++) {
    weight[k] = og_exp(-(float)(k * k) / (2 * deviation * deviation));
    sum += 2 * weight[k];
  }
  int rest = ONE;
  for (int k = 1; k <= radius; k++) {
    taps[k] = (uint16_t)(weight[k] / sum * ONE + 0.5f);
    rest -= 2 * taps[k];
  }
  taps[0] = (uint16_t)rest;
  return radius;
}

/* Ink of one row, spread sideways. `ink` is the row with MAX_RADIUS empty pixels on either side. */
static void blur_row(const uint8_t ink[WIDTH + 2 * MAX_RADIUS], const uint16_t *taps, int radius,
                     uint16_t out[WIDTH]) {
  const uint8_t *middle = ink + MAX_RADIUS;
  for (int x = 0; x < WIDTH; x++)
    out[x] = (uint16_t)(middle[x] * taps[0]);
  for (int k = 1; k <= radius; k++) {
    const uint8_t *left = middle - k, *right = middle + k;
    uint16_t tap = taps[k];
    for (int x = 0; x < WIDTH; x++)
      out[x] = (uint16_t)(out[x] + tap * (left[x] + right[x]));
  }
}

/* Rows that hold ink: [first, last]. */
typedef struct rows {
  int first, last;
} rows;

static void blur(const uint8_t *raster, rows inked, float deviation, uint8_t *soft) {
  uint16_t taps[MAX_RADIUS + 1];
  int radius = blur_taps(deviation, taps);
  uint16_t spread[SIDE][WIDTH];
  uint8_t ink[WIDTH + 2 * MAX_RADIUS] = {0};
  for (int y = inked.first; y <= inked.last; y++) {
    for (int x = 0; x < SIDE; x++)
      ink[MAX_RADIUS + x] = raster[y * SIDE + x] != 0;
    blur_row(ink, taps, radius, spread[y]);
  }
  memset(soft, 0, OG_RASTER_SIZE);
  int top = inked.first - radius < 0 ? 0 : inked.first - radius;
  int bottom = inked.last + radius >= SIDE ? SIDE - 1 : inked.last + radius;
  for (int y = top; y <= bottom; y++) {
    uint32_t sum[WIDTH] = {0};
    int first = y - radius < inked.first ? inked.first : y - radius;
    int last = y + radius > inked.last ? inked.last : y + radius;
    for (int r = first; r <= last; r++) {
      uint16_t tap = taps[r < y ? y - r : r - y];
      for (int x = 0; x < WIDTH; x++)
        sum[x] += (uint32_t)tap * spread[r][x];
    }
    for (int x = 0; x < SIDE; x++) /* ONE * ONE is full ink; 8 bits go before 255 comes in */
      soft[y * SIDE + x] = (uint8_t)(((sum[x] >> 8) * 255 + (1u << 21)) >> 22);
  }
}

/* Exact integer moments of the ink. Coordinates are 2 x - 104, so that 105 of them make one unit of
 * [-1, 1]. */
typedef struct moments {
  int64_t mass, x, y, square; /* counts, sums, and the sum of both squares */
} moments;

static moments measure(const uint8_t *raster, rows *inked) {
  moments m = {0};
  inked->first = SIDE;
  inked->last = -1;
  for (int y = 0; y < SIDE; y++) {
    int32_t mass = 0, sum = 0, square = 0;
    for (int x = 0; x < SIDE; x++) {
      int32_t on = raster[y * SIDE + x] != 0, at = 2 * x - (SIDE - 1);
      mass += on;
      sum += on * at;
      square += on * at * at;
    }
    if (!mass)
      continue;
    if (inked->first > y)
      inked->first = y;
    inked->last = y;
    int64_t at = 2 * y - (SIDE - 1);
    m.mass += mass;
    m.x += sum;
    m.y += mass * at;
    m.square += square + mass * at * at;
  }
  return m;
}

og_status og_glyph_prepare(const og_input *input, const uint8_t raster[OG_RASTER_SIZE],
                           og_glyph *out) {
  rows inked;
  moments m = measure(raster, &inked);
  if (m.mass == 0)
    return OG_ERROR_EMPTY;
  if (input->blur > 0) {
    blur(raster, inked, input->blur, out->soft);
  } else {
    for (int i = 0; i < OG_RASTER_SIZE; i++)
      out->soft[i] = raster[i] ? 255 : 0;
  }
  out->center_x = out->center_y = 0;
  out->half = 1;
  if (input->half_width > 0) {
    double mass = (double)m.mass, x = (double)m.x / (mass * SIDE), y = (double)m.y / (mass * SIDE);
    double variance = ((double)m.square / (mass * SIDE * SIDE) - x * x - y * y) / 2;
    float half = input->half_width * (float)sqrt(variance < 1e-4 ? 1e-4 : variance);
    out->center_x = (float)x;
    out->center_y = (float)y;
    out->half = half < least_half ? least_half : half;
  }
  return OG_OK;
}

/* Bilinear ink, 0 .. 255, at raster position (x, y), pixel centres at whole numbers. Outside, and
 * for NaN, there is paper. */
static inline float ink_at(const uint8_t *soft, float x, float y) {
  if (!(x > -1 && x < SIDE && y > -1 && y < SIDE))
    return 0;
  int column = (int)(x + 1) - 1, row = (int)(y + 1) - 1;
  float a, b, c, d;
  if (column >= 0 && column < SIDE - 1 && row >= 0 && row < SIDE - 1) {
    const uint8_t *p = soft + row * SIDE + column;
    if (!(p[0] | p[1] | p[SIDE] | p[SIDE + 1]))
      return 0;
    a = p[0], b = p[1], c = p[SIDE], d = p[SIDE + 1];
  } else {
    int left = column >= 0, right = column < SIDE - 1, up = row >= 0, down = row < SIDE - 1;
    int at = row * SIDE + column;
    a = left && up ? soft[at] : 0;
    b = right && up ? soft[at + 1] : 0;
    c = left && down ? soft[at + SIDE] : 0;
    d = right && down ? soft[at + SIDE + 1] : 0;
  }
  float dx = x - (float)column, dy = y - (float)row;
  float upper = a + dx * (b - a), lower = c + dx * (d - c);
  return upper + dy * (lower - upper);
}

static inline float tone(float ink, float threshold, float gain) {
  return og_sigmoid((ink / 255 - threshold) * gain) - 0.02f;
}

void og_glyph_sample(const og_input *input, const og_glyph *glyph, const og_view *view,
                     float *out) {
  static const og_view identity = {.m = {1, 0, 0, 1}};
  view = view ? view : &identity;
  int side = (int)input->side;
  float unit = glyph->half * (SIDE / 2.0f); /* raster pixels in half a window */
  float step = unit / (float)side;          /* output pixels are counted 1 - side, 3 - side, ... */
  float xu = step * view->m[0], xv = step * view->m[1];
  float yu = step * view->m[2], yv = step * view->m[3];
  float x0 = SIDE / 2.0f * glyph->center_x + (SIDE - 1) / 2.0f + unit * view->t[0];
  float y0 = SIDE / 2.0f * glyph->center_y + (SIDE - 1) / 2.0f + unit * view->t[1];
  const float *warp_x = view->warp, *warp_y = warp_x ? warp_x + side * side : NULL;
  float threshold = input->tone_threshold + view->tone_shift, gain = input->tone_gain;
  float paper = gain > 0 ? tone(0, threshold, gain) : 0;
  for (int j = 0; j < side; j++) {
    float v = (float)(2 * j + 1 - side), row_x = x0 + xv * v, row_y = y0 + yv * v;
    for (int i = 0; i < side; i++) {
      float u = (float)(2 * i + 1 - side), x = row_x + xu * u, y = row_y + yu * u;
      if (warp_x) {
        x += unit * *warp_x++;
        y += unit * *warp_y++;
      }
      float ink = ink_at(glyph->soft, x, y);
      *out++ = ink <= 0 ? paper : gain > 0 ? tone(ink, threshold, gain) : ink / 255;
    }
  }
}
