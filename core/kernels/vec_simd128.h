/* The vector words for WebAssembly SIMD: 4 lanes. The engine gives a function 16 registers on x86,
 * so 5 x 2 sums is near the most that does not spill. pmax(b, a) is b < a ? a : b, one instruction
 * on x86 where f32x4.max takes seven. Compiled with relaxed instructions it is the set relaxed,
 * whose multiply-add is fused where the machine can. */
#include <wasm_simd128.h>

#define OG_LANES 4
#define OG_MR 5
#define OG_GRAD_MR 5
#define OG_NV 2

typedef v128_t og_vec;
static inline og_vec og_vload(const og_real *p) {
  return wasm_v128_load(p);
}
static inline void og_vstore(og_real *p, og_vec v) {
  wasm_v128_store(p, v);
}
static inline og_vec og_vsplat(og_real x) {
  return wasm_f32x4_splat(x);
}
static inline og_vec og_vadd(og_vec a, og_vec b) {
  return wasm_f32x4_add(a, b);
}
static inline og_vec og_vsub(og_vec a, og_vec b) {
  return wasm_f32x4_sub(a, b);
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return wasm_f32x4_pmax(b, a);
}
static inline og_vec og_vmul(og_vec a, og_vec b) {
  return wasm_f32x4_mul(a, b);
}

typedef v128_t og_pair, og_int;
static inline og_pair og_pair_load(const og_real *p) {
  return wasm_v128_load(p);
}
static inline og_pair og_pair_splat(const og_real *p) {
  return wasm_v128_load32_splat(p);
}
static inline og_int og_int_zero(void) {
  return wasm_i32x4_const(0, 0, 0, 0);
}
static inline og_int og_int_dot(og_int sum, og_pair x, og_pair w) {
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(x, w));
}
static inline og_vec og_int_to_real(og_int v) {
  return wasm_f32x4_convert_i32x4(v);
}
/* OG_REAL_ROUND added, the integer stands rounded in the low bits of the float. */
static inline og_vec og_low16(og_vec v) {
  v = wasm_f32x4_pmax(wasm_f32x4_splat(-OG_INT16_MOST), v);
  v = wasm_f32x4_pmin(wasm_f32x4_splat(OG_INT16_MOST), v);
  return wasm_f32x4_add(v, wasm_f32x4_splat(OG_REAL_ROUND));
}
static inline void og_pack16(og_real *p, og_vec low, og_vec high) {
  wasm_v128_store(p, wasm_i16x8_shuffle(og_low16(low), og_low16(high), 0, 2, 4, 6, 8, 10, 12, 14));
}

#ifdef __wasm_relaxed_simd__
#define OG_ISA relaxed
#define OG_ISA_ARITHMETIC OG_RELAXED
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return wasm_f32x4_relaxed_madd(a, b, c);
}
#else
#define OG_ISA simd128
#define OG_ISA_ARITHMETIC OG_MULTIPLY_ADD
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
}
#endif
