/* Random views. See augment.h. */
#include "train/augment.h"

#include <math.h>
#include <string.h>

enum { KNOTS = 5, MOST_SIDE = 256 };

/* Cubic convolution (Keys 1981, a = -0.75) at distance d from a knot. */
static float cubic(float d) {
  const float a = -0.75f;
  d = fabsf(d);
  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/* Weights of the knots for each of `side` positions, knots at both ends included; knots beyond the
 * ends repeat the last one. */
static void cubic_weights(uint32_t side, float weights[MOST_SIDE][KNOTS]) {
  for (uint32_t i = 0; i < side; i++) {
    float at = side > 1 ? (float)i * (KNOTS - 1) / (float)(side - 1) : 0;
    memset(weights[i], 0, sizeof weights[i]);
    for (int k = -1; k <= KNOTS; k++)
      weights[i][k < 0 ? 0 : k >= KNOTS ? KNOTS - 1 : k] += cubic(at - (float)k);
  }
}

/* Adds a smooth field: random displacements at 5 x 5 knots, cubically interpolated (the elastic
 * distortions of Simard, Steinkraus and Platt 2003, with a coarse grid for the blur). */
static void add_smooth_field(uint32_t side, float deviation, og_random *random,
                             float weights[MOST_SIDE][KNOTS], float *field) {
  float knots[KNOTS][KNOTS], rows[KNOTS][MOST_SIDE];
  for (int i = 0; i < KNOTS; i++)
    for (int j = 0; j < KNOTS; j++)
      knots[i][j] = deviation * og_random_normal(random);
  for (int i = 0; i < KNOTS; i++)
    for (uint32_t x = 0; x < side; x++) {
      rows[i][x] = 0;
      for (int j = 0; j < KNOTS; j++)
        rows[i][x] += weights[x][j] * knots[i][j];
    }
  for (uint32_t y = 0; y < side; y++)
    for (uint32_t x = 0; x < side; x++) {
      float sum = 0;
      for (int i = 0; i < KNOTS; i++)
        sum += weights[y][i] * rows[i][x];
      field[y * side + x] += sum;
    }
}

/* One for each direction. */
static void add_smooth_fields(uint32_t side, float deviation, og_random *random, float *warp) {
  float weights[MOST_SIDE][KNOTS];
  cubic_weights(side, weights);
  add_smooth_field(side, deviation, random, weights, warp);
  add_smooth_field(side, deviation, random, weights, warp + side * side);
}

/* The strengths of one view. Where nothing is left to chance no number is drawn, so that views are
 * what they were before there was any. */
static og_augment choose(const og_augment *strength, og_random *random) {
  og_augment chosen = *strength;
  float *const parts[] = {&chosen.rotate_degrees, &chosen.stretch, &chosen.shear, &chosen.shift};
  for (int i = 0; i < 4 && strength->chance < 1; i++)
    if (!(og_random_unit(random) < strength->chance))
      *parts[i] = 0;
  return chosen;
}

/* Rotation, stretch and shear: a matrix by rows. */
static void linear(const og_augment *s, og_random *random, float m[4]) {
  const float radians = 3.14159265f / 180;
  float angle = og_random_signed(random) * s->rotate_degrees * radians;
  float stretch_x = 1 + og_random_signed(random) * s->stretch;
  float stretch_y = 1 + og_random_signed(random) * s->stretch;
  float shear = og_random_signed(random) * s->shear;
  float c = cosf(angle), n = sinf(angle);
  m[0] = c * stretch_x;
  m[1] = (shear - n) * stretch_y;
  m[2] = n * stretch_x;
  m[3] = c * stretch_y;
}

/* a times b. */
static void multiply(const float a[4], const float b[4], float out[4]) {
  const float product[4] = {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
                            a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]};
  memcpy(out, product, sizeof product);
}

void og_augment_view(const og_augment *strength, uint32_t symmetry, uint32_t side,
                     og_random *random, float *warp, og_view *out) {
  static const float turns[8][4] = {{1, 0, 0, 1},  {0, -1, 1, 0}, {-1, 0, 0, -1}, {0, 1, -1, 0},
                                    {-1, 0, 0, 1}, {0, 1, 1, 0},  {1, 0, 0, -1},  {0, -1, -1, 0}};
  const og_augment chosen = choose(strength, random), *s = &chosen;
  float m[4];
  *out = (og_view){.m = {0}};
  linear(s, random, m);
  multiply(turns[symmetry & 7], m, out->m);
  /* One draw a statement: the order of draws in an expression is the compiler's choice. */
  out->t[0] = og_random_signed(random) * s->shift;
  out->t[1] = og_random_signed(random) * s->shift;
  out->tone_shift = og_random_signed(random) * s->tone;
  if (s->warp > 0) {
    memset(warp, 0, 2 * (size_t)side * side * sizeof *warp);
    add_smooth_fields(side, s->warp, random, warp);
    out->warp = warp;
  }
}

void og_augment_style(const og_augment *strength, float style, uint32_t side, og_random *random,
                      float *warp, og_view *view) {
  og_augment s = *strength;
  s.rotate_degrees *= style;
  s.stretch *= style;
  s.shear *= style;
  float m[4], deviation = s.warp * style;
  linear(&s, random, m);
  multiply(view->m, m, view->m);
  if (!(deviation > 0))
    return;
  if (!view->warp)
    memset(warp, 0, 2 * (size_t)side * side * sizeof *warp);
  add_smooth_fields(side, deviation, random, warp);
  view->warp = warp;
}
