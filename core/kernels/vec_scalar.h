/* The vector words for one lane, multiply-then-add: the reference of its class, and the fallback
 * where there is no SIMD. MR and NV are small because every accumulator is a register of its own.
 */
#define OG_ISA scalar
#define OG_ISA_ARITHMETIC OG_MULTIPLY_ADD
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
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return a * b + c;
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return a > b ? a : b;
}
