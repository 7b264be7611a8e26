/* AVX-512 for machines that have AVX2 alone: the intrinsics of vec_avx512.h, each as two halves.
 * Included before everything else in the files of those kernel sets, which then are compiled as
 * they are. It exists to test their tiles, remainders and packing; of the machine it proves
 * nothing. */
#ifndef CROSS_AVX512_H
#define CROSS_AVX512_H

#include <immintrin.h>

typedef struct halves_ps {
  __m256 low, high;
} halves_ps;
typedef struct halves_si {
  __m256i low, high;
} halves_si;

#define HALVES_OF_TWO(type, name, half)                                                            \
  static inline type halves_##name(type a, type b) {                                               \
    type both = {half(a.low, b.low), half(a.high, b.high)};                                        \
    return both;                                                                                   \
  }
HALVES_OF_TWO(halves_ps, add, _mm256_add_ps)
HALVES_OF_TWO(halves_ps, sub, _mm256_sub_ps)
HALVES_OF_TWO(halves_ps, mul, _mm256_mul_ps)
HALVES_OF_TWO(halves_ps, max, _mm256_max_ps)
HALVES_OF_TWO(halves_ps, min, _mm256_min_ps)
HALVES_OF_TWO(halves_si, add32, _mm256_add_epi32)
HALVES_OF_TWO(halves_si, dot, _mm256_madd_epi16)

#define HALVES_OF_ONE(to, name, from, half)                                                        \
  static inline to halves_##name(from a) {                                                         \
    to both = {half(a.low), half(a.high)};                                                         \
    return both;                                                                                   \
  }
HALVES_OF_ONE(halves_si, as_si, halves_ps, _mm256_castps_si256)
HALVES_OF_ONE(halves_si, to_int, halves_ps, _mm256_cvtps_epi32)
HALVES_OF_ONE(halves_ps, to_real, halves_si, _mm256_cvtepi32_ps)

static inline halves_ps halves_load(const float *p) {
  halves_ps both = {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
  return both;
}
static inline halves_si halves_load_si(const void *p) {
  halves_ps both = halves_load(p);
  return halves_as_si(both);
}
static inline void halves_store(float *p, halves_ps v) {
  _mm256_storeu_ps(p, v.low);
  _mm256_storeu_ps(p + 8, v.high);
}
static inline halves_ps halves_splat(float x) {
  halves_ps both = {_mm256_set1_ps(x), _mm256_set1_ps(x)};
  return both;
}
static inline halves_si halves_zero(void) {
  halves_si both = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  return both;
}
static inline halves_ps halves_fma(halves_ps a, halves_ps b, halves_ps c) {
  halves_ps both = {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
  return both;
}
static inline halves_si halves_add_dot(halves_si sum, halves_si a, halves_si b) {
  return halves_add32(sum, halves_dot(a, b));
}
static inline __m256i halves_pack(halves_si v) {
  return _mm256_permute4x64_epi64(_mm256_packs_epi32(v.low, v.high), 0xd8);
}

#define __m512 halves_ps
#define __m512i halves_si
#define _mm512_loadu_ps halves_load
#define _mm512_storeu_ps halves_store
#define _mm512_set1_ps halves_splat
#define _mm512_add_ps halves_add
#define _mm512_sub_ps halves_sub
#define _mm512_mul_ps halves_mul
#define _mm512_max_ps halves_max
#define _mm512_min_ps halves_min
#define _mm512_fmadd_ps halves_fma
#define _mm512_loadu_si512 halves_load_si
#define _mm512_castps_si512 halves_as_si
#define _mm512_setzero_si512 halves_zero
#define _mm512_add_epi32 halves_add32
#define _mm512_madd_epi16 halves_dot
#define _mm512_dpwssd_epi32 halves_add_dot
#define _mm512_cvtepi32_ps halves_to_real
#define _mm512_cvtps_epi32 halves_to_int
#define _mm512_cvtsepi32_epi16 halves_pack

/* Said after immintrin.h, which would believe it. */
#define __AVX512F__ 1
#ifdef EMULATE_VNNI
#define __AVX512VNNI__ 1
#endif

#endif
