/* The backward pass over a batch: layers in reverse, each adding to its readers' gradients. */
#include <string.h>

#include "train/pass_internal.h"

/* Adds a dense gradient, or stores it if it is the layer's first. */
static void give(og_real *to, const og_real *from, size_t count, int first) {
  if (first)
    memcpy(to, from, count * sizeof *to);
  else
    for (size_t i = 0; i < count; i++)
      to[i] += from[i];
}

/* Whether layer `reader` is the first, going backwards, to give `layer` a gradient through `role`
 * (0: as input, 1: as skip connection). Within a layer the skip comes first. */
static int is_first(const og_net *net, size_t reader, int layer, int role) {
  for (size_t j = net->count; j-- > reader + 1;)
    if (net->layers[j].input == layer || net->layers[j].add == layer)
      return 0;
  return role == 1 || net->layers[reader].add != layer;
}

/* Turns the gradient by a conv's output into the gradient by what its activation read. */
static void undo_activation(const og_pass *p, size_t layer, size_t image) {
  const og_layer *l = &p->net->layers[layer];
  og_plane y = og_pass_plane(p, layer, image), dy = og_pass_dense(p, p->gradient, layer, image);
  for (size_t h = 0; h < l->height; h++) {
    const og_real *restrict v = y.at + h * y.line;
    og_real *restrict d = dy.at + h * dy.line;
    if (l->relu)
      for (size_t i = 0; i < dy.line; i++)
        d[i] = v[i] > 0 ? d[i] : 0;
    if (l->sigmoid)
      for (size_t i = 0; i < dy.line; i++)
        d[i] *= v[i] * (1 - v[i]);
  }
  if (l->add >= 0)
    give(og_pass_dense(p, p->gradient, (size_t)l->add, image).at, dy.at, og_layer_values(l),
         is_first(p->net, layer, l->add, 1));
}

/* The gradients by a conv's outputs inside the zeros that its data gradient reads around them: one
 * kernel less one, less the padding of the forward pass, on each side. */
static og_plane delta_plane(const og_pass *p, size_t layer, og_group group) {
  og_layer padded = p->net->layers[layer];
  if (padded.fc)
    padded.border = (og_border){0, 0, 0, 0};
  else
    padded.border = (og_border){
        padded.kernel_h - 1 - padded.pad.top, padded.kernel_w - 1 - padded.pad.left,
        padded.kernel_h - 1 - padded.pad.bottom, padded.kernel_w - 1 - padded.pad.right};
  og_plane first = og_plane_of(&padded, p->delta[group.thread]), plane = first;
  for (size_t i = 0; i < group.count; i++, plane.at += plane.image)
    og_plane_clear_border(&padded, plane);
  return first;
}

static void weight_gradient_direct(const og_pass *p, size_t layer, og_group group, og_plane delta) {
  const og_layer *l = &p->net->layers[layer];
  size_t inner = p->net->layers[l->input].channels;
  og_plane in = og_pass_plane(p, (size_t)l->input, group.first);
  og_conv_grad g = {.lines = l->height,
                    .rows = l->width,
                    .cols = l->channels,
                    .segments = l->kernel_h,
                    .depth = l->kernel_w * inner,
                    .a = in.at - l->pad.top * in.line - l->pad.left * inner,
                    .a_line = in.line,
                    .a_row = inner,
                    .a_segment = in.line,
                    .d = delta.at,
                    .d_line = delta.line,
                    .d_row = l->channels,
                    .dw = p->weight_gradient[group.slice] + p->layout.slots[layer].weight,
                    .scratch = p->panel[group.thread]};
  for (size_t i = 0; i < group.count; i++, g.a += in.image, g.d += delta.image)
    p->kernels->conv_grad(&g);
}

/* Weights of more numbers than this no cache holds. */
enum { MANY_WEIGHTS = 1 << 20, GRADIENT_ROWS = 12 };

/* The same for a large fc: the images of the group are the rows of one product, and a few rows of
 * the gradient are finished at a time, so that it goes through memory once and in order. */
