/* The weight gradient in Winograd's form; included by body.h.
 *
 * From Y = A^T [ U .* V ] A with U = G g G^T and V = B^T d B, the gradient by U is V .* (A dY A^T),
 * summed over tiles: one matrix product a point, V^T times D, done by conv_grad(). */

/* A times a column of `tile` gradients, `stride` apart, into `out`, `to` apart: the gradients as a
 * polynomial at each point. */
OG_INLINE void winograd_spread(const int alpha, const int tile, const og_vec *y, const int stride,
                               og_vec *out, const int to) {
  const int pairs = (alpha - 1) / 2;
  out[0] = y[0];
  if (alpha % 2 == 0)
    out[(alpha - 1) * to] = y[(tile - 1) * stride];
  OG_UNROLL
  for (int p = 0; p < pairs; p++) {
    og_vec even = y[0], odd = og_vsplat(0);
    OG_UNROLL
    for (int i = 1; i < tile; i++) {
      og_vec power = og_vsplat(og_winograd_power[p][i]);
      if (i % 2)
        odd = og_vmadd(power, y[i * stride], odd);
      else
        even = og_vmadd(power, y[i * stride], even);
    }
    out[(2 * p + 1) * to] = og_vadd(even, odd);
    out[(2 * p + 2) * to] = og_vsub(even, odd);
  }
}

/* The gradients of one tile, `lines` x `rows` of them, the others being zero. */
OG_INLINE void winograd_tile_spread(const int alpha, const int tile, const og_winograd_grad *p,
                                    const og_real *d, size_t lines, size_t rows, og_real *to,
                                    size_t step) {
  for (size_t n = 0; n < p->cols; n += OG_LANES) {
    og_vec y[8], t[64];
    for (int j = 0; j < tile; j++) {
      OG_UNROLL
      for (int i = 0; i < tile; i++)
        y[i] = (size_t)i < lines && (size_t)j < rows
                   ? og_vload(d + (size_t)i * p->d_line + (size_t)j * p->cols + n)
                   : og_vsplat(0);
      winograd_spread(alpha, tile, y, 1, t + j, tile);
    }
    for (int i = 0; i < alpha; i++) {
      winograd_spread(alpha, tile, t + i * tile, 1, y, 1);
      OG_UNROLL
      for (int j = 0; j < alpha; j++)
        og_vstore(to + (size_t)(i * alpha + j) * step + n, y[j]);
    }
  }
}

#define OG_WINOGRAD_SPREAD(alpha, tile)                                                            \
  static void winograd_spread_##alpha##_##tile(const og_winograd_grad *p, const og_real *d,        \
                                               size_t lines, size_t rows, og_real *to,             \
                                               size_t step) {                                      \
    winograd_tile_spread(alpha, tile, p, d, lines, rows, to, step);                                \
  }
OG_WINOGRAD_LIST(OG_WINOGRAD_SPREAD)

typedef void (*winograd_spread_fn)(const og_winograd_grad *, const og_real *, size_t, size_t,
                                   og_real *, size_t);
/* In the order of winograd_forms. */
#define OG_WINOGRAD_SPREAD_NAME(alpha, tile) winograd_spread_##alpha##_##tile,
static const winograd_spread_fn winograd_spreads[] = {OG_WINOGRAD_LIST(OG_WINOGRAD_SPREAD_NAME)};

static void winograd_grad_products(const og_winograd_grad *p, size_t points, size_t tiles,
                                   const og_real *v, size_t v_step, const og_real *d,
                                   size_t d_step) {
  og_conv_grad product = {.lines = 1,
                          .rows = tiles,
                          .cols = p->cols,
                          .segments = 1,
                          .depth = p->inner,
                          .a = v,
                          .a_row = p->inner,
                          .d = d,
                          .d_row = p->cols,
                          .dw = p->du,
                          .scratch = p->panel};
  for (; points > 0; points--) {
    conv_grad(&product);
    product.a += v_step;
    product.d += d_step;
    product.dw += p->inner * p->cols;
  }
}

static void winograd_grad(const og_winograd_grad *p) {
  /* The forward convolution of the same tiles, for finding and transforming them. */
  const og_winograd w = {.images = p->images,
                         .lines = p->lines,
                         .rows = p->rows,
                         .inner = p->inner,
                         .cols = p->cols,
                         .kernel = p->kernel,
                         .tile = p->tile,
                         .a = p->a,
                         .a_image = p->a_image,
                         .a_line = p->a_line,
                         .scratch = p->scratch};
  const winograd_form *form = winograd_find_form(&w);
  winograd_spread_fn spread = winograd_spreads[form - winograd_forms];
  size_t points = form->alpha * form->alpha, all = winograd_tiles(&w);
  for (size_t first = 0; first < all; first += p->chunk) {
    size_t tiles = winograd_least(p->chunk, all - first);
    size_t v_step = tiles * p->inner + OG_WINOGRAD_GAP, d_step = tiles * p->cols + OG_WINOGRAD_GAP;
    og_real *v = p->scratch + points * p->inner, *d = v + points * v_step;
    winograd_gather(&w, form, first, tiles, v, v_step);
    for (size_t t = 0; t < tiles; t++) {
      winograd_place at = winograd_find(&w, first + t);
      spread(p, p->d + at.image * p->d_image + at.line * p->d_line + at.row * p->cols,
             p->lines - at.line, p->rows - at.row, d + t * p->cols, d_step);
    }
    winograd_grad_products(p, points, tiles, v, v_step, d, d_step);
  }
}
