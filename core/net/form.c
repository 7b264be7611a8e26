/* Which form a convolution takes. The choice depends on the net alone, never on the machine, so
 * that all kernels of one arithmetic class keep giving the same bits. */
#include "net/net.h"

/* Numbers of scratch that tiles going through together may take: half of a second-level cache. */
enum { SCRATCH_TARGET = 1 << 16 };

/* What a transform costs for each number it makes, in products. Fitted to the times of both forms
 * on the layers of the glyph net, with AVX2 on Zen 3. */
enum { TRANSFORM = 28 };

/* The cost of a Winograd form in multiply-adds. */
static double winograd_cost(const og_net *net, size_t layer, size_t lines, size_t rows,
                            size_t tile) {
  const og_layer *l = &net->layers[layer];
  size_t inner = net->layers[l->input].channels, alpha = tile + l->kernel_h - 1;
  size_t tiles = ((lines + tile - 1) / tile) * ((rows + tile - 1) / tile);
  double points = (double)(alpha * alpha), wide = (double)(inner + l->channels);
  double product = (double)inner * l->channels;
  /* Few tiles hide neither the latency of the products nor the reading of their weights: as if
   * there were two more. */
  return points * ((double)tiles * (product + TRANSFORM * wide) + 2 * product);
}

og_form og_layer_form(const og_net *net, size_t layer, uint32_t lines, uint32_t rows) {
  const og_layer *l = &net->layers[layer];
  og_form form = {lines, rows, 0, 0};
  if (l->op != OG_OP_CONV || l->kernel_h != l->kernel_w)
    return form;
  size_t inner = net->layers[l->input].channels;
  if (inner % 16 || l->channels % 16)
    return form;
  double least = (double)og_layer_weights(net, layer) * (double)lines * rows;
  for (size_t tile = 2; tile <= OG_WINOGRAD_MAX_TILE; tile++) {
    if (!og_winograd_there(l->kernel_h, tile))
      continue;
    double cost = winograd_cost(net, layer, lines, rows, tile);
    if (cost < least) {
      size_t alpha = tile + l->kernel_h - 1;
      size_t chunk = SCRATCH_TARGET / (alpha * alpha * (inner + l->channels));
      least = cost;
      form = (og_form){lines, rows, (uint32_t)tile, (uint32_t)(chunk ? chunk : 1)};
    }
  }
  return form;
}
