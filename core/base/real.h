/* The number type of nets and kernels: float.
 *
 * The gradient test compiles the same sources with double (OG_REAL_DOUBLE), so that analytic
 * gradients can be held against finite differences without rounding noise. Nothing else does. */
#ifndef OG_REAL_H
#define OG_REAL_H

#include <math.h>

#include "base/exponential.h"

/* OG_REAL_ROUND, three halves of two to the number of fraction bits: added to a number and taken
 * away again, it leaves the nearest integer, ties to even. */
#ifdef OG_REAL_DOUBLE
typedef double og_real;
#define OG_REAL_ROUND 6755399441055744.0
static inline og_real og_real_sqrt(og_real x) {
  return sqrt(x);
}
static inline og_real og_real_exp(og_real x) {
  return exp(x);
}
static inline og_real og_real_sigmoid(og_real x) {
  return 1 / (1 + exp(-x));
}
#else
typedef float og_real;
#define OG_REAL_ROUND 12582912.0f
static inline og_real og_real_sqrt(og_real x) {
  return sqrtf(x);
}
static inline og_real og_real_exp(og_real x) {
  return og_exp(x);
}
static inline og_real og_real_sigmoid(og_real x) {
  return og_sigmoid(x);
}
#endif

#endif
