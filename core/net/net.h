/* Nets: a layer list as text, the shapes that follow from it, and the planes it needs.
 *
 * A net is written as one assignment a line (or separated by ';'), in order of execution:
 *
 *     x  = input 40 40 1
 *     c0 = conv x 32 3x3 same relu
 *     p0 = maxpool c0 2
 *     s1 = conv p0 64 1x1 same
 *     b1 = conv c1 64 3x3 same add=s1 relu
 *     e  = fc p3 128
 *     out = l2norm e
 *
 * conv: cross-correlation with stride 1, any kernel HxW, "valid" or "same" (an even kernel pads the
 * odd zero at the bottom right), then `bn` (batch norm, training only), `add=NAME` (a skip
 * connection of the same shape), then `relu` or `sigmoid`. fc: the convolution whose kernel is the
 * whole plane. maxpool: window and stride N, incomplete windows dropped. l2norm: unit length over
 * all numbers. '#' begins a comment. The last line is the net's output. */
#ifndef OG_NET_H
#define OG_NET_H

#include "base/real.h"
#include "kernels/kernels.h"
#include "oneglyph.h"

enum {
  OG_MAX_LAYERS = 64,
  OG_LAYER_NAME = 16,        /* with the final zero */
  OG_MAX_CHANNELS = 1 << 14, /* of a plane */
  OG_MAX_PLANE = 1 << 24,    /* numbers in a plane with its border */
  OG_MAX_KERNEL = 64,        /* side of a convolution kernel */
  OG_MAX_PARAMETERS = 1 << 28,
};

typedef enum og_op { OG_OP_INPUT, OG_OP_CONV, OG_OP_MAXPOOL, OG_OP_L2NORM } og_op;

typedef struct og_border {
  uint32_t top, left, bottom, right;
} og_border;

typedef struct og_layer {
  char name[OG_LAYER_NAME];
  og_op op;
  int input, add;                   /* indices of earlier layers; -1: none */
  uint32_t height, width, channels; /* of the output */
  uint32_t kernel_h, kernel_w;      /* conv */
  uint32_t size;                    /* maxpool */
  og_border pad;                    /* conv: zeros it reads around its input */
  og_border border;                 /* zeros around its output: the most any reader needs */
  uint8_t fc, same, norm, relu, sigmoid;
} og_layer;

typedef struct og_net {
  og_layer layers[OG_MAX_LAYERS];
  size_t count;
} og_net;

/* Parses and checks a layer list and infers all shapes; OG_ERROR_FORMAT names the line. */
og_status og_net_parse(const char *text, og_net *out, og_error *error);

/* Writes the text form (with final zero) into text[capacity], without `bn`, which a trained model
 * has folded into its weights. Returns the length it needs without the zero. */
size_t og_net_format(const og_net *net, char *text, size_t capacity);

/* Numbers in a layer's weights [kernel_h][kernel_w][input channels][channels]; 0 if it has none.
 * Its bias, if it has weights, is [channels]. */
size_t og_layer_weights(const og_net *net, size_t layer);
size_t og_net_parameters(const og_net *net);
/* Multiply-adds of one forward pass in the direct form. */
size_t og_net_multiply_adds(const og_net *net);

static inline const og_layer *og_net_output(const og_net *net) {
  return &net->layers[net->count - 1];
}
/* The last layer, or the one before a final l2norm, if a linear map of what it gives could be part
 * of it: a conv or fc of one place that nothing is added to and that has no activation. NULL
 * otherwise. */
const og_layer *og_net_linear_end(const og_net *net);
static inline size_t og_layer_values(const og_layer *l) {
  return (size_t)l->height * l->width * l->channels;
}

/* ---- Planes ------------------------------------------------------------------------------------
 * A plane is [height + borders][width + borders][channels]; `at` is the first number inside the
 * border. */
typedef struct og_plane {
  og_real *at;
  size_t line;  /* numbers from one line to the next */
  size_t image; /* numbers from one image to the next, where there are several */
} og_plane;

size_t og_plane_size(const og_layer *layer); /* numbers, borders included; a multiple of 16 */
/* The plane of `layer` in memory that begins at `base`; those of further images follow at once. */
og_plane og_plane_of(const og_layer *layer, og_real *base);
/* Sets the border to zero. */
void og_plane_clear_border(const og_layer *layer, og_plane plane);

