/* Planes and where they live. */
#include <string.h>

#include "net/net.h"

static size_t plane_line(const og_layer *l) {
  return ((size_t)l->border.left + l->width + l->border.right) * l->channels;
}

size_t og_plane_size(const og_layer *l) {
  size_t size = ((size_t)l->border.top + l->height + l->border.bottom) * plane_line(l);
  return (size + 15) / 16 * 16;
}

og_plane og_plane_of(const og_layer *l, og_real *base) {
  size_t line = plane_line(l);
  og_plane p = {base + l->border.top * line + (size_t)l->border.left * l->channels, line,
                og_plane_size(l)};
  return p;
}

void og_plane_clear_border(const og_layer *l, og_plane plane) {
  size_t left = (size_t)l->border.left * l->channels, right = (size_t)l->border.right * l->channels;
  size_t inside = (size_t)l->width * l->channels;
  og_real *base = plane.at - l->border.top * plane.line - left;
  memset(base, 0, l->border.top * plane.line * sizeof *base);
  for (size_t y = 0; y < l->height; y++) {
    og_real *line = plane.at + y * plane.line;
    memset(line - left, 0, left * sizeof *line);
    memset(line + inside, 0, right * sizeof *line);
  }
  memset(base + (l->border.top + l->height) * plane.line, 0,
         l->border.bottom * plane.line * sizeof *base);
}

/* The last layer that reads layer i; the output lives to the end. */
static size_t last_reader(const og_net *net, size_t i) {
  if (i + 1 == net->count)
    return net->count;
  size_t last = i;
  for (size_t j = i + 1; j < net->count; j++)
    if (net->layers[j].input == (int)i || net->layers[j].add == (int)i)
      last = j;
  return last;
}

/* How much of layer i's output its readers look at: all of it, unless they pool and drop the rest,
 * or add it to something that is itself not needed whole. */
static void infer_used(const og_net *net, og_plan *out) {
  for (size_t i = net->count; i-- > 0;) {
    const og_layer *l = &net->layers[i];
    uint32_t lines = 0, rows = 0;
    for (size_t j = i + 1; j < net->count; j++) {
      const og_layer *r = &net->layers[j];
      uint32_t read_lines = 0, read_rows = 0;
      if (r->input == (int)i && r->op == OG_OP_MAXPOOL)
        read_lines = r->height * r->size, read_rows = r->width * r->size;
      else if (r->input == (int)i)
        read_lines = l->height, read_rows = l->width;
      else if (r->add == (int)i)
        read_lines = out->form[j].lines, read_rows = out->form[j].rows;
      lines = read_lines > lines ? read_lines : lines;
      rows = read_rows > rows ? read_rows : rows;
    }
    int last = i + 1 == net->count;
    out->form[i].lines = last ? l->height : lines;
    out->form[i].rows = last ? l->width : rows;
  }
}

/* The 2 x 2 max-pool that is all that reads a direct convolution and can be done with it, so that
 * the larger plane need not be written; 0 if there is none. Products of integers are not pooled. */
static uint32_t find_pool(const og_net *net, size_t i, const og_form *form) {
  const og_layer *l = &net->layers[i];
  if (l->op != OG_OP_CONV || form->tile || l->add >= 0 || l->sigmoid ||
      og_layer_ranges(net, i, form))
    return 0;
  uint32_t pool = 0;
  for (size_t j = i + 1; j < net->count; j++) {
    const og_layer *r = &net->layers[j];
    if (r->input != (int)i && r->add != (int)i)
      continue;
    if (pool || r->op != OG_OP_MAXPOOL || r->size != 2)
      return 0;
    pool = (uint32_t)j;
  }
  return pool;
}

static void choose_forms(const og_net *net, og_plan *out) {
  infer_used(net, out);
  for (size_t i = 0; i < net->count; i++) {
    out->form[i] = og_layer_form(net, i, out->form[i].lines, out->form[i].rows, 1);
    out->form[i].pool = find_pool(net, i, &out->form[i]);
  }
}

void og_plan_make(const og_net *net, og_plan *out) {
  size_t end[OG_MAX_LAYERS], dies[OG_MAX_LAYERS];
  memset(out, 0, sizeof *out);
  choose_forms(net, out);
  for (size_t i = 0; i < net->count; i++) {
    /* A convolution that pools writes the plane of the pooling at once. */
    size_t plane = out->form[i].pool ? out->form[i].pool : i;
    size_t size = og_plane_size(&net->layers[plane]), offset = 0;
    dies[i] = last_reader(net, plane);
    if (net->layers[i].op == OG_OP_MAXPOOL && out->form[net->layers[i].input].pool) {
      out->offset[i] = out->offset[net->layers[i].input];
      end[i] = out->offset[i] + size;
      continue;
    }
    /* First fit: move past every living plane in the way until nothing is. */
    for (size_t j = 0; j < i;) {
      int alive = dies[j] >= i;
      if (alive && offset < end[j] && out->offset[j] < offset + size) {
        offset = end[j];
        j = 0;
      } else
        j++;
    }
    out->offset[i] = offset;
    end[i] = offset + size;
    size_t wanted = og_layer_scratch(net, i, &out->form[i]);
    out->planes = end[i] > out->planes ? end[i] : out->planes;
    out->scratch = wanted > out->scratch ? wanted : out->scratch;
  }
}

size_t og_arena_size(const og_plan *plan, size_t images) {
  return plan->planes * images + plan->scratch;
}

og_plane og_arena_plane(const og_net *net, const og_plan *plan, og_real *arena, size_t images,
                        size_t layer) {
  return og_plane_of(&net->layers[layer], arena + plan->offset[layer] * images);
}
