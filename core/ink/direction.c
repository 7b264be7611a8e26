/* The direction of an angle. See direction.h. */
#include "ink/direction.h"

#include <stdint.h>

void og_direction(float turns, float *x, float *y) {
  int32_t quarter = (int32_t)(4 * turns + (turns < 0 ? -0.5f : 0.5f));
  float a = (turns - 0.25f * (float)quarter) * 6.28318531f, s = a * a;
  float c = 1 - s / 2 * (1 - s / 12 * (1 - s / 30 * (1 - s / 56)));
  float d = a * (1 - s / 6 * (1 - s / 20 * (1 - s / 42)));
  switch ((uint32_t)quarter & 3) {
  case 0:
    *x = c, *y = d;
    break;
  case 1:
    *x = -d, *y = c;
    break;
  case 2:
    *x = -c, *y = -d;
    break;
  default:
    *x = d, *y = -c;
  }
}
