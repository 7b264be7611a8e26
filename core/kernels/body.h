/* The kernels, written once. Include after kernels.h and one vec_NAME.h; defines the set
 * og_kernels_NAME.
 *
 * The register tile is the outer product of Goto and van de Geijn (Anatomy of High-Performance
 * Matrix Multiplication, 2008): MR numbers of A are broadcast one by one against NV vectors of a
 * packed row of W, so the inner loop is nothing but loads and multiply-adds and no sum ever
 * crosses lanes. */

#include <stdint.h>
#include <string.h>

#include "kernels/winograd.h"

#define OG_CAT_(a, b) a##b
#define OG_CAT(a, b) OG_CAT_(a, b)
#define OG_STR_(a) #a
#define OG_STR(a) OG_STR_(a)
#define OG_INLINE static inline __attribute__((always_inline))
#define OG_NOINLINE __attribute__((noinline))
#ifdef __clang__
#define OG_UNROLL _Pragma("clang loop unroll(full)")
#else
#define OG_UNROLL _Pragma("GCC unroll 32")
#endif

enum { OG_NR = OG_NV * OG_LANES };

/* Adds the skip connection, applies ReLU and stores one finished row of the tile. The last panel
 * may be narrower than NR: its row goes through memory and is finished number by number with the
 * same operations. */
OG_INLINE void finish_row(const og_conv *p, const og_real *sum, const og_real *add, og_real *c,
                          size_t width) {
  if (width == OG_NR) {
    for (int j = 0; j < OG_NR; j += OG_LANES) {
      og_vec v = og_vload(sum + j);
      if (add)
        v = og_vadd(v, og_vload(add + j));
      if (p->relu)
        v = og_vmax(v, og_vsplat(0));
      og_vstore(c + j, v);
    }
    return;
  }
  for (size_t j = 0; j < width; j++) {
    og_real v = add ? sum[j] + add[j] : sum[j];
    c[j] = p->relu && !(v > 0) ? 0 : v;
  }
}

/* `mr` (a constant after inlining) consecutive output pixels by one panel of columns: bias and
 * products into `to`, whose rows are `step` apart. If `pooled`, `mr` is 4, the pixels are those of
 * one 2 x 2 window, and only their largest values are stored. */
OG_INLINE void conv_block(const int mr, const int pooled, const og_conv *p, const og_real *a,
                          const og_real *b, og_real *to, size_t step) {
  const size_t across = pooled ? 2 : (size_t)mr;
  og_vec sum[OG_MR][OG_NV];
  OG_UNROLL
  for (int j = 0; j < OG_NV; j++) {
    og_vec bias = og_vload(b + j * OG_LANES);
    OG_UNROLL
    for (int i = 0; i < mr; i++)
      sum[i][j] = bias;
  }
  b += OG_NR;
  for (size_t s = 0; s < p->segments; s++, a += p->a_segment) {
    const og_real *ak = a;
    for (size_t k = 0; k < p->depth; k++, ak++, b += OG_NR) {
      og_vec w[OG_NV];
      OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        w[j] = og_vload(b + j * OG_LANES);
      OG_UNROLL
      for (int i = 0; i < mr; i++) {
        og_vec x = og_vsplat(ak[(size_t)i / across * p->a_line + (size_t)i % across * p->a_row]);
        OG_UNROLL
        for (int j = 0; j < OG_NV; j++)
          sum[i][j] = og_vmadd(x, w[j], sum[i][j]);
      }
    }
  }
  if (pooled) {
    OG_UNROLL
    for (int i = 1; i < 4; i++)
      OG_UNROLL
    for (int j = 0; j < OG_NV; j++)
      sum[0][j] = og_vmax(sum[i][j], sum[0][j]);
  }
  OG_UNROLL
  for (int i = 0; i < mr; i++, to += step) {
    OG_UNROLL
    for (int j = 0; j < OG_NV; j++)
      og_vstore(to + j * OG_LANES, sum[i][j]);
    if (pooled)
      break;
  }
}

/* X(1) .. X(most) for the heights a tile can have. */
#define OG_TILE_LIST(X, most) OG_CAT(OG_TILES_, most)(X)
#define OG_TILES_4(X) X(1) X(2) X(3) X(4)
#define OG_TILES_5(X) OG_TILES_4(X) X(5)
#define OG_TILES_6(X) OG_TILES_5(X) X(6)
#define OG_TILES_8(X) OG_TILES_6(X) X(7) X(8)
#define OG_TILES_10(X) OG_TILES_8(X) X(9) X(10)
#define OG_TILES_12(X) OG_TILES_10(X) X(11) X(12)

