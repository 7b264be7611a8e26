/* IEEE 754 half precision to float and back, in integer arithmetic. */
#ifndef OG_HALF_H
#define OG_HALF_H

#include <stdint.h>
#include <string.h>

static inline float og_half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = half & 0x7fff;
  uint32_t bits =
      magnitude >= 0x7c00 ? magnitude << 13 | 0x7f800000 : (magnitude << 13) + 0x38000000;
  float value;
  if (magnitude < 0x400) /* zero and subnormals: a whole number of 2^-24 */
    value = (float)magnitude * 0x1p-24f;
  else
    memcpy(&value, &bits, sizeof value);
  return sign ? -value : value;
}

/* Rounds to nearest, ties to even; overflows to infinity. */
static inline uint16_t og_half_from_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return (uint16_t)(sign | 0x7e00);
  if (magnitude >= 0x47800000) /* 65536 and more */
    return (uint16_t)(sign | 0x7c00);
  if (magnitude < 0x38800000) { /* subnormal: adding 2^-1 leaves the rounded multiple of 2^-24 */
    float v;
    memcpy(&v, &magnitude, sizeof v);
    v += 0.5f;
    memcpy(&magnitude, &v, sizeof v);
    return (uint16_t)(sign | (magnitude - 0x3f000000));
  }
  magnitude += 0xc8000fff + (magnitude >> 13 & 1);
  return (uint16_t)(sign | magnitude >> 13);
}

#endif
