/* Kernel sets: the few loops that take all the time, once per instruction set.
 *
 * Everything a net does is a convolution over NHWC planes, a product with packed weights. Because
 * pixels and channels are contiguous, one row of a kernel window is one contiguous run of numbers,
 * so a convolution is a matrix product whose rows of A are `segments` runs of `depth` numbers; a
 * fully connected layer is the case of one output pixel. Nothing is copied into columns (im2col).
 *
 * Two arithmetic classes. Every product is summed in the same order (bias, then segment by segment,
 * k by k) and never across lanes, so all sets of one class agree bit for bit: with each other, and
 * with the scalar reference of their class.
 *
 * To add a set: a vec_NAME.h, a kernels_NAME.c of three lines, one line in list.h. Contracts are
 * the caller's: no pointer is checked here. */
#ifndef OG_KERNELS_H
#define OG_KERNELS_H

#include <stddef.h>

#include "base/real.h"

typedef enum og_arithmetic {
  OG_MULTIPLY_ADD, /* a * b rounded, then + c rounded */
  OG_FUSED,        /* fmaf(a, b, c) */
  OG_RELAXED,      /* either, as the machine likes */
} og_arithmetic;

/* C[line][row][n] = act(bias[n] + sum over s, k of A[line][row][s][k] * W[s * depth + k][n]
 *                       + add[line][row][n])
 * Strides are in numbers. `c` and `add` may be the same memory. Sizes may be 0. */
typedef struct og_conv {
  size_t lines, rows, cols; /* output height, width, channels */
  size_t segments, depth;   /* kernel height; kernel width * input channels */
  const og_real *a;         /* top left of the first window */
  size_t a_line, a_row, a_segment;
  const og_real *b;   /* og_pack_weights */
  const og_real *add; /* skip connection, or NULL */
  size_t add_line, add_row;
  og_real *c;
  size_t c_line, c_row;
  int relu;
} og_conv;

/* The convolution of stride 1 with a square kernel in Winograd's form F(tile, kernel), over many
 * images at once: C = act(bias + A conv W + add). `inner` and `cols` are multiples of 16. Pixels
 * lie `inner` (A) or `cols` (C, add) apart. */
typedef struct og_winograd {
  size_t images, lines, rows; /* of the output */
  size_t inner, cols, kernel, tile;
  const og_real *a; /* top left of the first window */
  size_t a_image, a_line;
  const og_real *b;   /* og_winograd_pack */
  const og_real *add; /* skip connection, or NULL */
  size_t add_image, add_line;
  og_real *c;
  size_t c_image, c_line;
  int relu;
  size_t chunk;           /* tiles that go through the three steps together */
  og_real *scratch;       /* [og_winograd_scratch] */
  const og_real *factors; /* [alpha^2] to integers, for products of integers; or NULL */
  og_real *ranges;        /* [alpha^2] raised to the largest magnitude of each point; or NULL */
} og_winograd;

/* dW[s * depth + k][n] += sum over lines, rows of A[line][row][s][k] * D[line][row][n]
 * The weight gradient of og_conv; dW is [segments * depth][cols], not packed. */
typedef struct og_conv_grad {
  size_t lines, rows, cols, segments, depth;
  const og_real *a;
  size_t a_line, a_row, a_segment;
  const og_real *d;
  size_t d_line, d_row;
  og_real *dw;
  og_real *scratch; /* [lines * rows * nr] */
} og_conv_grad;

/* The weight gradient of og_winograd, in Winograd's form: adds to dU[alpha^2][inner][cols], from
 * which og_winograd_unpack makes dW. */
typedef struct og_winograd_grad {
  size_t images, lines, rows, inner, cols, kernel, tile;
  const og_real *a;
  size_t a_image, a_line;
  const og_real *d; /* gradient by the output, before its activation */
  size_t d_image, d_line;
  og_real *du;
  size_t chunk;
  og_real *scratch; /* [og_winograd_scratch] */
  og_real *panel;   /* [chunk * nr] */
} og_winograd_grad;

/* C[y][x][n] = max over the size x size window of A at stride `size`. */
typedef struct og_pool {
  size_t lines, rows, channels, size; /* of the output */
  const og_real *a;
  size_t a_line;
  og_real *c;
  size_t c_line;
} og_pool;

enum { OG_DOT_PANEL = 16 };
/* C[p][i] = sum over k of A[k] . B[p][k][i]: products of one vector with many, all of pairs of
 * 16-bit integers, each pair in the place of one og_real. Sums must fit 32 bits, as those of
 * vectors no longer than 32768 do; so they are exact, and the same in every set. */
