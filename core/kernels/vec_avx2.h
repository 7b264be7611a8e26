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
