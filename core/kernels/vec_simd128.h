/* The vector words for WebAssembly SIMD: 4 lanes, multiply-then-add. The engine gives a function
 * 16 registers on x86, so 5 x 2 sums is near the most that does not spill. pmax(b, a) is
 * b < a ? a : b, one instruction on x86 where f32x4.max takes seven. */
#include <wasm_simd128.h>

#define OG_ISA simd128
#define OG_ISA_ARITHMETIC OG_MULTIPLY_ADD
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
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return wasm_f32x4_pmax(b, a);
}
