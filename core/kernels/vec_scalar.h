/* The vector words for one lane: the reference of each arithmetic class, and the fallback where
 * there is no SIMD. With OG_SCALAR_FUSED it is scalar_fma, which calls libm where the compiler has
 * no FMA instruction and is slow there; it exists to be right. MR and NV are small because every
 * accumulator is a register of its own. */
#include <math.h>
#include <stdint.h>
#include <string.h>

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

static inline og_vec og_vmul(og_vec a, og_vec b) {
  return a * b;
}

typedef struct og_pair {
  int16_t at[2];
} og_pair;
typedef uint32_t og_int; /* unsigned, so that a sum that does not fit wraps as in other sets */
static inline og_pair og_pair_load(const og_real *p) {
  og_pair pair;
  memcpy(&pair, p, sizeof pair);
  return pair;
}
static inline og_pair og_pair_splat(const og_real *p) {
  return og_pair_load(p);
}
static inline og_int og_int_zero(void) {
  return 0;
}
static inline og_int og_int_dot(og_int sum, og_pair x, og_pair w) {
  return sum + (uint32_t)(x.at[0] * w.at[0]) + (uint32_t)(x.at[1] * w.at[1]);
}
static inline og_vec og_int_to_real(og_int v) {
  return (og_real)(int32_t)v;
}
/* OG_REAL_ROUND added and taken away leaves the nearest integer, ties to even. */
static inline int16_t og_int16(og_vec v) {
  v = v > -OG_INT16_MOST ? v : -OG_INT16_MOST;
  v = v < OG_INT16_MOST ? v : OG_INT16_MOST;
  v += OG_REAL_ROUND;
  return (int16_t)(v - OG_REAL_ROUND);
}
static inline void og_pack16(og_real *p, og_vec low, og_vec high) {
  og_pair pair = {{og_int16(low), og_int16(high)}};
  memcpy(p, &pair, sizeof pair);
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
