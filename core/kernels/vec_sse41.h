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
static inline og_vec og_vmul(og_vec a, og_vec b) {
  return _mm_mul_ps(a, b);
}

typedef __m128i og_pair, og_int;
static inline og_pair og_pair_load(const og_real *p) {
  return _mm_loadu_si128((const __m128i *)p);
}
static inline og_pair og_pair_splat(const og_real *p) {
  return _mm_castps_si128(_mm_load1_ps(p));
}
static inline og_int og_int_zero(void) {
  return _mm_setzero_si128();
}
/* Without the empty statement GCC gives the sum before and after two registers, and spills. */
static inline og_int og_int_dot(og_int sum, og_pair x, og_pair w) {
  sum = _mm_add_epi32(sum, _mm_madd_epi16(x, w));
  __asm__("" : "+x"(sum));
  return sum;
}
static inline og_vec og_int_to_real(og_int v) {
  return _mm_cvtepi32_ps(v);
}
static inline void og_pack16(og_real *p, og_vec low, og_vec high) {
  __m128 most = _mm_set1_ps(OG_INT16_MOST), least = _mm_set1_ps(-OG_INT16_MOST);
  low = _mm_min_ps(_mm_max_ps(low, least), most);
  high = _mm_min_ps(_mm_max_ps(high, least), most);
  _mm_storeu_si128((__m128i *)p, _mm_packs_epi32(_mm_cvtps_epi32(low), _mm_cvtps_epi32(high)));
}
