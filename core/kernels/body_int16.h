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

/* `mr` consecutive output pixels by one panel of columns: a row of scales, one of biases, pairs. */
OG_INLINE void dot_tile(const int mr, const og_conv *p, const og_real *a, const og_real *b,
                        const og_real *add, og_real *c, size_t width) {
  og_vec sum[OG_MR][OG_NV];
  const og_real *scale = b;
  OG_UNROLL
  for (int i = 0; i < mr; i++)
    OG_UNROLL
  for (int j = 0; j < OG_NV; j++)
    sum[i][j] = og_vload(b + OG_NR + j * OG_LANES);
  b += 2 * OG_NR;
  for (size_t s = 0; s < p->segments; s++, a += p->a_segment)
    for (size_t k = 0; k < p->depth;) {
      size_t end = k + OG_INT16_BLOCK < p->depth ? k + OG_INT16_BLOCK : p->depth;
      og_int part[OG_MR][OG_NV];
      OG_UNROLL
      for (int i = 0; i < mr; i++)
        OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        part[i][j] = og_int_zero();
      for (; k < end; k++, b += OG_NR) {
        og_pair w[OG_NV];
        OG_UNROLL
        for (int j = 0; j < OG_NV; j++)
          w[j] = og_pair_load(b + j * OG_LANES);
        OG_UNROLL
        for (int i = 0; i < mr; i++) {
          og_pair x = og_pair_splat(a + k + (size_t)i * p->a_row);
          OG_UNROLL
          for (int j = 0; j < OG_NV; j++)
            part[i][j] = og_int_dot(part[i][j], x, w[j]);
        }
      }
      OG_UNROLL
      for (int i = 0; i < mr; i++)
        OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        sum[i][j] = og_vmadd(og_int_to_real(part[i][j]), og_vload(scale + j * OG_LANES), sum[i][j]);
    }
  finish_tile(mr, p, sum, add, c, width);
}

#define OG_DOT_TILE(mr)                                                                            \
  static void dot_tile_##mr(const og_conv *p, const og_real *a, const og_real *b,                  \
                            const og_real *add, og_real *c, size_t width) {                        \
    dot_tile(mr, p, a, b, add, c, width);                                                          \
  }
#define OG_DOT_TILE_NAME(mr) dot_tile_##mr,
OG_TILE_LIST(OG_DOT_TILE, OG_MR)
static const conv_tile_fn dot_tiles[OG_MR] = {OG_TILE_LIST(OG_DOT_TILE_NAME, OG_MR)};

static void conv_int16(const og_conv *p) {
  conv_with(p, dot_tiles, 2);
}
