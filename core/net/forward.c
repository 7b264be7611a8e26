/* Layers on one image, and the forward pass. */
#include <string.h>

#include "net/net.h"

size_t og_layer_packed_size(const og_kernels *kernels, const og_net *net, size_t layer,
                            const og_form *form) {
  const og_layer *l = &net->layers[layer];
  if (l->op != OG_OP_CONV)
    return 0;
  size_t inner = net->layers[l->input].channels, cols = l->channels;
  if (form->tile)
    return og_winograd_packed_size(kernels->nr, l->kernel_h, form->tile, inner, cols);
  return og_packed_size(kernels->nr, (size_t)l->kernel_h * l->kernel_w, inner, cols);
}

/* Numbers of one line of what a direct convolution reads. */
static size_t read_line(const og_net *net, const og_layer *l, const og_form *form) {
  return (form->rows + l->kernel_w - 1) * (size_t)net->layers[l->input].channels;
}

size_t og_layer_scratch(const og_net *net, size_t layer, const og_form *form) {
  const og_layer *l = &net->layers[layer];
  if (l->op != OG_OP_CONV)
    return 0;
  if (!form->tile)
    return (form->lines + l->kernel_h - 1) * read_line(net, l, form) / 2;
  size_t inner = net->layers[l->input].channels, cols = l->channels;
  return og_winograd_scratch(l->kernel_h, form->tile, inner, cols, form->chunk);
}

void og_layer_pack(const og_kernels *kernels, const og_net *net, size_t layer, const og_form *form,
                   const og_real *weights, const og_real *bias, og_real *packed) {
  const og_layer *l = &net->layers[layer];
  size_t inner = net->layers[l->input].channels, cols = l->channels;
  og_weights_view view = {
      weights, (size_t)l->kernel_h * l->kernel_w, inner, cols, inner * cols, cols, 1, 0};
  if (form->tile)
    og_winograd_pack(kernels->nr, l->kernel_h, form->tile, &view, bias, packed);
  else
    og_pack_weights(kernels->nr, &view, bias, packed);
}

size_t og_layer_ranges(const og_net *net, size_t layer, const og_form *form) {
  const og_layer *l = &net->layers[layer];
  if (l->op != OG_OP_CONV || net->layers[l->input].channels % 32)
    return 0;
  size_t alpha = form->tile ? form->tile + l->kernel_h - 1 : 1;
  return alpha * alpha;
}

size_t og_layer_int16_size(const og_kernels *kernels, const og_net *net, size_t layer,
                           const og_form *form) {
  const og_layer *l = &net->layers[layer];
  size_t pairs = net->layers[l->input].channels / 2, cols = l->channels;
  if (form->tile)
    return cols +
           og_layer_ranges(net, layer, form) * og_int16_packed_size(kernels->nr, 1, pairs, cols);
  return og_int16_packed_size(kernels->nr, l->kernel_h, l->kernel_w * pairs, cols);
}

void og_layer_pack_int16(const og_kernels *kernels, const og_net *net, size_t layer,
                         const og_form *form, const og_real *factors, const og_real *packed,
                         og_real *out) {
  const og_layer *l = &net->layers[layer];
  size_t nr = kernels->nr, pairs = net->layers[l->input].channels / 2, cols = l->channels;
  if (!form->tile) {
    og_int16_pack(nr, l->kernel_h, l->kernel_w * pairs, cols, factors[0], packed, out);
    return;
  }
  memcpy(out, packed, cols * sizeof *out);
  packed += cols, out += cols;
  for (size_t i = 0; i < og_layer_ranges(net, layer, form); i++) {
    og_int16_pack(nr, 1, pairs, cols, factors[i], packed, out);
    packed += og_packed_size(nr, 1, 2 * pairs, cols);
    out += og_int16_packed_size(nr, 1, pairs, cols);
  }
}