/* How a convolution is computed. */
typedef struct og_form {
  uint32_t lines, rows; /* outputs that are computed: all, or those that a pooling reads */
  uint32_t tile;        /* of Winograd's form; 0: direct */
  uint32_t chunk;       /* tiles that go through Winograd's steps together */
  uint32_t pool;        /* number of the max-pool layer done in the same step; 0: none */
} og_form;

/* "direct", "direct+pool", "winograd5", with " int16" behind if its products are integers. */
const char *og_form_name(const og_form *form, int integers);

/* The form that costs least when `images` images go through the layer together. It depends on the
 * net alone, never on the machine, so all kernels of one arithmetic class give the same bits. */
og_form og_layer_form(const og_net *net, size_t layer, uint32_t lines, uint32_t rows,
                      size_t images);

/* Where each layer's plane lives in one arena, when each plane is kept only while a later layer
 * still reads it (first fit). Offsets in numbers, multiples of 16. */
typedef struct og_plan {
  og_form form[OG_MAX_LAYERS];
  size_t offset[OG_MAX_LAYERS];
  size_t planes;  /* numbers of all planes of one image */
  size_t scratch; /* numbers the convolutions work in */
} og_plan;

void og_plan_make(const og_net *net, og_plan *out);

/* A layer's weights, ready for use. */
typedef struct og_operand {
  const og_real *packed;  /* og_layer_pack; NULL: the layer has none */
  const og_real *factors; /* [og_layer_ranges] that make its input integers; NULL: reals */
  og_real *ranges;        /* [og_layer_ranges] raised to the input's magnitudes; NULL: not wanted */
} og_operand;

/* Magnitudes that a layer's products on integers need to know of its input: one for each point of a
 * Winograd form, one in the direct form, none if the layer has no such products. */
size_t og_layer_ranges(const og_net *net, size_t layer, const og_form *form);

/* ---- Layers ------------------------------------------------------------------------------------
 * One layer on one or more images. Used by the forward pass of inference and of training. */

/* The packed form of a layer's weights for `kernels`, and the numbers of scratch that running the
 * layer takes. */
size_t og_layer_packed_size(const og_kernels *kernels, const og_net *net, size_t layer,
                            const og_form *form);
/* The same for products on integers: `packed` turned into `out`. */
size_t og_layer_int16_size(const og_kernels *kernels, const og_net *net, size_t layer,
                           const og_form *form);
void og_layer_pack_int16(const og_kernels *kernels, const og_net *net, size_t layer,
                         const og_form *form, const og_real *factors, const og_real *packed,
                         og_real *out);
size_t og_layer_scratch(const og_net *net, size_t layer, const og_form *form);
void og_layer_pack(const og_kernels *kernels, const og_net *net, size_t layer, const og_form *form,
                   const og_real *weights, const og_real *bias, og_real *packed);

/* conv and fc with fused add and ReLU or sigmoid; `add` may be NULL whatever the layer says, and
 * `activate` 0 leaves the activation out (training normalises in between). */
void og_conv_forward(const og_kernels *kernels, const og_net *net, size_t layer,
                     const og_form *form, const og_operand *weights, og_plane input,
                     const og_plane *add, int activate, og_plane output, size_t images,
                     og_real *scratch);
/* One image. */
void og_maxpool_forward(const og_kernels *kernels, const og_net *net, size_t layer, og_plane input,
                        og_plane output);
/* One image. Returns 1 / length, which the gradient needs. */
og_real og_l2norm_forward(const og_layer *layer, og_plane input, const og_layer *input_layer,
                          og_plane output);

/* The numbers that running up to `images` images together takes, and the planes of layer i in them.
 */
size_t og_arena_size(const og_plan *plan, size_t images);
og_plane og_arena_plane(const og_net *net, const og_plan *plan, og_real *arena, size_t images,
                        size_t layer);

/* The whole net on `count` of `images` images, whose inputs are in layer 0's planes (borders
 * are cleared here). The outputs are in the last
 * layer's planes. Each image's numbers do not depend on how many run together. */
void og_net_forward(const og_kernels *kernels, const og_net *net, const og_plan *plan,
                    const og_operand *weights, og_real *arena, size_t images, size_t count);
/* One layer of it, given the planes it reads. */
void og_net_forward_layer(const og_kernels *kernels, const og_net *net, const og_plan *plan,
                          const og_operand *weights, og_real *arena, size_t images, size_t count,
                          size_t layer);

#endif
