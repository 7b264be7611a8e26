/* The vector words for 64-bit ARM: 4 lanes, fused, 32 registers. A tile of 6 x 4 keeps 24 sums, six
 * for each of the four pipes of a large core, beside four vectors of W; like the one of AVX2 it
 * divides the row widths of the glyph net. max by comparison, because vmax and vmaxnm treat what is
 * no number otherwise than a > b ? a : b. Chosen from manuals: it was run under qemu alone, which
 * proves its results and says nothing of its speed. */
#include <arm_neon.h>

#define OG_ISA neon
#define OG_ISA_ARITHMETIC OG_FUSED
#define OG_LANES 4
#define OG_MR 6
#define OG_GRAD_MR 6
#define OG_NV 4

typedef float32x4_t og_vec;
static inline og_vec og_vload(const og_real *p) {
  return vld1q_f32(p);
}
static inline void og_vstore(og_real *p, og_vec v) {
  vst1q_f32(p, v);
}
static inline og_vec og_vsplat(og_real x) {
  return vdupq_n_f32(x);
}
static inline og_vec og_vadd(og_vec a, og_vec b) {
  return vaddq_f32(a, b);
}
static inline og_vec og_vsub(og_vec a, og_vec b) {
  return vsubq_f32(a, b);
}
static inline og_vec og_vmadd(og_vec a, og_vec b, og_vec c) {
  return vfmaq_f32(c, a, b);
}
static inline og_vec og_vmax(og_vec a, og_vec b) {
  return vbslq_f32(vcgtq_f32(a, b), a, b);
}
static inline og_vec og_vmul(og_vec a, og_vec b) {
  return vmulq_f32(a, b);
}

/* There is no sum of two neighbouring products, so the pairs of W are parted into firsts and
 * seconds, once for all rows of a tile, and each is multiplied by its half of x. */
typedef int16x8_t og_pair;
typedef int32x4_t og_int;
static inline og_pair og_pair_load(const og_real *p) {
  return vreinterpretq_s16_f32(vld1q_f32(p));
}
static inline og_pair og_pair_splat(const og_real *p) {
  return vreinterpretq_s16_f32(vld1q_dup_f32(p));
}
static inline og_int og_int_zero(void) {
  return vdupq_n_s32(0);
}
static inline og_int og_int_dot(og_int sum, og_pair x, og_pair w) {
  sum = vmlal_lane_s16(sum, vget_low_s16(vuzp1q_s16(w, w)), vget_low_s16(x), 0);
  return vmlal_lane_s16(sum, vget_low_s16(vuzp2q_s16(w, w)), vget_low_s16(x), 1);
}
static inline og_vec og_int_to_real(og_int v) {
  return vcvtq_f32_s32(v);
}
static inline int16x4_t og_half16(og_vec v) {
  v = og_vmax(v, vdupq_n_f32(-OG_INT16_MOST));
  return vmovn_s32(vcvtnq_s32_f32(vminq_f32(v, vdupq_n_f32(OG_INT16_MOST))));
}
static inline void og_pack16(og_real *p, og_vec low, og_vec high) {
  int16x8_t both = vcombine_s16(og_half16(low), og_half16(high));
  vst1q_f32(p, vreinterpretq_f32_s16(both));
}
