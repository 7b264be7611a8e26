/* Picture to contrast: grey over paper, the polarity, and a background that may be uneven. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "ink/picture.h"

/* A picture as grey, reduced by a whole factor: the mean, darkest and lightest of each block. */
typedef struct blocks {
  size_t width, height;
  uint8_t *mean, *dark, *light;
} blocks;

static void blocks_free(blocks *b) {
  free(b->mean);
  free(b->dark);
  free(b->light);
}

/* Luma (ITU BT.601) of a pixel laid over white paper, in 8 bits. */
static uint32_t grey_of(const uint8_t *pixel) {
  uint32_t luma = (pixel[0] * 77u + pixel[1] * 150u + pixel[2] * 29u + 128u) >> 8;
  return (luma * pixel[3] + 255u * (255u - pixel[3]) + 127u) / 255u;
}

static void reduce_block(const uint8_t *rgba, size_t width, size_t rows, size_t columns,
                         uint8_t *mean, uint8_t *dark, uint8_t *light) {
  uint32_t least = 255, most = 0, sum = 0;
  for (size_t y = 0; y < rows; y++) {
    for (size_t x = 0; x < columns; x++) {
      uint32_t grey = grey_of(rgba + 4 * (y * width + x));
      least = grey < least ? grey : least;
      most = grey > most ? grey : most;
      sum += grey;
    }
  }
  *mean = (uint8_t)(sum / (rows * columns));
  *dark = (uint8_t)least;
  *light = (uint8_t)most;
}

static og_status reduce(const uint8_t *rgba, size_t width, size_t height, blocks *out) {
  size_t longer = width > height ? width : height;
  size_t factor = (longer + OG_CONTRAST_SIDE - 1) / OG_CONTRAST_SIDE;
  out->width = (width + factor - 1) / factor;
  out->height = (height + factor - 1) / factor;
  size_t size = out->width * out->height;
  out->mean = malloc(size);
  out->dark = malloc(size);
  out->light = malloc(size);
  if (!out->mean || !out->dark || !out->light)
    return OG_ERROR_MEMORY;
  for (size_t y = 0, i = 0; y < out->height; y++) {
    size_t top = y * factor, rows = height - top < factor ? height - top : factor;
    for (size_t x = 0; x < out->width; x++, i++) {
      size_t left = x * factor, columns = width - left < factor ? width - left : factor;
      reduce_block(rgba + 4 * (top * width + left), width, rows, columns, &out->mean[i],
                   &out->dark[i], &out->light[i]);
    }
  }
  return OG_OK;
}

/* Grey that `rank` thousandths of a window's pixels are darker than. */
static int quantile(const blocks *b, size_t x0, size_t y0, size_t x1, size_t y1, uint32_t rank) {
  uint32_t histogram[256] = {0};
  for (size_t y = y0; y < y1; y++)
    for (size_t x = x0; x < x1; x++)
      histogram[b->mean[y * b->width + x]]++;
  uint32_t wanted = (uint32_t)((x1 - x0) * (y1 - y0)) * rank / 1000, below = 0;
  int grey = 0;
  while (grey < 255 && below + histogram[grey] <= wanted)
    below += histogram[grey++];
  return grey;
}

/* Paper is what a clear margin is made of: 1 if the border is lighter than the picture's ink, -1 if
 * darker, 0 if the border is of several greys. */
static int polarity_of_border(const blocks *b) {
  uint32_t histogram[256] = {0}, count = 0;
  for (size_t y = 0; y < b->height; y++) {
    size_t step = y == 0 || y + 1 == b->height || b->width == 1 ? 1 : b->width - 1;
    for (size_t x = 0; x < b->width; x += step, count++)
      histogram[b->mean[y * b->width + x]]++;
  }
  uint32_t below = 0;
  int paper = 0; /* the median */
  while (below + histogram[paper] <= count / 2)
    below += histogram[paper++];
  uint32_t alike = 0;
  for (int grey = paper < 12 ? 0 : paper - 12; grey <= paper + 12 && grey < 256; grey++)
    alike += histogram[grey];
  if (alike < count - count / 10)
    return 0;
  double balance = 0; /* of what differs from the border */
  for (size_t i = 0; i < b->width * b->height; i++) {
    int difference = paper - b->mean[i];
    balance += difference > 12 || difference < -12 ? difference : 0;
  }
  return balance > 0 ? 1 : balance < 0 ? -1 : 0;
}

