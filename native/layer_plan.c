/* What the planner decided. See layer_plan.h. */
#include "layer_plan.h"

#include <inttypes.h>
#include <string.h>

#include "output.h"

static void name_form(const og_model *m, size_t i, layer_plan *p) {
  const og_layer *l = p->layer;
  if (l->op == OG_OP_CONV)
    snprintf(p->form, sizeof p->form, "%s", og_model_layer_form(m, i));
  else if (l->op == OG_OP_MAXPOOL && m->plan.form[l->input].pool == i)
    snprintf(p->form, sizeof p->form, "in %s", m->net.layers[l->input].name);
  else
    strcpy(p->form, "-");
}

static double products_of(const og_model *m, size_t i, const og_form *how) {
  const og_layer *l = &m->net.layers[i];
  if (!how->tile)
    return (double)og_layer_weights(&m->net, i) * how->lines * how->rows;
  size_t alpha = how->tile + l->kernel_h - 1, t = how->tile;
  size_t tiles = (how->lines + t - 1) / t * ((how->rows + t - 1) / t);
  return (double)(alpha * alpha * tiles) * m->net.layers[l->input].channels * l->channels;
}

layer_plan layer_plan_of(const og_model *m, size_t i) {
  const og_layer *l = &m->net.layers[i];
  layer_plan p = {.layer = l, .how = m->plan.form[i], .integers = m->weights[i].factors != NULL};
  name_form(m, i, &p);
  if (l->op != OG_OP_CONV)
    return p;
  p.multiply_adds = (double)og_layer_weights(&m->net, i) * l->height * l->width;
  p.products = products_of(m, i, &p.how);
  size_t packed = og_layer_packed_size(m->kernels, &m->net, i, &p.how);
  if (p.integers)
    packed =
        og_layer_int16_size(m->kernels, &m->net, i, &p.how) + og_layer_ranges(&m->net, i, &p.how);
  p.packed_bytes = packed * sizeof(og_real);
  /* A direct convolution has scratch only for the integers it makes. */
  if (p.integers || p.how.tile)
    p.scratch_bytes = og_layer_scratch(&m->net, i, &p.how) * sizeof(og_real);
  return p;
}

const char *layer_shape(const og_layer *l, char text[40]) {
  snprintf(text, 40, "%" PRIu32 "x%" PRIu32 "x%" PRIu32, l->height, l->width, l->channels);
  return text;
}

void layer_plans_print(FILE *out, const og_model *m) {
  fprintf(out, "%-8s %-14s %-18s %5s %6s %12s %12s %10s\n", "layer", "output", "form", "tile",
          "chunk", "products", "weights, B", "scratch, B");
  for (size_t i = 0; i < m->net.count; i++) {
    layer_plan p = layer_plan_of(m, i);
    char shape[40];
    fprintf(out, "%-8s %-14s ", p.layer->name, layer_shape(p.layer, shape));
    if (p.layer->op != OG_OP_CONV)
      fprintf(out, "%s\n", p.form);
    else
      fprintf(out, "%-18s %5" PRIu32 " %6" PRIu32 " %12.0f %12zu %10zu\n", p.form, p.how.tile,
              p.how.chunk, p.products, p.packed_bytes, p.scratch_bytes);
  }
}

void layer_plans_json(FILE *out, const og_model *m) {
  fputc('[', out);
  for (size_t i = 0; i < m->net.count; i++) {
    layer_plan p = layer_plan_of(m, i);
    fprintf(out, "%s{\"name\":", i ? "," : "");
    output_json_string(out, p.layer->name);
    fprintf(out, ",\"shape\":[%" PRIu32 ",%" PRIu32 ",%" PRIu32 "],\"form\":\"%s\"",
            p.layer->height, p.layer->width, p.layer->channels, p.form);
    fprintf(out, ",\"tile\":%" PRIu32 ",\"chunk\":%" PRIu32 ",\"products\":%.0f", p.how.tile,
            p.how.chunk, p.products);
    fprintf(out, ",\"packed_bytes\":%zu,\"scratch_bytes\":%zu}", p.packed_bytes, p.scratch_bytes);
  }
  fputs("]\n", out);
}