/* One out-of-line copy of the block for each height. */
typedef void (*conv_block_fn)(const og_conv *, const og_real *, const og_real *, og_real *, size_t);
#define OG_BLOCK(mr)                                                                               \
  static void conv_block_##mr(const og_conv *p, const og_real *a, const og_real *b, og_real *to,   \
                              size_t step) {                                                       \
    conv_block(mr, 0, p, a, b, to, step);                                                          \
  }
#define OG_BLOCK_NAME(mr) conv_block_##mr,
OG_TILE_LIST(OG_BLOCK, OG_MR)
static const conv_block_fn conv_blocks[OG_MR] = {OG_TILE_LIST(OG_BLOCK_NAME, OG_MR)};

/* A tile whose sums are not yet the output. */
static OG_NOINLINE void conv_tile_finish(const og_conv *p, size_t mr, conv_block_fn block,
                                         const og_real *a, const og_real *b, const og_real *add,
                                         og_real *c, size_t width) {
  og_real sum[OG_MR * OG_NR];
  block(p, a, b, sum, OG_NR);
  for (size_t i = 0; i < mr; i++)
    finish_row(p, sum + i * OG_NR, add ? add + i * p->add_row : NULL, c + i * p->c_row, width);
}

/* A tile of `mr` rows, finished. The products inside Winograd's form need no finishing. */
static void conv_tile(const og_conv *p, size_t mr, conv_block_fn block, const og_real *a,
                      const og_real *b, const og_real *add, og_real *c, size_t width) {
  if (width == OG_NR && !add && !p->relu)
    block(p, a, b, c, p->c_row);
  else
    conv_tile_finish(p, mr, block, a, b, add, c, width);
}

/* Columns outermost, so a panel of W stays in cache while the plane streams past; rows are cut
 * into blocks of nearly equal height, so no block is left with a single row. `head`: rows of a
 * panel before its weights. */
static void conv_with(const og_conv *p, const conv_block_fn *heights, size_t head) {
  size_t panel = (size_t)OG_NR * (p->segments * p->depth + head);
  size_t blocks = (p->rows + OG_MR - 1) / OG_MR;
  const og_real *b = p->b;
  for (size_t n = 0; n < p->cols; n += OG_NR, b += panel) {
    size_t width = p->cols - n < OG_NR ? p->cols - n : OG_NR;
    for (size_t y = 0; y < p->lines; y++) {
      const og_real *a = p->a + y * p->a_line;
      og_real *c = p->c + y * p->c_line + n;
      const og_real *add = p->add ? p->add + y * p->add_line + n : NULL;
      for (size_t i = 0, x = 0; i < blocks; i++) {
        size_t end = (i + 1) * p->rows / blocks;
        conv_tile(p, end - x, heights[end - x - 1], a + x * p->a_row, b,
                  add ? add + x * p->add_row : NULL, c + x * p->c_row, width);
        x = end;
      }
    }
  }
}

static void conv(const og_conv *p) {
  conv_with(p, conv_blocks, 1);
}

static void conv_pool_block(const og_conv *p, const og_real *a, const og_real *b, og_real *to,
                            size_t step) {
  conv_block(4, 1, p, a, b, to, step);
}

static void conv_pool(const og_conv *p) {
  size_t panel = (size_t)OG_NR * (p->segments * p->depth + 1);
  const og_real *b = p->b;
  for (size_t n = 0; n < p->cols; n += OG_NR, b += panel) {
    size_t width = p->cols - n < OG_NR ? p->cols - n : OG_NR;
    for (size_t y = 0; y < p->lines; y++)
      for (size_t x = 0; x < p->rows; x++)
        conv_tile_finish(p, 1, conv_pool_block, p->a + 2 * (y * p->a_line + x * p->a_row), b, NULL,
                         p->c + y * p->c_line + x * p->c_row + n, width);
  }
}

#include "kernels/body_int16.h"
#include "kernels/body_winograd.h"

#ifndef __wasm__ /* pages do not train */
/* dW of `mr` consecutive k by one panel of columns: the same tile with pixels as the inner
 * dimension. `d` is the packed panel of the output gradient, [lines * rows][NR]. */
