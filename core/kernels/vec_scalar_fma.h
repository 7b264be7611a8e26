/* The vector words for one lane with fused multiply-add: the reference of the FMA class. Where the
 * compiler has no FMA instruction this calls libm and is slow; it is there to be right. */
#include <math.h>

#define OG_ISA scalar_fma
#define OG_ISA_ARITHMETIC OG_FUSED
#define OG_LANES 1
#define OG_MR 4
#define OG_GRAD_MR 4
#define OG_NV 2

typedef og_real og_vec;
static inline og_vec og_vload(const og_real *p) {
  return *p;
}
static inline void og_vstore(og_real *p, og_vec v) {
  *p = v;
}
static inline og_vec og_vsplat(og_real x) {
  return x;
}
static inline og_vec og_vadd(og_vec a, og_vec b) {
  return a + b;
}
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return fmaf(a, b, c);
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return a > b ? a : b;
}
