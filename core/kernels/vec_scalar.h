/* The vector words for one lane: the reference of each arithmetic class, and the fallback where
 * there is no SIMD. With OG_SCALAR_FUSED it is scalar_fma, which calls libm where the compiler has
 * no FMA instruction and is slow there; it exists to be right. MR and NV are small because every
 * accumulator is a register of its own. */
#include <math.h>

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
static inline og_vec og_vsub(og_vec a, og_vec b) {
  return a - b;
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return a > b ? a : b;
}

#ifdef OG_SCALAR_FUSED
#define OG_ISA scalar_fma
#define OG_ISA_ARITHMETIC OG_FUSED
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return fmaf(a, b, c);
}
#else
#define OG_ISA scalar
#define OG_ISA_ARITHMETIC OG_MULTIPLY_ADD
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return a * b + c;
}
#endif
