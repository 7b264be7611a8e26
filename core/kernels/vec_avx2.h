/* The vector words for AVX2 with FMA: 8 lanes, 16 registers. A tile of 6 x 2 keeps twelve
 * independent sums in flight (two FMA pipes of latency 4 want eight) and divides the row widths 20,
 * 10 and 5 of the glyph net; kernel rows of 96, 192 and 384 numbers are divided by the
 * gradient's 6. maxps returns its second operand unless the first is greater, which is exactly a >
 * b ? a : b. */
#include <immintrin.h>

#define OG_ISA avx2
#define OG_ISA_ARITHMETIC OG_FUSED
#define OG_LANES 8
#define OG_MR 6
#define OG_GRAD_MR 6
#define OG_NV 2

typedef __m256 og_vec;
static inline og_vec og_vload(const og_real *p) {
  return _mm256_loadu_ps(p);
}
static inline void og_vstore(og_real *p, og_vec v) {
  _mm256_storeu_ps(p, v);
}
static inline og_vec og_vsplat(og_real x) {
  return _mm256_set1_ps(x);
}
static inline og_vec og_vadd(og_vec a, og_vec b) {
  return _mm256_add_ps(a, b);
}
static inline og_vec og_vsub(og_vec a, og_vec b) {
  return _mm256_sub_ps(a, b);
}
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return _mm256_fmadd_ps(a, b, c);
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return _mm256_max_ps(a, b);
}
static inline og_vec og_vmul(og_vec a, og_vec b) {
  return _mm256_mul_ps(a, b);
}

typedef __m256i og_pair, og_int;
static inline og_pair og_pair_load(const og_real *p) {
  return _mm256_loadu_si256((const __m256i *)p);
}
static inline og_pair og_pair_splat(const og_real *p) {
  return _mm256_castps_si256(_mm256_broadcast_ss(p));
}
static inline og_int og_int_zero(void) {
  return _mm256_setzero_si256();
}
/* Without the empty statement GCC gives the sum before and after two registers, and spills. */
static inline og_int og_int_dot(og_int sum, og_pair x, og_pair w) {
  sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, w));
  __asm__("" : "+x"(sum));
  return sum;
}
static inline og_vec og_int_to_real(og_int v) {
  return _mm256_cvtepi32_ps(v);
}
static inline void og_pack16(og_real *p, og_vec low, og_vec high) {
  __m256 most = _mm256_set1_ps(OG_INT16_MOST), least = _mm256_set1_ps(-OG_INT16_MOST);
  low = _mm256_min_ps(_mm256_max_ps(low, least), most);
  high = _mm256_min_ps(_mm256_max_ps(high, least), most);
  __m256i both = _mm256_packs_epi32(_mm256_cvtps_epi32(low), _mm256_cvtps_epi32(high));
  _mm256_storeu_si256((__m256i *)p, _mm256_permute4x64_epi64(both, 0xd8));
}
