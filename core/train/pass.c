/* Memory and order of a pass. See pass.h. */
#include "train/pass.h"

#include <stdlib.h>
#include <string.h>

#include "train/pass_internal.h"

void og_layout_make(const og_net *net, og_layout *out) {
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < net->count; i++) {
    const og_layer *l = &net->layers[i];
    og_slots *s = &out->slots[i];
    if (l->op != OG_OP_CONV)
      continue;
    s->weight = out->parameters;
    s->bias = s->weight + og_layer_weights(net, i);
    s->gamma = s->bias + l->channels;
    out->parameters = s->gamma + (l->norm ? l->channels : 0);
    s->mean = out->statistics;
    s->variance = s->mean + l->channels;
    out->statistics += l->norm ? 2 * l->channels : 0;
  }
}

/* Zeroed numbers; the pass keeps going after a failure and `failed` is looked at once. */
static og_real *reals(size_t count, int *failed) {
  og_real *r = calloc(count ? count : 1, sizeof *r);
  *failed |= !r;
  return r;
}

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}

/* Numbers in the padded gradient of a conv's output: see og_delta_plane in backward.c. */
static size_t delta_size(const og_layer *l) {
  return (size_t)(l->height + 2 * l->kernel_h) * (l->width + 2 * l->kernel_w) * l->channels;
}

static int create_layer(og_pass *p, size_t i) {
  const og_net *net = p->net;
  const og_layer *l = &net->layers[i];
  size_t dense = p->batch * og_layer_values(l);
  int failed = 0;
  p->value[i] = reals(p->batch * og_plane_size(l), &failed);
  if (l->op == OG_OP_INPUT)
    return failed;
  p->gradient[i] = reals(dense, &failed);
  if (l->op != OG_OP_CONV)
    return failed;
  const og_layer *in = &net->layers[l->input];
  size_t taps = (size_t)l->kernel_h * l->kernel_w;
  p->packed[i] = reals(og_layer_packed_size(p->kernels, net, i, &p->form[i]), &failed);
  size_t flipped = og_packed_size(p->kernels->nr, taps, l->channels, in->channels);
  if (p->back[i].tile)
    flipped = og_winograd_packed_size(p->kernels->nr, l->kernel_h, p->back[i].tile, l->channels,
                                      in->channels);
  if (l->fc)
    flipped = og_packed_size(p->kernels->nr, 1, l->channels, taps * in->channels);
  p->flipped[i] = reals(flipped, &failed);
  if (l->norm) {
    p->before[i] = reals(dense, &failed);
    og_real **rows[] = {p->norm_scale,   p->norm_shift, p->norm_mean,
                        p->norm_inverse, p->grad_mean,  p->grad_slope};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
      rows[r][i] = reals(l->channels, &failed);
  }
  return failed;
}

static int create_rows(uint32_t rows, size_t count, og_real ***out) {
  int failed = 0;
  *out = calloc(rows, sizeof **out);
  for (uint32_t r = 0; *out && r < rows; r++)
    (*out)[r] = reals(count, &failed);
  return failed || !*out;
}

static void free_rows(uint32_t rows, og_real **owned) {
  for (uint32_t r = 0; owned && r < rows; r++)
    free(owned[r]);
  free(owned);
}

static int create_workspaces(og_pass *p) {
  size_t channels = 1, delta = 1, panel = 1, scratch = 1;
  for (size_t i = 0; i < p->net->count; i++) {
    const og_layer *l = &p->net->layers[i];
    channels = larger(channels, l->channels);
    if (l->op == OG_OP_CONV) {
      delta = larger(delta, delta_size(l));
      panel = larger(panel, larger((size_t)l->height * l->width, p->form[i].chunk));
      panel = larger(panel, GROUP);
      scratch = larger(scratch, og_layer_scratch(p->net, i, &p->form[i]));
      scratch = larger(scratch, og_layer_scratch(p->net, i, &p->back[i]));
    }
  }
  return create_rows(p->slices, p->layout.parameters, &p->weight_gradient) ||
         create_rows(p->slices, 2 * channels, &p->sums) ||
         create_rows(p->slices, p->du_size, &p->du) ||
         create_rows(p->rooms, GROUP * delta, &p->delta) ||
         create_rows(p->rooms, scratch, &p->scratch) ||
         create_rows(p->rooms, panel * p->kernels->nr, &p->panel);
}

static void list_stages(og_pass *p) {
  for (size_t i = 1; i < p->net->count; i++) {
    if (p->net->layers[i].norm)
      p->stages[p->stage_count++] = (og_stage){i, STAGE_SUM};
    p->stages[p->stage_count++] = (og_stage){i, STAGE_APPLY};
  }
}

