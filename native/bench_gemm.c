/* The matrices of a layer, multiplied without what goes before and after them. See bench.h. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "kernels/winograd.h"
#include "layer_plan.h"

enum { LEAST_RUNS = 5, MOST_RUNS = 200 };

/* `count` products of one shape, each on its own numbers, as Winograd's form has one a point. */
typedef struct products {
  og_conv first;
  size_t count, a_step, b_step, c_step;
  void (*run)(const og_conv *);
} products;

static void multiply(const products *p) {
  og_conv product = p->first;
  for (size_t i = 0; i < p->count; i++) {
    p->run(&product);
    product.a += p->a_step;
    product.b += p->b_step;
    product.c += p->c_step;
  }
}

/* Without the memory. */
static products describe(const og_model *m, const layer_plan *plan) {
  const og_layer *l = plan->layer;
  size_t tile = plan->how.tile, alpha = tile + l->kernel_h - 1, nr = m->kernels->nr;
  products p = {.count = tile ? alpha * alpha : 1};
  size_t rows = (size_t)plan->how.lines * plan->how.rows;
  if (tile)
    rows = ((plan->how.lines + tile - 1) / tile) * ((plan->how.rows + tile - 1) / tile);
  size_t depth = (size_t)(plan->products / (double)(p.count * rows * l->channels));
  p.run = plan->integers ? m->kernels->conv_int16 : m->kernels->conv;
  p.b_step = og_packed_size(nr, 1, depth, l->channels);
  if (plan->integers) { /* pairs, each in the place of a number */
    depth /= 2;
    p.b_step = og_int16_packed_size(nr, 1, depth, l->channels);
  }
  p.a_step = rows * depth + OG_WINOGRAD_GAP;
  p.c_step = rows * l->channels + OG_WINOGRAD_GAP;
  p.first = (og_conv){.lines = 1,
                      .rows = rows,
                      .cols = l->channels,
                      .segments = 1,
                      .depth = depth,
                      .a_row = depth,
                      .c_row = l->channels};
  return p;
}

og_status bench_gemm(const og_model *model, size_t layer, double seconds, double *ms) {
  layer_plan plan = layer_plan_of(model, layer);
  *ms = 0;
  if (plan.products <= 0)
    return OG_OK;
  products p = describe(model, &plan);
  size_t size = p.count * (p.a_step + p.b_step + p.c_step) * sizeof(og_real);
  og_real *memory = aligned_alloc(64, (size + 127) / 64 * 64);
  if (!memory)
    return OG_ERROR_MEMORY;
  memset(memory, 0, size);
  p.first.a = memory;
  p.first.b = memory + p.count * p.a_step;
  p.first.c = memory + p.count * (p.a_step + p.b_step);
  multiply(&p);
  double start = bench_now();
  for (size_t runs = 0;
       runs < LEAST_RUNS || (runs < MOST_RUNS && bench_now() - start < 1e3 * seconds); runs++) {
    double from = bench_now();
    multiply(&p);
    double spent = bench_now() - from;
    *ms = runs == 0 || spent < *ms ? spent : *ms;
  }
  free(memory);
  return OG_OK;
}
