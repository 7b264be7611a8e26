/* The number type of nets and kernels: float.
 *
 * The gradient test compiles the same sources with double (OG_REAL_DOUBLE), so that analytic
 * gradients can be held against finite differences without rounding noise. Nothing else does. */
#ifndef OG_REAL_H
#define OG_REAL_H

#include <math.h>

#include "base/exponential.h"

#ifdef OG_REAL_DOUBLE
typedef double og_real;
static inline og_real og_real_sqrt(og_real x) {
  return sqrt(x);
}
static inline og_real og_real_sigmoid(og_real x) {
  return 1 / (1 + exp(-x));
}
#else
typedef float og_real;
static inline og_real og_real_sqrt(og_real x) {
  return sqrtf(x);
}
static inline og_real og_real_sigmoid(og_real x) {
  return og_sigmoid(x);
}
#endif

#endif