static void weight_gradient_fc(const og_pass *p, size_t layer, og_group group, og_plane delta) {
  const og_layer *l = &p->net->layers[layer];
  size_t depth = l->kernel_w * (size_t)p->net->layers[l->input].channels;
  og_plane in = og_pass_plane(p, (size_t)l->input, group.first);
  og_conv_grad g = {.lines = 1,
                    .rows = group.count,
                    .cols = l->channels,
                    .segments = 1,
                    .a_row = in.image,
                    .d = delta.at,
                    .d_row = delta.image,
                    .dw = p->weight_gradient[group.slice] + p->layout.slots[layer].weight,
                    .scratch = p->panel[group.thread]};
  for (size_t y = 0; y < l->kernel_h; y++)
    for (size_t k = 0; k < depth; k += g.depth) {
      g.depth = depth - k < GRADIENT_ROWS ? depth - k : GRADIENT_ROWS;
      g.a = in.at + y * in.line + k;
      p->kernels->conv_grad(&g);
      g.dw += g.depth * g.cols;
    }
}

static void weight_gradient_winograd(const og_pass *p, size_t layer, og_group group,
                                     og_plane delta) {
  const og_layer *l = &p->net->layers[layer];
  size_t inner = p->net->layers[l->input].channels;
  og_plane in = og_pass_plane(p, (size_t)l->input, group.first);
  og_winograd_grad g = {.images = group.count,
                        .lines = l->height,
                        .rows = l->width,
                        .inner = inner,
                        .cols = l->channels,
                        .kernel = l->kernel_h,
                        .tile = p->form[layer].tile,
                        .a = in.at - l->pad.top * in.line - l->pad.left * inner,
                        .a_image = in.image,
                        .a_line = in.line,
                        .d = delta.at,
                        .d_image = delta.image,
                        .d_line = delta.line,
                        .du = p->du[group.slice] + p->du_at[layer],
                        .chunk = p->form[layer].chunk,
                        .scratch = p->scratch[group.thread],
                        .panel = p->panel[group.thread]};
  p->kernels->winograd_grad(&g);
}

static void bias_gradient(const og_pass *p, size_t layer, og_group group, og_plane delta) {
  const og_layer *l = &p->net->layers[layer];
  og_real *bias = p->weight_gradient[group.slice] + p->layout.slots[layer].bias;
  for (size_t i = 0; i < group.count; i++, delta.at += delta.image)
    for (size_t y = 0; y < l->height; y++)
      for (size_t x = 0; x < l->width; x++)
        for (size_t c = 0; c < l->channels; c++)
          bias[c] += delta.at[y * delta.line + x * l->channels + c];
}

static void data_gradient_direct(const og_pass *p, size_t layer, const og_real *a, og_plane delta,
                                 int adds, og_plane dx, og_group group) {
  const og_layer *l = &p->net->layers[layer], *in = &p->net->layers[l->input];
  og_conv conv = {.lines = in->height,
                  .rows = in->width,
                  .cols = in->channels,
                  .segments = l->kernel_h,
                  .depth = (size_t)l->kernel_w * l->channels,
                  .a = a,
                  .a_line = delta.line,
                  .a_row = l->channels,
                  .a_segment = delta.line,
                  .b = p->flipped[layer],
                  .add_line = dx.line,
                  .add_row = in->channels,
                  .c = dx.at,
                  .c_line = dx.line,
                  .c_row = in->channels};
  if (l->fc) {
    conv.lines = conv.rows = conv.segments = 1;
    conv.cols = og_layer_values(in);
    conv.depth = l->channels;
  }
  if (l->fc && group.count > 1) { /* see conv_direct in net/forward.c */
    conv.rows = group.count;
    conv.a_row = delta.image;
    conv.c_row = conv.add_row = dx.image;
    conv.add = adds ? conv.c : NULL;
    p->kernels->conv(&conv);
    return;
  }
  for (size_t i = 0; i < group.count; i++, conv.a += delta.image, conv.c += dx.image) {
    conv.add = adds ? conv.c : NULL;
    p->kernels->conv(&conv);
  }
}

static void data_gradient_winograd(const og_pass *p, size_t layer, const og_real *a, og_plane delta,
                                   int adds, og_plane dx, og_group group) {
  const og_layer *l = &p->net->layers[layer], *in = &p->net->layers[l->input];
  og_winograd conv = {.images = group.count,
                      .lines = in->height,
                      .rows = in->width,
                      .inner = l->channels,
                      .cols = in->channels,
                      .kernel = l->kernel_h,
                      .tile = p->back[layer].tile,
                      .a = a,
                      .a_image = delta.image,
                      .a_line = delta.line,
                      .b = p->flipped[layer],
                      .add = adds ? dx.at : NULL,
                      .add_image = dx.image,
                      .add_line = dx.line,
                      .c = dx.at,
                      .c_image = dx.image,
                      .c_line = dx.line,
                      .chunk = p->back[layer].chunk,
                      .scratch = p->scratch[group.thread]};
  p->kernels->winograd(&conv);
}

