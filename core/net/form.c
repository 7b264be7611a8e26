/* Which form a convolution takes. The choice depends on the net alone, never on the machine, so
 * that all kernels of one arithmetic class keep giving the same bits (but see OG_WINOGRAD_LIST for
 * what WebAssembly leaves out). */
#include "net/net.h"

/* Numbers of scratch that tiles going through together may take: a second-level cache. */
enum { SCRATCH_TARGET = 1 << 17 };

/* What a transform costs for each number it makes, in products. Fitted to the times of both forms
 * on the layers of the glyph net, with AVX2 on Zen 3. */
enum { TRANSFORM = 28 };

/* Fewer tiles than this hide neither the latency of the products nor the reading of weights; found
 * the same way. */
enum { FULL = 4 };

/* The cost of a Winograd form for one image, in multiply-adds. */
static double winograd_cost(const og_net *net, size_t layer, const og_form *form, size_t images) {
  const og_layer *l = &net->layers[layer];
  size_t inner = net->layers[l->input].channels, tile = form->tile;
  size_t alpha = tile + l->kernel_h - 1;
  double tiles = (double)((form->lines + tile - 1) / tile * ((form->rows + tile - 1) / tile));
  double least = (double)FULL / (double)images;
  double products = (tiles > least ? tiles : least) * (double)inner * l->channels;
  double transforms = tiles * TRANSFORM * (double)(inner + l->channels);
  return (double)(alpha * alpha) * (products + transforms);
}

og_form og_layer_form(const og_net *net, size_t layer, uint32_t lines, uint32_t rows,
                      size_t images) {
  const og_layer *l = &net->layers[layer];
  og_form best = {lines, rows, 0, 0, 0};
  if (l->op != OG_OP_CONV || l->fc || l->kernel_h != l->kernel_w)
    return best;
  size_t inner = net->layers[l->input].channels;
  if (inner % 16 || l->channels % 16)
    return best;
  double least = (double)og_layer_weights(net, layer) * (double)lines * rows;
  for (uint32_t tile = 2; tile <= OG_WINOGRAD_MAX_TILE; tile++) {
    size_t alpha = tile + l->kernel_h - 1;
    size_t chunk = SCRATCH_TARGET / (alpha * alpha * (inner + l->channels));
    og_form form = {lines, rows, tile, (uint32_t)(chunk ? chunk : 1), 0};
    if (!og_winograd_there(l->kernel_h, tile))
      continue;
    double cost = winograd_cost(net, layer, &form, images);
    if (cost < least) {
      least = cost;
      best = form;
    }
  }
  return best;
}

const char *og_form_name(const og_form *form, int integers) {
  static const char *const names[2][OG_WINOGRAD_MAX_TILE + 1] = {
      {"direct", "direct+pool", "winograd2", "winograd3", "winograd4", "winograd5", "winograd6"},
      {"direct int16", "", "winograd2 int16", "winograd3 int16", "winograd4 int16",
       "winograd5 int16", "winograd6 int16"}};
  return names[integers != 0][form->pool ? 1 : form->tile];
}
