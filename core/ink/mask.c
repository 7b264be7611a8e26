/* Contrast to ink: a threshold between noise and ink, then specks away. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "ink/picture.h"

/* The contrast that `part` of `count` pixels stay below. */
static int quantile(const size_t histogram[256], size_t count, double part) {
  size_t below = 0;
  double wanted = (double)count * part;
  int value = 0;
  while (value < 255 && (double)(below + histogram[value]) <= wanted)
    below += histogram[value++];
  return value;
}

/* Halfway between paper and ink, and above the noise. Paper is the majority, so its spread shows in
 * the lower quantiles whatever the ink does; Otsu's method, which weighs classes by their size,
 * splits the noise instead when ink is a hair line on a large sheet. Ink is judged by what rises
 * above the noise, weighted by its contrast so that soft edges count little. */
static int find_threshold(const og_grey *plane) {
  size_t histogram[256] = {0}, count = plane->width * plane->height;
  for (size_t i = 0; i < count; i++)
    histogram[plane->at[i]]++;
  int middle = quantile(histogram, count, 0.5), upper = quantile(histogram, count, 0.7);
  int noise = middle + 8 * (upper - middle); /* four deviations of Gaussian noise... */
  if (noise > 0 && quantile(histogram, count, 0.6) == middle)
    noise = middle; /* ...and none at all, if a third of the picture is ink on flat paper */
  double sum = 0, weight = 0;
  for (int value = noise + 1; value < 256; value++) {
    sum += (double)histogram[value] * value * value;
    weight += (double)histogram[value] * value;
  }
  if (weight == 0)
    return 255;
  int half = (int)(sum / weight / 2);
  return half > noise ? half : noise;
}

/* A sheet is empty if its largest patch of ink has only this many pixels, or is below this part of
 * the sheet: dust and noise. */
enum { DUST = 4, DUST_PART = 50000 };

/* A connected patch of ink. */
typedef struct patch {
  size_t area, left, right, top, bottom, edge; /* edge: pixels with paper beside them */
} patch;

static size_t patch_side(const patch *p) {
  size_t width = p->right - p->left + 1, height = p->bottom - p->top + 1;
  return width > height ? width : height;
}

/* Width of the patch's strokes: a long stroke of width w has 2 / w of its pixels on its edges. */
static double patch_stroke(const patch *p) {
  double width = 2.0 * (double)p->area / (double)p->edge;
  return width < 1 ? 1 : width;
}

/* Recolours the patch of colour `from` at pixel `start` to `to`, measuring it. `stack` has room for
 * every pixel. */
static patch flood(og_grey *plane, uint32_t *stack, uint32_t start, uint8_t from, uint8_t to) {
  size_t width = plane->width, height = plane->height;
  patch p = {0, start % width, start % width, start / width, start / width, 0};
  size_t depth = 1;
  stack[0] = start;
  plane->at[start] = to;
  while (depth) {
    size_t at = stack[--depth], x = at % width, y = at / width;
    p.area++;
    p.left = x < p.left ? x : p.left;
    p.right = x > p.right ? x : p.right;
    p.top = y < p.top ? y : p.top;
    p.bottom = y > p.bottom ? y : p.bottom;
    int inside = 0;
    for (size_t v = y ? y - 1 : 0; v <= y + 1 && v < height; v++) {
      for (size_t u = x ? x - 1 : 0; u <= x + 1 && u < width; u++) {
        uint8_t *pixel = &plane->at[v * width + u];
        inside += *pixel != 0 && (u == x || v == y);
        if (*pixel == from) {
          *pixel = to;
          stack[depth++] = (uint32_t)(v * width + u);
        }
      }
    }
    p.edge += inside < 5;
  }
  return p;
}

/* A speck is much smaller than a dot of the same pen would be, or vanishes beside the drawing. */
static int is_speck(const patch *p, double stroke, size_t side) {
  return (double)p->area < 0.4 * stroke * stroke || patch_side(p) * 60 < side;
}

static og_status remove_specks(og_grey *plane) {
  size_t count = plane->width * plane->height;
  uint32_t *stack = malloc(count * sizeof *stack);
  if (!stack)
    return OG_ERROR_MEMORY;
  enum { INK = 1, SEEN = 2, KEPT = 3 };
  patch largest = {0};
  for (size_t i = 0; i < count; i++) {
    if (plane->at[i] == INK) {
      patch p = flood(plane, stack, (uint32_t)i, INK, SEEN);
      largest = p.area > largest.area ? p : largest;
    }
  }
  int found = largest.area > DUST + count / DUST_PART;
  if (found) {
    double stroke = patch_stroke(&largest);
    size_t side = patch_side(&largest);
    for (size_t i = 0; i < count; i++) {
      if (plane->at[i] == SEEN) {
        patch p = flood(plane, stack, (uint32_t)i, SEEN, KEPT);
        if (is_speck(&p, stroke, side))
          flood(plane, stack, (uint32_t)i, KEPT, 0);
      }
    }
    for (size_t i = 0; i < count; i++)
      plane->at[i] = plane->at[i] != 0;
  }
  free(stack);
  return found ? OG_OK : OG_ERROR_EMPTY;
}

og_status og_mask_from_contrast(og_grey *plane) {
  int threshold = find_threshold(plane);
  for (size_t i = 0; i < plane->width * plane->height; i++)
    plane->at[i] = plane->at[i] > threshold;
  return remove_specks(plane);
}
