/* exp, log and the logistic function from operations that IEEE 754 defines exactly.
 *
 * libm's results differ between machines in the last bit; these do not, which is what lets the
 * browser and the command agree on embeddings bit for bit. Error below 3e-7 relative. */
#ifndef OG_BASE_EXPONENTIAL_H
#define OG_BASE_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

/* e^x for any x that is not NaN; saturates at e^-87 and e^88. Cody and Waite's reduction to
 * |r| <= ln 2 / 2, then the Taylor polynomial of degree 6. */
static inline float og_exp(float x) {
  x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  float scaled = x * 1.44269504f;
  int32_t n = (int32_t)(scaled + (scaled < 0 ? -0.5f : 0.5f));
  float r = x - (float)n * 0.693359375f;
  r = r - (float)n * -2.12194440e-4f;
  float p = 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  uint32_t bits = (uint32_t)(n + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

/* The natural logarithm of a positive, normal number: x = 2^n m with m from 0.75 to 1.5, and of m
 * the series in (m - 1) / (m + 1) to degree 9. Error below 3e-7. */
static inline float og_log(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  int32_t n = (int32_t)((bits + 0x400000u) >> 23) - 127;
  bits -= (uint32_t)n << 23;
  float m;
  memcpy(&m, &bits, sizeof m);
  float s = (m - 1.0f) / (m + 1.0f), square = s * s;
  float p = 1.0f / 9;
  p = p * square + 1.0f / 7;
  p = p * square + 1.0f / 5;
  p = p * square + 1.0f / 3;
  p = p * square + 1.0f;
  return (float)n * 0.693147181f + 2.0f * s * p;
}

static inline float og_sigmoid(float x) {
  return 1.0f / (1.0f + og_exp(-x));
}

#endif
