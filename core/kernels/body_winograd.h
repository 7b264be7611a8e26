/* Winograd convolution, written once over the vector words; included by body.h.
 *
 * F(m, r) computes m x m outputs of an r x r kernel from one alpha x alpha tile, alpha = m + r - 1,
 * with alpha^2 products where the plain form takes m^2 r^2 (Lavin and Gray, Fast Algorithms for
 * Convolutional Neural Networks, 2016, section 4.1):
 *
 *     Y = A^T [ (G g G^T) .* (B^T d B) ] A
 *
 * The matrices are those of Toom and Cook for the points 0, 1, -1, 2, -2, 1/2, -1/2, as many as
 * alpha needs, and infinity when alpha is even. Points in pairs +p, -p make each row of B^T and A^T
 * an even half plus or minus an odd half, so nothing is multiplied twice, and B^T depends on alpha
 * alone: 3x3, 4x4 and 7x7 kernels share it.
 *
 * Over a batch of tiles and all channels, the product in the middle is one matrix product a point,
 * done by conv() above. */
/* B^T times a column of `alpha` vectors, `stride` apart, into `out`, `to` apart. */
OG_INLINE void winograd_input(const int alpha, const og_vec *d, const int stride, og_vec *out,
                              const int to) {
  const int pairs = (alpha - 1) / 2;
  const og_real *whole = og_winograd_whole[pairs - 1];
  og_vec zero = d[2 * pairs * stride], infinity = d[(alpha - 1) * stride];
  OG_UNROLL
  for (int i = 0; i < pairs; i++) {
    zero = og_vmadd(og_vsplat(whole[i]), d[2 * i * stride], zero);
    infinity = og_vmadd(og_vsplat(whole[i]), d[(2 * i + 1) * stride], infinity);
  }
  out[0] = zero;
  if (alpha % 2 == 0)
    out[(alpha - 1) * to] = infinity;
  OG_UNROLL
  for (int p = 0; p < pairs; p++) {
    const og_real *other = og_winograd_other[pairs - 1][p];
    og_vec even = d[2 * pairs * stride], odd = d[(2 * pairs - 1) * stride];
    OG_UNROLL
    for (int i = 0; i + 1 < pairs; i++) {
      even = og_vmadd(og_vsplat(other[i]), d[(2 * i + 2) * stride], even);
      odd = og_vmadd(og_vsplat(other[i]), d[(2 * i + 1) * stride], odd);
    }
    og_real point = og_winograd_point[p];
    out[(2 * p + 1) * to] = og_vmadd(og_vsplat(point), odd, even);
    out[(2 * p + 2) * to] = og_vmadd(og_vsplat(-point), odd, even);
  }
}

/* A^T times a column of `alpha` vectors: `tile` outputs, the sums of powers of the points. */
OG_INLINE void winograd_output(const int alpha, const int tile, const og_vec *v, const int stride,
                               og_vec *out, const int to) {
  const int pairs = (alpha - 1) / 2;
  OG_UNROLL
  for (int i = 0; i < tile; i++) {
    og_vec sum = i == 0 ? v[0] : og_vsplat(0);
    if (alpha % 2 == 0 && i == tile - 1)
      sum = i == 0 ? og_vadd(sum, v[(alpha - 1) * stride]) : v[(alpha - 1) * stride];
    OG_UNROLL
    for (int p = 0; p < pairs; p++) {
      og_vec plus = v[(2 * p + 1) * stride], minus = v[(2 * p + 2) * stride];
      og_vec both = i % 2 ? og_vsub(plus, minus) : og_vadd(plus, minus);
      sum = og_vmadd(og_vsplat(og_winograd_power[p][i]), both, sum);
    }
    out[i * to] = sum;
  }
}

/* Where tile number t of the batch lies. */
typedef struct winograd_place {
  size_t image, line, row; /* of its first output */
} winograd_place;

static winograd_place winograd_find(const og_winograd *p, size_t t) {
  size_t across = (p->rows + p->tile - 1) / p->tile, down = (p->lines + p->tile - 1) / p->tile;
  winograd_place place = {t / across / down, t / across % down * p->tile, t % across * p->tile};
  return place;
}

