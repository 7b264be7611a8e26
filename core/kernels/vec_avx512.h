/* The vector words for AVX-512F and BW: 16 lanes, 32 registers, so a tile of 10 x 2 fits. Compiled
 * with VNNI it is the set avx512vnni, whose products of integers and their sums are one
 * instruction; in reals the two are the same. The machines at hand had no AVX-512: the results are
 * checked by emulation (tests/run avx512), the speed was never measured, and bfloat16, which could
 * not be tried at all, is left out. */
#include <immintrin.h>

#ifdef __AVX512VNNI__
#define OG_ISA avx512vnni
#else
#define OG_ISA avx512
#endif
#define OG_ISA_ARITHMETIC OG_FUSED
#define OG_LANES 16
#define OG_MR 10
#define OG_GRAD_MR 12
#define OG_NV 2

typedef __m512 og_vec;
static inline og_vec og_vload(const og_real *p) {
  return _mm512_loadu_ps(p);
}
static inline void og_vstore(og_real *p, og_vec v) {
  _mm512_storeu_ps(p, v);
}
static inline og_vec og_vsplat(og_real x) {
  return _mm512_set1_ps(x);
}
static inline og_vec og_vadd(og_vec a, og_vec b) {
  return _mm512_add_ps(a, b);
}
static inline og_vec og_vsub(og_vec a, og_vec b) {
  return _mm512_sub_ps(a, b);
}
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return _mm512_fmadd_ps(a, b, c);
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return _mm512_max_ps(a, b);
}
static inline og_vec og_vmul(og_vec a, og_vec b) {
  return _mm512_mul_ps(a, b);
}

typedef __m512i og_pair, og_int;
static inline og_pair og_pair_load(const og_real *p) {
  return _mm512_loadu_si512(p);
}
static inline og_pair og_pair_splat(const og_real *p) {
  return _mm512_castps_si512(_mm512_set1_ps(*p));
}
static inline og_int og_int_zero(void) {
  return _mm512_setzero_si512();
}
static inline og_int og_int_dot(og_int sum, og_pair x, og_pair w) {
#ifdef __AVX512VNNI__
  return _mm512_dpwssd_epi32(sum, x, w);
#else
  return _mm512_add_epi32(sum, _mm512_madd_epi16(x, w));
#endif
}
static inline og_vec og_int_to_real(og_int v) {
  return _mm512_cvtepi32_ps(v);
}
static inline __m256i og_half16(og_vec v) {
  v = _mm512_max_ps(v, _mm512_set1_ps(-OG_INT16_MOST));
  v = _mm512_min_ps(v, _mm512_set1_ps(OG_INT16_MOST));
  return _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(v));
}
static inline void og_pack16(og_real *p, og_vec low, og_vec high) {
  _mm256_storeu_si256((__m256i *)p, og_half16(low));
  _mm256_storeu_si256((__m256i *)p + 1, og_half16(high));
}