/* The gradient by the input is the convolution of the padded gradient with the kernel turned by
 * half a turn and its channels exchanged; for a fully connected layer, a product with W^T. */
static void data_gradient(const og_pass *p, size_t layer, og_group group, og_plane delta) {
  const og_layer *l = &p->net->layers[layer];
  og_plane dx = og_pass_dense(p, p->gradient, (size_t)l->input, group.first);
  int adds = !is_first(p->net, layer, l->input, 0);
  size_t above = l->kernel_h - 1 - l->pad.top, before = l->kernel_w - 1 - l->pad.left;
  const og_real *a = l->fc ? delta.at : delta.at - above * delta.line - before * l->channels;
  if (p->back[layer].tile)
    data_gradient_winograd(p, layer, a, delta, adds, dx, group);
  else
    data_gradient_direct(p, layer, a, delta, adds, dx, group);
}

/* Fills the group's padded gradients by the conv's output. */
static og_plane take_delta(const og_pass *p, size_t layer, og_group group) {
  const og_layer *l = &p->net->layers[layer];
  og_plane first = delta_plane(p, layer, group), delta = first;
  for (size_t i = 0; i < group.count; i++, delta.at += delta.image) {
    size_t image = group.first + i;
    if (l->norm) {
      og_norm_gradient_apply(p, layer, image, delta);
      continue;
    }
    undo_activation(p, layer, image);
    og_plane dy = og_pass_dense(p, p->gradient, layer, image);
    for (size_t y = 0; y < l->height; y++)
      memcpy(delta.at + y * delta.line, dy.at + y * dy.line, dy.line * sizeof *dy.at);
  }
  return first;
}

static void conv_backward(const og_pass *p, size_t layer, og_group group) {
  const og_layer *l = &p->net->layers[layer];
  og_plane delta = take_delta(p, layer, group);
  if (p->form[layer].tile)
    weight_gradient_winograd(p, layer, group, delta);
  else if (l->fc && og_layer_weights(p->net, layer) > MANY_WEIGHTS)
    weight_gradient_fc(p, layer, group, delta);
  else
    weight_gradient_direct(p, layer, group, delta);
  if (!l->norm)
    bias_gradient(p, layer, group, delta);
  if (l->input > 0)
    data_gradient(p, layer, group, delta);
}

/* Each gradient goes to the first largest number of its window. */
static void maxpool_backward(const og_pass *p, size_t layer, size_t image) {
  const og_layer *l = &p->net->layers[layer];
  size_t channels = l->channels, size = l->size;
  og_plane in = og_pass_plane(p, (size_t)l->input, image), out = og_pass_plane(p, layer, image);
  og_plane dy = og_pass_dense(p, p->gradient, layer, image);
  og_plane dx = og_pass_dense(p, p->gradient, (size_t)l->input, image);
  if (is_first(p->net, layer, l->input, 0))
    memset(dx.at, 0, og_layer_values(&p->net->layers[l->input]) * sizeof *dx.at);
  for (size_t y = 0; y < l->height; y++)
    for (size_t x = 0; x < l->width; x++) {
      const og_real *restrict most = out.at + y * out.line + x * channels;
      og_real *restrict left = dy.at + y * dy.line + x * channels; /* not yet given away */
      for (size_t w = 0; w < size * size; w++) {
        size_t row = y * size + w / size, column = (x * size + w % size) * channels;
        const og_real *restrict v = in.at + row * in.line + column;
        og_real *restrict d = dx.at + row * dx.line + column;
        for (size_t c = 0; c < channels; c++) {
          og_real part = v[c] == most[c] ? left[c] : 0;
          d[c] += part;
          left[c] -= part;
        }
      }
    }
}

/* y = x / |x|: dx = (dy - y (y . dy)) / |x|. */
static void l2norm_backward(const og_pass *p, size_t layer, size_t image) {
  const og_layer *l = &p->net->layers[layer];
  og_plane y = og_pass_plane(p, layer, image), dy = og_pass_dense(p, p->gradient, layer, image);
  og_real *dx = og_pass_dense(p, p->gradient, (size_t)l->input, image).at, dot = 0;
  int first = is_first(p->net, layer, l->input, 0);
  for (size_t h = 0; h < l->height; h++)
    for (size_t i = 0; i < dy.line; i++)
      dot += y.at[h * y.line + i] * dy.at[h * dy.line + i];
  for (size_t h = 0; h < l->height; h++)
    for (size_t i = 0; i < dy.line; i++) {
      og_real d = p->length_scale[image] * (dy.at[h * dy.line + i] - y.at[h * y.line + i] * dot);
      dx[h * dy.line + i] = first ? d : dx[h * dy.line + i] + d;
    }
}

