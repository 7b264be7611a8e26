/* Products of 16-bit integers, written once over the vector words; included by body.h.
 *
 * What every instruction set has is the sum of two products of 16-bit integers in one 32-bit lane
 * (pmaddwd), twice as many products as a multiply-add of floats. So two neighbouring numbers of A
 * are one unit, as large as an og_real: planes, strides and depth count pairs, and the tile of
 * body.h serves unchanged. The sums are turned back into reals block by block, before they can
 * overflow: og_int16_pack sees to that. */

/* Stores count (a multiple of 2 * LANES) numbers, times `factor`, as 16-bit integers. */
static void quantise(const og_real *from, size_t count, og_real factor, og_real *to) {
  og_vec f = og_vsplat(factor);
  for (size_t i = 0; i < count; i += 2 * OG_LANES, to += OG_LANES)
    og_pack16(to, og_vmul(og_vload(from + i), f), og_vmul(og_vload(from + i + OG_LANES), f));
}

/* `mr` consecutive output pixels by one panel of columns (a row of scales, one of biases, pairs),
 * as conv_block does it. */
OG_INLINE void dot_block(const int mr, const og_conv *p, const og_real *a, const og_real *b,
                         og_real *to, size_t step) {
  const og_real *scale = b, *from = b + OG_NR;
  size_t from_step = 0;
  b += 2 * OG_NR;
  for (size_t s = 0; s < p->segments; s++, a += p->a_segment)
    for (size_t k = 0; k < p->depth;) {
      const og_real *ak = a + k;
      og_int part[OG_MR][OG_NV];
      OG_UNROLL
      for (int i = 0; i < mr; i++)
        OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        part[i][j] = og_int_zero();
      size_t end = p->depth - k < OG_INT16_BLOCK ? p->depth : k + OG_INT16_BLOCK;
      do {
        og_pair w[OG_NV];
        OG_UNROLL
        for (int j = 0; j < OG_NV; j++)
          w[j] = og_pair_load(b + j * OG_LANES);
        OG_UNROLL
        for (int i = 0; i < mr; i++) {
          og_pair x = og_pair_splat(ak + (size_t)i * p->a_row);
          OG_UNROLL
          for (int j = 0; j < OG_NV; j++)
            part[i][j] = og_int_dot(part[i][j], x, w[j]);
        }
        ak++, b += OG_NR;
      } while (++k < end);
      og_vec scales[OG_NV];
      OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        scales[j] = og_vload(scale + j * OG_LANES);
      og_real *out = to;
      OG_UNROLL
      for (int i = 0; i < mr; i++, from += from_step, out += step)
        OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        og_vstore(out + j * OG_LANES,
                  og_vmadd(og_int_to_real(part[i][j]), scales[j], og_vload(from + j * OG_LANES)));
      from = to;
      from_step = step;
    }
}

#define OG_DOT_BLOCK(mr)                                                                           \
  static void dot_block_##mr(const og_conv *p, const og_real *a, const og_real *b, og_real *to,    \
                             size_t step) {                                                        \
    dot_block(mr, p, a, b, to, step);                                                              \
  }
#define OG_DOT_BLOCK_NAME(mr) dot_block_##mr,
OG_TILE_LIST(OG_DOT_BLOCK, OG_MR)
static const conv_block_fn dot_blocks[OG_MR] = {OG_TILE_LIST(OG_DOT_BLOCK_NAME, OG_MR)};

static void conv_int16(const og_conv *p) {
  conv_with(p, dot_blocks, 2);
}