static void apply_sigmoid(const og_layer *l, const og_form *form, og_plane plane) {
  for (size_t y = 0; y < form->lines; y++)
    for (size_t x = 0; x < (size_t)form->rows * l->channels; x++) {
      og_real *v = plane.at + y * plane.line + x;
      *v = og_real_sigmoid(*v);
    }
}

/* The part of a plane that a direct convolution reads, as pairs of integers. */
static og_plane read_integers(const og_kernels *kernels, const og_net *net, const og_layer *l,
                              const og_form *form, og_real factor, og_plane from,
                              og_real *scratch) {
  size_t numbers = read_line(net, l, form);
  og_plane to = {scratch, numbers / 2, 0};
  for (size_t y = 0; y < form->lines + l->kernel_h - 1; y++)
    kernels->quantise(from.at + y * from.line, numbers, factor, to.at + y * to.line);
  return to;
}

#ifndef __wasm__ /* pages do not calibrate */
static void raise_range(const og_net *net, const og_layer *l, const og_form *form, og_plane from,
                        og_real *range) {
  for (size_t y = 0; y < form->lines + l->kernel_h - 1; y++)
    for (size_t i = 0; i < read_line(net, l, form); i++) {
      og_real v = from.at[y * from.line + i], size = v < 0 ? -v : v;
      *range = size > *range ? size : *range;
    }
}
#endif

static void conv_direct(const og_kernels *kernels, const og_net *net, size_t layer,
                        const og_form *form, const og_operand *weights, og_plane input,
                        const og_plane *add, int relu, og_plane output, size_t images,
                        og_real *scratch) {
  const og_layer *l = &net->layers[layer];
  /* Integers are pairs in the place of one number. */
  size_t inner = net->layers[l->input].channels / (weights->factors ? 2 : 1);
  og_conv conv = {
      .lines = form->pool ? form->lines / 2 : form->lines,
      .rows = form->pool ? form->rows / 2 : form->rows,
      .cols = l->channels,
      .segments = l->kernel_h,
      .depth = (size_t)l->kernel_w * inner,
      .a_row = inner,
      .b = weights->packed,
      .add = add ? add->at : NULL,
      .add_line = add ? add->line : 0,
      .add_row = l->channels,
      .c = output.at,
      .c_line = output.line,
      .c_row = l->channels,
      .relu = relu,
  };
  /* Many images through one fc: each is a row of one product, so its weights, which no cache holds
   * where they are many, are read once. */
  if (l->fc && !weights->factors && !weights->ranges && images > 1) {
    conv.rows = images;
    conv.a = input.at;
    conv.a_line = conv.a_segment = input.line;
    conv.a_row = input.image;
    conv.c_row = output.image;
    conv.add_row = add ? add->image : 0;
    kernels->conv(&conv);
    return;
  }
  input.at -= l->pad.top * input.line + (size_t)l->pad.left * net->layers[l->input].channels;
  for (; images > 0; images--, input.at += input.image) {
    og_plane from = input;
#ifndef __wasm__
    if (weights->ranges)
      raise_range(net, l, form, input, weights->ranges);
#endif
    if (weights->factors)
      from = read_integers(kernels, net, l, form, weights->factors[0], input, scratch);
    conv.a = from.at;
    conv.a_line = conv.a_segment = from.line;
    if (weights->factors)
      kernels->conv_int16(&conv);
    else if (form->pool)
      kernels->conv_pool(&conv);
    else
      kernels->conv(&conv);
    conv.c += output.image;
    if (add)
      conv.add += add->image;
  }
}

static void conv_winograd(const og_kernels *kernels, const og_net *net, size_t layer,
                          const og_form *form, const og_operand *weights, og_plane input,
                          const og_plane *add, int relu, og_plane output, size_t images,
                          og_real *scratch) {
  const og_layer *l = &net->layers[layer];
  size_t inner = net->layers[l->input].channels;
  og_winograd conv = {
      .images = images,
      .lines = form->lines,
      .rows = form->rows,
      .inner = inner,
      .cols = l->channels,
      .kernel = l->kernel_h,
      .tile = form->tile,
      .a = input.at - l->pad.top * input.line - l->pad.left * inner,
      .a_image = input.image,
      .a_line = input.line,
      .b = weights->packed,
      .add = add ? add->at : NULL,
      .add_image = add ? add->image : 0,
      .add_line = add ? add->line : 0,
      .c = output.at,
      .c_image = output.image,
      .c_line = output.line,
      .relu = relu,
      .chunk = form->chunk,
      .scratch = scratch,
      .factors = weights->factors,
      .ranges = weights->ranges,
  };
  kernels->winograd(&conv);
}