OG_INLINE void grad_tile(const int mr, const og_conv_grad *p, const og_real *a, const og_real *d,
                         og_real *dw, size_t width) {
  og_vec sum[OG_GRAD_MR][OG_NV];
  OG_UNROLL
  for (int i = 0; i < mr; i++)
    OG_UNROLL
  for (int j = 0; j < OG_NV; j++)
    sum[i][j] = og_vsplat(0);
  for (size_t y = 0; y < p->lines; y++, a += p->a_line) {
    const og_real *ax = a;
    for (size_t x = 0; x < p->rows; x++, ax += p->a_row, d += OG_NR) {
      og_vec g[OG_NV];
      OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        g[j] = og_vload(d + j * OG_LANES);
      OG_UNROLL
      for (int i = 0; i < mr; i++) {
        og_vec v = og_vsplat(ax[i]);
        OG_UNROLL
        for (int j = 0; j < OG_NV; j++)
          sum[i][j] = og_vmadd(v, g[j], sum[i][j]);
      }
    }
  }
  OG_UNROLL
  for (int i = 0; i < mr; i++) {
    og_real row[OG_NR], *to = dw + (size_t)i * p->cols;
    if (width == OG_NR) {
      OG_UNROLL
      for (int j = 0; j < OG_NV; j++)
        og_vstore(to + j * OG_LANES, og_vadd(og_vload(to + j * OG_LANES), sum[i][j]));
      continue;
    }
    OG_UNROLL
    for (int j = 0; j < OG_NV; j++)
      og_vstore(row + j * OG_LANES, sum[i][j]);
    for (size_t j = 0; j < width; j++)
      to[j] += row[j];
  }
}

#define OG_GRAD_TILE(mr)                                                                           \
  static void grad_tile_##mr(const og_conv_grad *p, const og_real *a, const og_real *d,            \
                             og_real *dw, size_t width) {                                          \
    grad_tile(mr, p, a, d, dw, width);                                                             \
  }
OG_TILE_LIST(OG_GRAD_TILE, OG_GRAD_MR)

typedef void (*grad_tile_fn)(const og_conv_grad *, const og_real *, const og_real *, og_real *,
                             size_t);
#define OG_GRAD_TILE_NAME(mr) grad_tile_##mr,
static const grad_tile_fn grad_tiles[OG_GRAD_MR] = {OG_TILE_LIST(OG_GRAD_TILE_NAME, OG_GRAD_MR)};

static void pack_gradient(const og_conv_grad *p, size_t n, size_t width) {
  og_real *to = p->scratch;
  for (size_t y = 0; y < p->lines; y++)
    for (size_t x = 0; x < p->rows; x++, to += OG_NR) {
      const og_real *from = p->d + y * p->d_line + x * p->d_row + n;
      for (int j = 0; width == OG_NR && j < OG_NR; j += OG_LANES)
        og_vstore(to + j, og_vload(from + j));
      for (size_t j = 0; width < OG_NR && j < OG_NR; j++)
        to[j] = j < width ? from[j] : 0;
    }
}

static void conv_grad(const og_conv_grad *p) {
  for (size_t n = 0; n < p->cols; n += OG_NR) {
    size_t width = p->cols - n < OG_NR ? p->cols - n : OG_NR;
    pack_gradient(p, n, width);
    for (size_t s = 0; s < p->segments; s++) {
      const og_real *a = p->a + s * p->a_segment;
      og_real *dw = p->dw + s * p->depth * p->cols + n;
      size_t blocks = (p->depth + OG_GRAD_MR - 1) / OG_GRAD_MR;
      for (size_t i = 0, k = 0; i < blocks; i++) {
        size_t end = (i + 1) * p->depth / blocks;
        grad_tiles[end - k - 1](p, a + k, p->scratch, dw + k * p->cols, width);
        k = end;
      }
    }
  }
}

#include "kernels/body_dots.h"
#include "kernels/body_peak.h"
#include "kernels/body_winograd_grad.h"
#else
#define conv_grad NULL
#define winograd_grad NULL
#define peak NULL
#define dots NULL
#endif

static void max_pool(const og_pool *p) {
  for (size_t y = 0; y < p->lines; y++)
    for (size_t x = 0; x < p->rows; x++) {
      const og_real *a = p->a + y * p->size * p->a_line + x * p->size * p->channels;
      og_real *c = p->c + y * p->c_line + x * p->channels;
      size_t n = 0;
      for (; n + OG_LANES <= p->channels; n += OG_LANES) {
        og_vec m = og_vload(a + n);
        for (size_t i = 0; i < p->size; i++)
          for (size_t j = 0; j < p->size; j++)
            m = og_vmax(og_vload(a + i * p->a_line + j * p->channels + n), m);
        og_vstore(c + n, m);
      }
      for (; n < p->channels; n++) {
        og_real m = a[n];
        for (size_t i = 0; i < p->size; i++)
          for (size_t j = 0; j < p->size; j++) {
            og_real v = a[i * p->a_line + j * p->channels + n];
            m = v > m ? v : m;
          }
        c[n] = m;
      }
    }
}

extern const og_kernels OG_CAT(og_kernels_, OG_ISA);
const og_kernels OG_CAT(og_kernels_, OG_ISA) = {
    OG_STR(OG_ISA), OG_ISA_ARITHMETIC, OG_MR,     OG_NR,         conv,     conv_pool, winograd,
    conv_int16,     quantise,          conv_grad, winograd_grad, max_pool, dots,      peak};