static void backward_stage(og_pass *p, const og_stage *stage, og_group group) {
  size_t i = stage->layer;
  const og_layer *l = &p->net->layers[i];
  if (stage->part == STAGE_APPLY && l->op == OG_OP_CONV) {
    conv_backward(p, i, group);
    return;
  }
  for (size_t image = group.first; image < group.first + group.count; image++) {
    if (stage->part == STAGE_SUM) {
      undo_activation(p, i, image);
      og_norm_gradient_sum(p, i, image, group.slice);
    } else if (l->input > 0) {
      if (l->op == OG_OP_MAXPOOL)
        maxpool_backward(p, i, image);
      else
        l2norm_backward(p, i, image);
    }
  }
}

static void backward_finish(og_pass *p, size_t layer, void *gradient) {
  og_norm_gradient_finish(p, layer, gradient);
}

static void pack_flipped(og_pass *p, const og_real *parameters) {
  int threads = (int)p->threads, layers = (int)p->net->count;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
  for (int at = 0; at < layers; at++) {
    size_t i = (size_t)at;
    const og_layer *l = &p->net->layers[i];
    if (l->op != OG_OP_CONV || l->input == 0)
      continue;
    size_t inner = p->net->layers[l->input].channels, cols = l->channels;
    size_t taps = (size_t)l->kernel_h * l->kernel_w;
    og_weights_view view = {
        parameters + p->layout.slots[i].weight, taps, cols, inner, inner * cols, 1, cols, 1};
    if (l->fc) {
      view.taps = 1;
      view.cols = taps * inner;
    }
    if (p->back[i].tile)
      og_winograd_pack(p->kernels->nr, l->kernel_h, p->back[i].tile, &view, NULL, p->flipped[i]);
    else
      og_pack_weights(p->kernels->nr, &view, NULL, p->flipped[i]);
  }
}

static void unpack_gradients(const og_pass *p) {
  int threads = (int)p->threads, layers = (int)p->net->count;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
  for (int i = 0; i < layers; i++) {
    const og_layer *l = &p->net->layers[i];
    if (p->form[i].tile)
      og_winograd_unpack(l->kernel_h, p->form[i].tile, p->net->layers[l->input].channels,
                         l->channels, p->du[0] + p->du_at[i],
                         p->weight_gradient[0] + p->layout.slots[i].weight);
  }
}

og_status og_pass_backward(og_pass *p, const og_real *parameters, const og_real *d_embeddings,
                           og_real *gradient) {
  size_t last = p->net->count - 1, count = p->layout.parameters;
  og_stage reversed[2 * OG_MAX_LAYERS];
  /* Reversed, a norm layer's sums must still come before what uses them. */
  for (size_t i = 0; i < p->stage_count; i++)
    reversed[p->stage_count - 1 - i] = p->stages[i];
  for (size_t i = 0; i + 1 < p->stage_count; i++)
    if (reversed[i].layer == reversed[i + 1].layer) {
      reversed[i].part = STAGE_SUM;
      reversed[++i].part = STAGE_APPLY;
    }
  pack_flipped(p, parameters);
  memcpy(p->gradient[last], d_embeddings,
         p->batch * og_layer_values(og_net_output(p->net)) * sizeof *d_embeddings);
  int threads = (int)p->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
  for (int t = 0; t < threads; t++)
    for (uint32_t s = og_pass_slice(p, (uint32_t)t); s < og_pass_slice(p, (uint32_t)t + 1); s++) {
      memset(p->weight_gradient[s], 0, count * sizeof *gradient);
      memset(p->du[s], 0, p->du_size * sizeof *gradient);
    }
  og_pass_run(p, reversed, p->stage_count, backward_stage, backward_finish, p->weight_gradient[0]);
  og_pass_sum(p, p->weight_gradient, count);
  og_pass_sum(p, p->du, p->du_size);
  unpack_gradients(p);
  memcpy(gradient, p->weight_gradient[0], count * sizeof *gradient);
  return p->lost ? OG_ERROR_FORMAT : OG_OK;
}
