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

/* to[mr][NR] = from[mr][NR] + the products of `depth` pairs, few enough for 32 bits. A function of
 * its own, because compilers that see more than the integers keep that in registers and spill them.
 */
OG_INLINE void dot_block(const int mr, const og_real *a, size_t a_row, const og_real *b,
                         size_t depth, const og_real *scale, const og_real *from, size_t from_step,
                         og_real *to, size_t to_step) {
  og_int part[OG_MR][OG_NV];
  OG_UNROLL
  for (int i = 0; i < mr; i++)
    OG_UNROLL
  for (int j = 0; j < OG_NV; j++)
    part[i][j] = og_int_zero();
  for (size_t k = 0; k < depth; k++, a++, b += OG_NR) {
    og_pair w[OG_NV];
    OG_UNROLL
    for (int j = 0; j < OG_NV; j++)
      w[j] = og_pair_load(b + j * OG_LANES);
    OG_UNROLL
    for (int i = 0; i < mr; i++) {
      og_pair x = og_pair_splat(a + (size_t)i * a_row);
      OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        part[i][j] = og_int_dot(part[i][j], x, w[j]);
    }
  }
  OG_UNROLL
  for (int i = 0; i < mr; i++, from += from_step, to += to_step)
    OG_UNROLL
  for (int j = 0; j < OG_NV; j++)
    og_vstore(to + j * OG_LANES,
              og_vmadd(og_int_to_real(part[i][j]), og_vload(scale + j * OG_LANES),
                       og_vload(from + j * OG_LANES)));
}

typedef void (*dot_block_fn)(const og_real *, size_t, const og_real *, size_t, const og_real *,
                             const og_real *, size_t, og_real *, size_t);
#define OG_DOT_BLOCK(mr)                                                                           \
  static OG_NOINLINE void dot_block_##mr(const og_real *a, size_t a_row, const og_real *b,         \
                                         size_t depth, const og_real *scale, const og_real *from,  \
                                         size_t from_step, og_real *to, size_t to_step) {          \
    dot_block(mr, a, a_row, b, depth, scale, from, from_step, to, to_step);                        \
  }
#define OG_DOT_BLOCK_NAME(mr) dot_block_##mr,
OG_TILE_LIST(OG_DOT_BLOCK, OG_MR)
static const dot_block_fn dot_blocks[OG_MR] = {OG_TILE_LIST(OG_DOT_BLOCK_NAME, OG_MR)};

/* `mr` consecutive output pixels by one panel of columns: a row of scales, one of biases, pairs. */
OG_INLINE void dot_tile(size_t mr, const og_conv *p, const og_real *a, const og_real *b,
                        const og_real *add, og_real *c, size_t width) {
  og_real sum[OG_MR * OG_NR];
  const og_real *scale = b;
  int plain = width == OG_NR && !add && !p->relu;
  og_real *to = plain ? c : sum;
  const og_real *from = b + OG_NR;
  size_t to_step = plain ? p->c_row : OG_NR, from_step = 0;
  for (size_t i = 0; !plain && i < mr; i++)
    memcpy(sum + i * OG_NR, from, OG_NR * sizeof *sum);
  b += 2 * OG_NR;
  for (size_t s = 0; s < p->segments; s++, a += p->a_segment)
    for (size_t k = 0, some; k < p->depth; k += some, b += some * OG_NR) {
      some = p->depth - k < OG_INT16_BLOCK ? p->depth - k : OG_INT16_BLOCK;
      dot_blocks[mr - 1](a + k, p->a_row, b, some, scale, from, from_step, to, to_step);
      from = to;
      from_step = to_step;
    }
  for (size_t i = 0; !plain && i < mr; i++) {
    og_vec row[OG_NV];
    OG_UNROLL
    for (int j = 0; j < OG_NV; j++)
      row[j] = og_vload(sum + i * OG_NR + (size_t)j * OG_LANES);
    finish_row(p, row, add ? add + i * p->add_row : NULL, c + i * p->c_row, width);
  }
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
