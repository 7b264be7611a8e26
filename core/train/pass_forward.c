/* The forward pass over a batch. */
#include <string.h>

#include "train/pass_internal.h"

static void conv_stage(og_pass *p, const og_stage *stage, og_group group) {
  size_t i = stage->layer;
  const og_layer *l = &p->net->layers[i];
  og_plane input = og_pass_plane(p, (size_t)l->input, group.first), output, skip = {0};
  output = stage->part == STAGE_SUM ? og_pass_dense(p, p->before, i, group.first)
                                    : og_pass_plane(p, i, group.first);
  int adds = stage->part == STAGE_APPLY && l->add >= 0;
  if (adds)
    skip = og_pass_plane(p, (size_t)l->add, group.first);
  og_operand weights = {p->packed[i], NULL, NULL};
  og_conv_forward(p->kernels, p->net, i, &p->form[i], &weights, input, adds ? &skip : NULL,
                  stage->part == STAGE_APPLY, output, group.count, p->scratch[group.thread]);
}

static void forward_stage(og_pass *p, const og_stage *stage, og_group group) {
  size_t i = stage->layer;
  const og_layer *l = &p->net->layers[i];
  if (stage->part == STAGE_SUM || (l->op == OG_OP_CONV && !l->norm))
    conv_stage(p, stage, group);
  for (size_t image = group.first; image < group.first + group.count; image++) {
    og_plane input = og_pass_plane(p, (size_t)l->input, image);
    og_plane output = og_pass_plane(p, i, image);
    if (stage->part == STAGE_SUM)
      og_norm_sum(p, i, image, group.slice);
    else if (l->norm)
      og_norm_apply(p, i, image);
    else if (l->op == OG_OP_MAXPOOL)
      og_maxpool_forward(p->kernels, p->net, i, input, output);
    else if (l->op == OG_OP_L2NORM)
      p->length_scale[image] = og_l2norm_forward(l, input, &p->net->layers[l->input], output);
  }
}

typedef struct forward_context {
  const og_real *parameters;
  og_real *settled; /* the same, to be settled; NULL: they are not */
  og_real *statistics;
} forward_context;

static void forward_finish(og_pass *p, size_t layer, void *context) {
  const forward_context *c = context;
  if (c->settled)
    og_norm_settle(p, layer, c->settled, c->statistics);
  else
    og_norm_finish(p, layer, c->parameters, c->statistics);
}

static void pack_all(og_pass *p, const og_real *parameters) {
  int threads = (int)p->threads, layers = (int)p->net->count;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
  for (int at = 0; at < layers; at++) {
    size_t i = (size_t)at;
    const og_layer *l = &p->net->layers[i];
    const og_slots *s = &p->layout.slots[i];
    if (l->op == OG_OP_CONV)
      og_layer_pack(p->kernels, p->net, i, &p->form[i], parameters + s->weight,
                    l->norm ? NULL : parameters + s->bias, p->packed[i]);
  }
}

static void gather(og_pass *p, og_real *embeddings) {
  size_t starts[OG_TEAM_MOST + 1], values = og_layer_values(og_net_output(p->net));
  uint32_t size = p->team->size;
  for (uint32_t r = 0; r <= size; r++)
    starts[r] = og_pass_image(p, (uint32_t)((uint64_t)p->slices * r / size)) * values;
  p->lost |= p->team->gather(p->team->context, embeddings, starts);
}

static og_status forward(og_pass *p, forward_context context, og_real *embeddings) {
  pack_all(p, context.parameters);
  og_pass_run(p, p->stages, p->stage_count, forward_stage, forward_finish, &context);
  const og_layer *l = og_net_output(p->net);
  size_t line = (size_t)l->width * l->channels, first, end;
  og_pass_own(p, &first, &end);
  og_real *own = embeddings + first * og_layer_values(l);
  for (size_t b = first; b < end; b++) {
    og_plane out = og_pass_plane(p, p->net->count - 1, b);
    for (size_t y = 0; y < l->height; y++, own += line)
      memcpy(own, out.at + y * out.line, line * sizeof *own);
  }
  if (p->team && !p->lost)
    gather(p, embeddings);
  return p->lost ? OG_ERROR_FORMAT : OG_OK;
}

og_status og_pass_forward(og_pass *p, const og_real *parameters, og_real *statistics,
                          og_real *embeddings) {
  return forward(p, (forward_context){parameters, NULL, statistics}, embeddings);
}

og_status og_pass_settle(og_pass *p, og_real *parameters, og_real *statistics,
                         og_real *embeddings) {
  return forward(p, (forward_context){parameters, parameters, statistics}, embeddings);
}