static void choose_forms(og_pass *p) {
  for (size_t i = 0; i < p->net->count; i++) {
    const og_layer *l = &p->net->layers[i], *in = &p->net->layers[i ? l->input : 0];
    p->form[i] = og_layer_form(p->net, i, l->height, l->width, GROUP);
    p->back[i] = og_layer_form(p->net, i, in->height, in->width, GROUP);
    size_t alpha = p->form[i].tile + l->kernel_h - 1;
    p->du_at[i] = p->du_size;
    if (p->form[i].tile)
      p->du_size += alpha * alpha * in->channels * l->channels;
  }
}

og_status og_pass_create(const og_net *net, const og_kernels *kernels, size_t batch,
                         uint32_t slices, uint32_t threads, og_pass **out) {
  *out = NULL;
  og_pass *p = calloc(1, sizeof *p);
  if (!p)
    return OG_ERROR_MEMORY;
  p->net = net;
  p->kernels = kernels;
  p->batch = batch;
  p->slices = slices;
  p->end = slices;
  p->rooms = p->threads = threads < slices ? threads : slices;
  og_layout_make(net, &p->layout);
  list_stages(p);
  choose_forms(p);
  int failed = create_workspaces(p);
  p->length_scale = reals(batch, &failed);
  for (size_t i = 0; !failed && i < net->count; i++)
    failed = create_layer(p, i);
  if (failed) {
    og_pass_free(p);
    return OG_ERROR_MEMORY;
  }
  *out = p;
  return OG_OK;
}

void og_pass_free(og_pass *p) {
  if (!p)
    return;
  for (size_t i = 0; i < OG_MAX_LAYERS; i++) {
    og_real *owned[] = {p->value[i],        p->before[i],     p->gradient[i],   p->packed[i],
                        p->flipped[i],      p->norm_scale[i], p->norm_shift[i], p->norm_mean[i],
                        p->norm_inverse[i], p->grad_mean[i],  p->grad_slope[i]};
    for (size_t o = 0; o < sizeof owned / sizeof *owned; o++)
      free(owned[o]);
  }
  free_rows(p->slices, p->weight_gradient);
  free_rows(p->slices, p->sums);
  free_rows(p->slices, p->du);
  free_rows(p->rooms, p->delta);
  free_rows(p->rooms, p->scratch);
  free_rows(p->rooms, p->panel);
  free(p->length_scale);
  free(p);
}

void og_pass_join(og_pass *p, const og_team *team) {
  p->team = team;
  p->first = team ? (uint32_t)((uint64_t)p->slices * team->rank / team->size) : 0;
  p->end = team ? (uint32_t)((uint64_t)p->slices * (team->rank + 1) / team->size) : p->slices;
  if (p->threads > p->end - p->first)
    p->threads = p->end - p->first;
}

void og_pass_own(const og_pass *p, size_t *first, size_t *end) {
  *first = og_pass_image(p, p->first);
  *end = og_pass_image(p, p->end);
}

void og_pass_sum(og_pass *p, og_real **rows, size_t count) {
  enum { MANY = 4096 }; /* fewer are not worth waking threads for */
  const og_team *team = p->team;
  if (team && team->rank)
    p->lost |= team->take(team->context, rows[0], count);
  int threads = (int)p->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1) if (count > MANY)
  for (int part = 0; part < threads; part++)
    for (uint32_t s = p->first ? p->first : 1; s < p->end; s++)
      for (size_t i = count * (size_t)part / p->threads;
           i < count * ((size_t)part + 1) / p->threads; i++)
        rows[0][i] += rows[s][i];
  if (team && !p->lost)
    p->lost |= team->pass(team->context, rows[0], count);
}

og_plane og_pass_input(const og_pass *pass, size_t i) {
  return og_pass_plane(pass, 0, i);
}

static void run_slice(og_pass *p, const og_stage *stages, size_t count, og_stage_fn run,
                      uint32_t slice, uint32_t thread) {
  size_t end = og_pass_image(p, slice + 1);
  og_group group = {og_pass_image(p, slice), 0, slice, thread};
  for (; group.first < end; group.first += group.count) {
    group.count = end - group.first < GROUP ? end - group.first : GROUP;
    for (size_t s = 0; s < count; s++)
      run(p, &stages[s], group);
  }
}

void og_pass_run(og_pass *p, const og_stage *stages, size_t count, og_stage_fn run,
                 void (*finish)(og_pass *, size_t, void *), void *context) {
  for (size_t first = 0; first < count && !p->lost;) {
    size_t last = first;
    while (last + 1 < count && stages[last].part != STAGE_SUM)
      last++;
    int threads = (int)p->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int t = 0; t < threads; t++)
      for (uint32_t s = og_pass_slice(p, (uint32_t)t); s < og_pass_slice(p, (uint32_t)t + 1); s++)
        run_slice(p, stages + first, last + 1 - first, run, s, (uint32_t)t);
    if (stages[last].part == STAGE_SUM)
      finish(p, stages[last].layer, context);
    first = last + 1;
  }
}