static size_t winograd_least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* A tile that reaches past the last window is completed with zeros. */
static const og_real *winograd_edge(const og_winograd *p, const og_real *a, winograd_place at,
                                    size_t alpha, og_real *edge, size_t *a_line) {
  size_t lines = winograd_least(p->lines + p->kernel - 1 - at.line, alpha);
  size_t rows = winograd_least(p->rows + p->kernel - 1 - at.row, alpha);
  if (lines * rows == alpha * alpha)
    return a;
  *a_line = alpha * p->inner;
  memset(edge, 0, alpha * *a_line * sizeof *a);
  for (size_t y = 0; y < lines; y++)
    memcpy(edge + y * *a_line, a + y * p->a_line, rows * p->inner * sizeof *a);
  return edge;
}

OG_INLINE void winograd_tile_in(const int alpha, const og_winograd *p, const og_real *a,
                                size_t a_line, og_real *v, size_t step) {
  for (size_t n = 0; n < p->inner; n += OG_LANES) {
    og_vec d[8], t[64];
    for (int x = 0; x < alpha; x++) {
      OG_UNROLL
      for (int y = 0; y < alpha; y++)
        d[y] = og_vload(a + (size_t)y * a_line + (size_t)x * p->inner + n);
      winograd_input(alpha, d, 1, t + x, alpha);
    }
    for (int y = 0; y < alpha; y++) {
      winograd_input(alpha, t + y * alpha, 1, d, 1);
      OG_UNROLL
      for (int x = 0; x < alpha; x++)
        og_vstore(v + (size_t)(y * alpha + x) * step + n, d[x]);
    }
  }
}

OG_INLINE void winograd_tile_out(const int alpha, const int tile, const og_winograd *p,
                                 const og_real *m, size_t step, winograd_place at) {
  size_t lines = p->lines - at.line, rows = p->rows - at.row;
  og_real *c = p->c + at.image * p->c_image + at.line * p->c_line + at.row * p->cols;
  const og_real *add =
      p->add ? p->add + at.image * p->add_image + at.line * p->add_line + at.row * p->cols : NULL;
  for (size_t n = 0; n < p->cols; n += OG_LANES) {
    og_vec d[8], t[64], bias = og_vload(p->b + n);
    for (int x = 0; x < alpha; x++) {
      OG_UNROLL
      for (int y = 0; y < alpha; y++)
        d[y] = og_vload(m + (size_t)(y * alpha + x) * step + n);
      winograd_output(alpha, tile, d, 1, t + x, alpha);
    }
    for (size_t i = 0; i < (size_t)tile && i < lines; i++) {
      winograd_output(alpha, tile, t + i * (size_t)alpha, 1, d, 1);
      OG_UNROLL
      for (int j = 0; j < tile; j++) {
        if ((size_t)j >= rows)
          break;
        og_vec sum = og_vadd(d[j], bias);
        if (add)
          sum = og_vadd(sum, og_vload(add + i * p->add_line + (size_t)j * p->cols + n));
        if (p->relu)
          sum = og_vmax(sum, og_vsplat(0));
        og_vstore(c + i * p->c_line + (size_t)j * p->cols + n, sum);
      }
    }
  }
}

/* One matrix product a point. */
static void winograd_products(const og_winograd *p, size_t points, size_t tiles, const og_real *v,
                              size_t v_step, og_real *m, size_t m_step) {
  /* Pairs of integers take the place of one number. */
  size_t depth = p->factors ? p->inner / 2 : p->inner, head = p->factors ? 2 : 1;
  size_t panel = (p->cols + OG_NR - 1) / OG_NR * OG_NR * (depth + head);
  og_conv product = {.lines = 1,
                     .rows = tiles,
                     .cols = p->cols,
                     .segments = 1,
                     .depth = depth,
                     .a = v,
                     .a_row = depth,
                     .b = p->b + p->cols,
                     .c = m,
                     .c_row = p->cols};
  for (; points > 0; points--) {
    if (p->factors)
      conv_int16(&product);
    else
      conv(&product);
    product.a += v_step;
    product.b += panel;
    product.c += m_step;
  }
}