void og_conv_forward(const og_kernels *kernels, const og_net *net, size_t layer,
                     const og_form *form, const og_operand *weights, og_plane input,
                     const og_plane *add, int activate, og_plane output, size_t images,
                     og_real *scratch) {
  const og_layer *l = &net->layers[layer];
  int relu = activate && l->relu;
  if (form->tile)
    conv_winograd(kernels, net, layer, form, weights, input, add, relu, output, images, scratch);
  else
    conv_direct(kernels, net, layer, form, weights, input, add, relu, output, images, scratch);
  for (; activate && l->sigmoid && images > 0; images--, output.at += output.image)
    apply_sigmoid(l, form, output);
}

void og_maxpool_forward(const og_kernels *kernels, const og_net *net, size_t layer, og_plane input,
                        og_plane output) {
  const og_layer *l = &net->layers[layer];
  og_pool pool = {l->height, l->width,   l->channels, l->size,
                  input.at,  input.line, output.at,   output.line};
  kernels->max_pool(&pool);
}

og_real og_l2norm_forward(const og_layer *layer, og_plane input, const og_layer *input_layer,
                          og_plane output) {
  size_t line = (size_t)input_layer->width * input_layer->channels;
  og_real sum = 0;
  for (size_t y = 0; y < layer->height; y++)
    for (size_t i = 0; i < line; i++)
      sum += input.at[y * input.line + i] * input.at[y * input.line + i];
  /* The smallest normal number keeps an all-zero plane zero instead of NaN. */
  og_real tiny = (og_real)1.2e-38;
  og_real scale = 1 / og_real_sqrt(sum > tiny ? sum : tiny);
  for (size_t y = 0; y < layer->height; y++)
    for (size_t i = 0; i < line; i++)
      output.at[y * output.line + i] = scale * input.at[y * input.line + i];
  return scale;
}

void og_net_forward_layer(const og_kernels *kernels, const og_net *net, const og_plan *plan,
                          const og_operand *weights, og_real *arena, size_t images, size_t count,
                          size_t layer) {
  const og_layer *l = &net->layers[layer];
  uint32_t pool = plan->form[layer].pool;
  og_plane to = og_arena_plane(net, plan, arena, images, pool ? pool : layer), from = to, add = to;
  if (l->input >= 0)
    from = og_arena_plane(net, plan, arena, images, (size_t)l->input);
  if (l->add >= 0)
    add = og_arena_plane(net, plan, arena, images, (size_t)l->add);
  if (l->op == OG_OP_CONV)
    og_conv_forward(kernels, net, layer, &plan->form[layer], &weights[layer], from,
                    l->add >= 0 ? &add : NULL, 1, to, count, arena + plan->planes * images);
  int pooled = l->input >= 0 && plan->form[l->input].pool == layer;
  for (; count > 0; count--, from.at += from.image, to.at += to.image) {
    og_plane_clear_border(pool ? &net->layers[pool] : l, to);
    if (l->op == OG_OP_MAXPOOL && !pooled)
      og_maxpool_forward(kernels, net, layer, from, to);
    else if (l->op == OG_OP_L2NORM)
      og_l2norm_forward(l, from, &net->layers[l->input], to);
  }
}

void og_net_forward(const og_kernels *kernels, const og_net *net, const og_plan *plan,
                    const og_operand *weights, og_real *arena, size_t images, size_t count) {
  for (size_t i = 0; i < net->count; i++)
    og_net_forward_layer(kernels, net, plan, weights, arena, images, count, i);
}