/* Without a clear margin: ink is the rarer side, so the greys of a tile lean towards it from their
 * middle. Tiles, because light and shadow over the whole picture lean too. */
static int polarity_of_tiles(const blocks *b) {
  size_t longer = b->width > b->height ? b->width : b->height, size = longer / 4 + 1;
  double lean = 0;
  for (size_t y = 0; y < b->height; y += size) {
    for (size_t x = 0; x < b->width; x += size) {
      size_t right = x + size < b->width ? x + size : b->width;
      size_t bottom = y + size < b->height ? y + size : b->height;
      double sum = 0, count = (double)((right - x) * (bottom - y));
      for (size_t v = y; v < bottom; v++)
        for (size_t u = x; u < right; u++)
          sum += b->mean[v * b->width + u];
      double middle = sum / count;
      for (size_t v = y; v < bottom; v++)
        for (size_t u = x; u < right; u++) {
          double difference = middle - b->mean[v * b->width + u];
          lean += difference * difference * difference;
        }
    }
  }
  return lean < 0 ? -1 : 1;
}

/* Paper's grey on a coarse grid: in each tile a light quantile (ink is dark by now), then the
 * lightest of the neighbours, so that a tile full of ink takes its paper from beside it. */
enum { GRID = 8 };

typedef struct background {
  float grey[GRID][GRID];
} background;

static background measure_background(const blocks *b) {
  background raw, out;
  for (size_t j = 0; j < GRID; j++) {
    for (size_t i = 0; i < GRID; i++) {
      size_t x0 = i * b->width / GRID, x1 = (i + 1) * b->width / GRID;
      size_t y0 = j * b->height / GRID, y1 = (j + 1) * b->height / GRID;
      raw.grey[j][i] =
          (float)quantile(b, x0, y0, x1 > x0 ? x1 : x0 + 1, y1 > y0 ? y1 : y0 + 1, 750);
    }
  }
  for (int j = 0; j < GRID; j++) {
    for (int i = 0; i < GRID; i++) {
      float most = 0;
      for (int v = j > 0 ? j - 1 : 0; v <= j + 1 && v < GRID; v++)
        for (int u = i > 0 ? i - 1 : 0; u <= i + 1 && u < GRID; u++)
          most = raw.grey[v][u] > most ? raw.grey[v][u] : most;
      out.grey[j][i] = most;
    }
  }
  return out;
}

/* Position on the grid of pixel `i` of `n`: the tile to the left and the part of the way on. */
static int grid_position(size_t i, size_t n, float *part) {
  float at = ((float)i + 0.5f) * (float)GRID / (float)n - 0.5f;
  at = at < 0 ? 0 : at > GRID - 1 ? GRID - 1 : at;
  int tile = at >= GRID - 1 ? GRID - 2 : (int)at;
  *part = at - (float)tile;
  return tile;
}

static void subtract(const blocks *b, const background *paper, uint8_t *contrast) {
  for (size_t y = 0; y < b->height; y++) {
    float down, right;
    int j = grid_position(y, b->height, &down);
    for (size_t x = 0; x < b->width; x++) {
      int i = grid_position(x, b->width, &right);
      const float *upper = &paper->grey[j][i], *lower = &paper->grey[j + 1][i];
      float top = upper[0] + right * (upper[1] - upper[0]);
      float bottom = lower[0] + right * (lower[1] - lower[0]);
      float difference = top + down * (bottom - top) - (float)b->dark[y * b->width + x];
      contrast[y * b->width + x] = (uint8_t)(difference > 0 ? difference + 0.5f : 0);
    }
  }
}

static void invert(blocks *b) {
  uint8_t *dark = b->dark;
  b->dark = b->light;
  b->light = dark;
  for (size_t i = 0; i < b->width * b->height; i++) {
    b->mean[i] = (uint8_t)(255 - b->mean[i]);
    b->dark[i] = (uint8_t)(255 - b->dark[i]);
  }
}

og_status og_contrast_from_rgba(const uint8_t *rgba, size_t width, size_t height, og_grey *out) {
  blocks b = {0};
  og_status status = reduce(rgba, width, height, &b);
  if (status == OG_OK) {
    int polarity = polarity_of_border(&b);
    if (polarity == 0)
      polarity = polarity_of_tiles(&b);
    if (polarity < 0)
      invert(&b);
    background paper = measure_background(&b);
    *out = (og_grey){b.width, b.height, b.light};
    b.light = NULL;
    subtract(&b, &paper, out->at);
  }
  blocks_free(&b);
  return status;
}