typedef struct og_dots {
  size_t panels, depth;
  const og_real *a; /* [depth] */
  const og_real *b; /* [panels][depth][OG_DOT_PANEL] */
  og_real *c;       /* [panels][OG_DOT_PANEL] */
} og_dots;

typedef struct og_kernels {
  const char *name;
  og_arithmetic arithmetic;
  size_t mr, nr; /* register tile: rows of A by columns of W */
  void (*conv)(const og_conv *);
  /* conv, and the largest value of each 2 x 2 window of its output: lines and rows are of the
   * pooled output, a_line and a_row still steps of the windows before pooling. No `add`. */
  void (*conv_pool)(const og_conv *);
  void (*winograd)(const og_winograd *);
  /* conv on pairs of 16-bit integers, each pair in the place of one og_real of A (so depth and
   * strides of A count pairs); `b` from og_int16_pack. */
  void (*conv_int16)(const og_conv *);
  /* Makes such pairs: count numbers, a multiple of 32, times `factor`, rounded to nearest even and
   * clamped to +-OG_INT16_MOST. */
  void (*quantise)(const og_real *from, size_t count, og_real factor, og_real *to);
  void (*conv_grad)(const og_conv_grad *);
  void (*winograd_grad)(const og_winograd_grad *);
  void (*max_pool)(const og_pool *);
  void (*dots)(const og_dots *); /* NULL in WebAssembly, whose support sets are small */
  /* For benchmarks: the most multiply-adds (of pairs of 16-bit integers, if `integers`) that this
   * set's vectors can do, in a loop of `rounds`; returns how many they were. Reads small finite
   * numbers from memory[OG_PEAK_MEMORY] and leaves the sums there. NULL in WebAssembly. */
  size_t (*peak)(int integers, size_t rounds, og_real *memory);
} og_kernels;

enum { OG_PEAK_MEMORY = 256 };

/* Sets in the order of list.h, best last; NULL past the end. */
const og_kernels *og_kernels_at(size_t index);
/* The set of that name, or for NULL the best usable one; NULL if unknown or not usable here. */
const og_kernels *og_kernels_find(const char *name);

/* How og_pack_weights reads W: element (tap, i, n) lies at w[tap * tap_stride + i * inner_stride +
 * n * col_stride], and row k of the packed matrix is tap * inner + i (taps in reverse order if
 * `flip`). Forward and data gradient differ only in this. */
typedef struct og_weights_view {
  const og_real *w;
  size_t taps, inner, cols;
  size_t tap_stride, inner_stride, col_stride;
  int flip;
} og_weights_view;

/* Numbers a packed matrix takes: for each panel of nr columns, nr biases and then taps * inner rows
 * of nr weights; the last panel is padded with zeros. */
size_t og_packed_size(size_t nr, size_t taps, size_t inner, size_t cols);
void og_pack_weights(size_t nr, const og_weights_view *view, const og_real *bias, og_real *packed);

/* ---- 16-bit integers ----
 * Pairs of A that are summed as integers before they become reals, and the most an integer of A
 * may be. 13 bits on this side leave the weights about as many before 32 bits overflow. */
enum { OG_INT16_BLOCK = 256, OG_INT16_MOST = 8191 };
/* Turns a matrix packed by og_pack_weights, with segments * 2 * depth rows, into one for
 * conv_int16, of (segments * depth + 2) * nr numbers a panel. `factor`: what A is multiplied by.
 * Each column gets the finest scale at which no sum of a block can overflow. */
void og_int16_pack(size_t nr, size_t segments, size_t depth, size_t cols, og_real factor,
                   const og_real *packed, og_real *out);
size_t og_int16_packed_size(size_t nr, size_t segments, size_t depth, size_t cols);

enum { OG_WINOGRAD_MAX_TILE = 6 };
/* True if there is a Winograd form of `tile` x `tile` outputs for `kernel` x `kernel` weights. */
int og_winograd_there(size_t kernel, size_t tile);
/* Numbers its packed weights take: [cols] biases, then for each point a matrix as above. */
size_t og_winograd_packed_size(size_t nr, size_t kernel, size_t tile, size_t inner, size_t cols);
/* `view` as above with kernel^2 taps. */
void og_winograd_pack(size_t nr, size_t kernel, size_t tile, const og_weights_view *view,
                      const og_real *bias, og_real *packed);
/* dW[kernel^2][inner][cols] += G^T dU G. */
void og_winograd_unpack(size_t kernel, size_t tile, size_t inner, size_t cols, const og_real *du,
                        og_real *dw);
/* Numbers of the scratch of og_winograd and og_winograd_grad. */
size_t og_winograd_scratch(size_t kernel, size_t tile, size_t inner, size_t cols, size_t chunk);

#endif
