/* Products of one vector with many, written once over the vector words; included by body.h.
 *
 * The vectors lie in panels of OG_DOT_PANEL, pair by pair, so lanes are vectors and no sum crosses
 * them. A few panels at a time hide the latency of the additions; what is left to wait for is
 * memory, which is asked for some way ahead: hardware stops asking at the end of a page. */

enum {
  OG_DOT_VECS = OG_DOT_PANEL / OG_LANES,
  OG_DOT_PANELS = OG_LANES >= 8 ? 4 : 2, /* their sums fit 16 registers */
  OG_DOT_AHEAD = 512,                    /* pairs */
};

OG_INLINE void dots_of(const int panels, const og_dots *p, const og_real *b, og_real *c) {
  og_int sum[OG_DOT_PANELS][OG_DOT_VECS];
  const size_t panel = p->depth * OG_DOT_PANEL;
  OG_UNROLL
  for (int i = 0; i < panels; i++)
    OG_UNROLL
  for (int j = 0; j < OG_DOT_VECS; j++)
    sum[i][j] = og_int_zero();
  for (size_t k = 0; k < p->depth; k++, b += OG_DOT_PANEL) {
    og_pair x = og_pair_splat(p->a + k);
    OG_UNROLL
    for (int i = 0; i < panels; i++) {
      const og_real *row = b + (size_t)i * panel;
      __builtin_prefetch((const void *)((uintptr_t)row + OG_DOT_AHEAD * sizeof *row));
      OG_UNROLL
      for (int j = 0; j < OG_DOT_VECS; j++)
        sum[i][j] = og_int_dot(sum[i][j], x, og_pair_load(row + j * OG_LANES));
    }
  }
  OG_UNROLL
  for (int i = 0; i < panels; i++)
    OG_UNROLL
  for (int j = 0; j < OG_DOT_VECS; j++)
    og_vstore(c + i * OG_DOT_PANEL + j * OG_LANES, og_int_to_real(sum[i][j]));
}

static void dots(const og_dots *p) {
  const size_t panel = p->depth * OG_DOT_PANEL;
  size_t i = 0;
  for (; i + OG_DOT_PANELS <= p->panels; i += OG_DOT_PANELS)
    dots_of(OG_DOT_PANELS, p, p->b + i * panel, p->c + i * OG_DOT_PANEL);
  for (; i < p->panels; i++)
    dots_of(1, p, p->b + i * panel, p->c + i * OG_DOT_PANEL);
}