#define OG_WINOGRAD(alpha, tile)                                                                   \
  static void winograd_in_##alpha##_##tile(const og_winograd *p, const og_real *a, size_t a_line,  \
                                           og_real *v, size_t step) {                              \
    winograd_tile_in(alpha, p, a, a_line, v, step);                                                \
  }                                                                                                \
  static void winograd_out_##alpha##_##tile(const og_winograd *p, const og_real *m, size_t step,   \
                                            winograd_place at) {                                   \
    winograd_tile_out(alpha, tile, p, m, step, at);                                                \
  }
OG_WINOGRAD_LIST(OG_WINOGRAD)

typedef struct winograd_form {
  size_t alpha, tile;
  void (*in)(const og_winograd *, const og_real *, size_t, og_real *, size_t);
  void (*out)(const og_winograd *, const og_real *, size_t, winograd_place);
} winograd_form;

static const winograd_form winograd_forms[] = {
#define OG_WINOGRAD_FORM(alpha, tile)                                                              \
  {alpha, tile, winograd_in_##alpha##_##tile, winograd_out_##alpha##_##tile},
    OG_WINOGRAD_LIST(OG_WINOGRAD_FORM)};

static const winograd_form *winograd_find_form(const og_winograd *p) {
  const winograd_form *form = winograd_forms;
  while (form->tile != p->tile || form->alpha != p->tile + p->kernel - 1)
    form++;
  return form;
}

static size_t winograd_tiles(const og_winograd *p) {
  return p->images * ((p->lines + p->tile - 1) / p->tile) * ((p->rows + p->tile - 1) / p->tile);
}

/* Transforms `tiles` tiles of the input from number `first` on into V. */
static void winograd_gather(const og_winograd *p, const winograd_form *form, size_t first,
                            size_t tiles, og_real *v, size_t v_step) {
  size_t points = form->alpha * form->alpha;
  for (size_t t = 0; t < tiles; t++) {
    winograd_place at = winograd_find(p, first + t);
    size_t a_line = p->a_line, step = p->inner + OG_WINOGRAD_GAP;
    const og_real *a = p->a + at.image * p->a_image + at.line * p->a_line + at.row * p->inner;
    a = winograd_edge(p, a, at, form->alpha, p->scratch, &a_line);
    if (!p->factors) {
      form->in(p, a, a_line, v + t * p->inner, v_step);
      continue;
    }
    og_real *tile = p->scratch + points * p->inner;
    form->in(p, a, a_line, tile, step);
    for (size_t i = 0; i < points; i++)
      quantise(tile + i * step, p->inner, p->factors[i], v + i * v_step + t * p->inner / 2);
  }
}

#ifndef __wasm__ /* pages do not calibrate */
/* What calibration asks for: raises each point's range to the largest magnitude in V. */
static void winograd_ranges(const og_winograd *p, size_t points, size_t tiles, const og_real *v,
                            size_t v_step) {
  for (size_t i = 0; i < points; i++, v += v_step)
    for (size_t k = 0; k < tiles * p->inner; k++) {
      og_real size = v[k] < 0 ? -v[k] : v[k];
      p->ranges[i] = size > p->ranges[i] ? size : p->ranges[i];
    }
}
#endif

static void winograd(const og_winograd *p) {
  const winograd_form *form = winograd_find_form(p);
  size_t points = form->alpha * form->alpha, all = winograd_tiles(p);
  for (size_t first = 0; first < all; first += p->chunk) {
    size_t tiles = winograd_least(p->chunk, all - first);
    size_t v_step = tiles * p->inner / (p->factors ? 2 : 1) + OG_WINOGRAD_GAP;
    size_t m_step = tiles * p->cols + OG_WINOGRAD_GAP;
    og_real *v = p->scratch + points * p->inner, *m;
    if (p->factors)
      v += points * (p->inner + OG_WINOGRAD_GAP);
    m = v + points * v_step;
    winograd_gather(p, form, first, tiles, v, v_step);
#ifndef __wasm__
    if (p->ranges)
      winograd_ranges(p, points, tiles, v, v_step);
#endif
    winograd_products(p, points, tiles, v, v_step, m, m_step);
    for (size_t t = 0; t < tiles; t++)
      form->out(p, m + t * p->cols, m_step, winograd_find(p, first + t));
  }
}
