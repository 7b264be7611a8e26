/* Thinning: ink to middle lines.
 *
 * Guo and Hall, Parallel thinning with two-subiteration algorithms, CACM 32(3), 1989, algorithm A1.
 * It keeps what is connected connected and, unlike Zhang and Suen's, never wipes out a small dot.
 */
#include "ink/picture.h"

/* Whether pixel `p` may go in this half step: it lies on the ink's edge, is no line's end, and
 * connects nothing that would fall apart. */
static int may_go(const uint8_t *p, size_t width, int second) {
  const uint8_t *up = p - width, *down = p + width;
  int n = !!up[0], ne = !!up[1], e = !!p[1], se = !!down[1];
  int s = !!down[0], sw = !!down[-1], w = !!p[-1], nw = !!up[-1];
  int crossings = (!n && (ne | e)) + (!e && (se | s)) + (!s && (sw | w)) + (!w && (nw | n));
  int pairs = (nw | n) + (ne | e) + (se | s) + (sw | w);
  int others = (n | ne) + (e | se) + (s | sw) + (w | nw);
  int least = pairs < others ? pairs : others;
  int held = second ? (n | ne | !se) & e : (s | sw | !nw) & w;
  return crossings == 1 && least >= 2 && least <= 3 && !held;
}

/* One half step; returns whether a pixel went. Pixels that go are marked first, for all are judged
 * by what was there before. */
static int half_step(og_grey *mask, int second) {
  enum { GOING = 2 };
  int changed = 0;
  for (size_t y = 1; y + 1 < mask->height; y++) {
    uint8_t *row = mask->at + y * mask->width;
    for (size_t x = 1; x + 1 < mask->width; x++) {
      if (row[x] && may_go(row + x, mask->width, second)) {
        row[x] = GOING;
        changed = 1;
      }
    }
  }
  for (size_t i = 0; changed && i < mask->width * mask->height; i++)
    mask->at[i] = mask->at[i] == 1;
  return changed;
}

void og_mask_thin(og_grey *mask) {
  while (half_step(mask, 0) | half_step(mask, 1)) {
  }
}
