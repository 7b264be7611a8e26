/* The vector words for SSE4.1: 4 lanes, 16 registers, multiply-then-add; for x86 machines without
 * AVX2. maxps returns its second operand unless the first is greater, which is exactly
 * a > b ? a : b. */
#include <smmintrin.h>

#define OG_ISA sse41
#define OG_ISA_ARITHMETIC OG_MULTIPLY_ADD
#define OG_LANES 4
#define OG_MR 5
#define OG_GRAD_MR 6
#define OG_NV 2

typedef __m128 og_vec;
static inline og_vec og_vload(const og_real *p) {
  return _mm_loadu_ps(p);
}
static inline void og_vstore(og_real *p, og_vec v) {
  _mm_storeu_ps(p, v);
}
static inline og_vec og_vsplat(og_real x) {
  return _mm_set1_ps(x);
}
static inline og_vec og_vadd(og_vec a, og_vec b) {
  return _mm_add_ps(a, b);
}
static inline og_vec og_vsub(og_vec a, og_vec b) {
  return _mm_sub_ps(a, b);
}
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return _mm_add_ps(_mm_mul_ps(a, b), c);
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return _mm_max_ps(a, b);
}
