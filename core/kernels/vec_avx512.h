/* The vector words for AVX-512F: 16 lanes, 32 registers, so a tile of 10 x 2 fits. */
#include <immintrin.h>

#define OG_ISA avx512
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
