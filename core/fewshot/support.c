/* The examples of a support set. See support.h. */
#include "fewshot/support.h"

#include <stdlib.h>

double og_vector_length(const float *x, size_t dim) {
  double sum = 0;
  for (size_t k = 0; k < dim; k++)
    sum += (double)x[k] * (double)x[k];
  return sqrt(sum);
}

og_status og_support_create(size_t dim, og_support **out) {
  *out = NULL;
  if (dim < 1 || dim > 1 << 16)
    return OG_ERROR_ARGUMENT;
  og_support *s = calloc(1, sizeof *s);
  if (!s)
    return OG_ERROR_MEMORY;
  s->dim = s->units = dim;
  s->kernels = og_kernels_find(NULL);
  *out = s;
  return OG_OK;
}

void og_support_free(og_support *s) {
  if (!s)
    return;
  for (size_t i = 0; i < s->example_count; i++)
    free(s->drawings[i]);
  free(s->drawings);
  for (size_t c = 0; c < s->class_count; c++)
    free(s->classes[c].sum);
  free(s->classes);
  free(s->ids);
  free(s->vectors);
  free(s->seen);
  free(s->context);
  free(s->scratch);
  free(s);
}

/* Place of the first class whose id is not below `id`, and the place of its first example. */
static size_t find_class(const og_support *s, uint32_t id, size_t *first) {
  size_t c = 0;
  *first = 0;
  const og_class *last = s->class_count ? &s->classes[s->class_count - 1] : NULL;
  if (last && last->id <= id) { /* ids mostly come in order */
    *first = s->example_count - (last->id == id ? last->examples : 0);
    return s->class_count - (last->id == id);
  }
  for (; c < s->class_count && s->classes[c].id < id; c++)
    *first += s->classes[c].examples;
  return c;
}

static int is_class(const og_support *s, size_t c, uint32_t id) {
  return c < s->class_count && s->classes[c].id == id;
}

size_t og_support_find(const og_support *s, uint32_t class_id, size_t *first) {
  size_t c = find_class(s, class_id, first);
  return is_class(s, c, class_id) ? c : s->class_count;
}

static double sum_element(const og_support *s, const og_class *c, size_t first, size_t k) {
  double sum = 0;
  for (size_t i = first; i < first + c->examples; i++)
    sum += (double)og_support_element(s, og_support_vector(s, i), k);
  return sum;
}

/* From all examples of class `c`. Without memory for its sum this is done for each that comes. */
static void measure_class(og_support *s, size_t c, size_t first) {
  og_class *class = &s->classes[c];
  double square = 0;
  if (class->examples >= OG_LARGE_CLASS && !class->sum)
    class->sum = malloc(s->dim * sizeof *class->sum);
  for (size_t k = 0; k < s->dim; k++) {
    double sum = sum_element(s, class, first, k);
    square += sum * sum;
    if (class->sum)
      class->sum[k] = sum;
  }
  class->length = sqrt(square);
}

/* The same after one more example was put behind the others: the same additions in the same order.
 */
static void measure_longer_class(og_support *s, size_t c, size_t first) {
  og_class *class = &s->classes[c];
  if (!class->sum) {
    measure_class(s, c, first);
    return;
  }
  const float *last = og_support_vector(s, first + class->examples - 1);
  double square = 0;
  for (size_t k = 0; k < s->dim; k++) {
    class->sum[k] += (double)og_support_element(s, last, k);
    square += class->sum[k] * class->sum[k];
  }
  class->length = sqrt(square);
}

/* `*array` gets room for `room` elements. */
static int grow(void *array, size_t room, size_t size) {
  void *old, *grown;
  memcpy(&old, array, sizeof old);
  grown = realloc(old, room * size);
  if (grown)
    memcpy(array, &grown, sizeof grown);
  return grown != NULL;
}

/* Gives `room` examples half the memory each, and their products half of the time. */
static og_status pack(og_support *s, size_t room) {
  og_support packed = *s;
  packed.packed = 1;
  packed.units = (s->dim + 1) / 2;
  packed.vectors = calloc(room * packed.units, sizeof *packed.vectors);
  if (!packed.vectors)
    return OG_ERROR_MEMORY;
  for (size_t i = 0; i < s->example_count; i++)
    for (size_t k = 0; k < s->dim; k++)
      og_pack_element(og_support_vector(&packed, i), OG_DOT_PANEL, k,
                      og_support_element(s, og_support_vector(s, i), k));
  free(s->vectors);
  *s = packed;
  for (size_t c = 0, first = 0; c < s->class_count; first += s->classes[c++].examples)
    measure_class(s, c, first); /* of the rounded examples */
  return OG_OK;
}

/* Room for `room` examples; it doubles from one panel on, so OG_LARGE_SET comes by. */
static og_status make_example_room(og_support *s, size_t room) {
  if (!grow(&s->ids, room, sizeof *s->ids) || !grow(&s->drawings, room, sizeof *s->drawings))
    return OG_ERROR_MEMORY;
  if (s->example_room == OG_LARGE_SET && s->kernels->dots && !s->packed && !s->head.context &&
      s->head.kind != OG_HEAD_SIAMESE)
    return pack(s, room);
  if (!grow(&s->vectors, room, s->units * sizeof *s->vectors) ||
      (s->head.context && (!grow(&s->seen, room, s->dim * sizeof *s->seen) ||
                           !grow(&s->context, room, s->dim * sizeof *s->context) ||
                           !grow(&s->scratch, og_support_scratch(s, room), sizeof *s->scratch))))
    return OG_ERROR_MEMORY;
  return OG_OK;
}

/* Room for one more of each. */
static og_status make_room(og_support *s) {
  if (s->class_count == s->class_room) {
    size_t room = s->class_room ? 2 * s->class_room : 16;
    if (!grow(&s->classes, room, sizeof *s->classes))
      return OG_ERROR_MEMORY;
    s->class_room = room;
  }
  if (s->example_count == s->example_room) {
    size_t room = s->example_room ? 2 * s->example_room : OG_DOT_PANEL;
    og_status status = make_example_room(s, room);
    if (status)
      return status;
    s->example_room = room;
  }
  return OG_OK;
}

static void copy_vector(og_support *s, size_t to, size_t from) {
  const float *source = og_support_vector(s, from);
  float *target = og_support_vector(s, to);
  for (size_t k = 0; k < s->units; k++) /* not as floats, which these may not be */
    memcpy(&target[k * OG_DOT_PANEL], &source[k * OG_DOT_PANEL], sizeof *target);
}

static void insert_example(og_support *s, size_t at, const float *embedding, double length) {
  size_t behind = s->example_count - at;
  memmove(s->ids + at + 1, s->ids + at, behind * sizeof *s->ids);
  memmove(s->drawings + at + 1, s->drawings + at, behind * sizeof *s->drawings);
  s->drawings[at] = NULL;
  if (s->example_count % OG_DOT_PANEL == 0) /* a kernel reads whole panels */
    memset(og_support_vector(s, s->example_count), 0, OG_DOT_PANEL * s->units * sizeof(float));
  for (size_t i = s->example_count; i > at; i--)
    copy_vector(s, i, i - 1);
  float *to = og_support_vector(s, at);
  for (size_t k = 0; k < s->dim; k++) {
    float x = length > 0 ? (float)((double)embedding[k] / length) : 0;
    if (s->packed)
      og_pack_element(to, OG_DOT_PANEL, k, x);
    else
      to[k * OG_DOT_PANEL] = x;
  }
  s->ids[at] = ++s->last_id;
  s->example_count++;
}

static void remove_examples(og_support *s, size_t at, size_t count) {
  size_t behind = s->example_count - at - count;
  for (size_t i = at; i < at + count; i++)
    free(s->drawings[i]);
  memmove(s->ids + at, s->ids + at + count, behind * sizeof *s->ids);
  memmove(s->drawings + at, s->drawings + at + count, behind * sizeof *s->drawings);
  for (size_t i = at; i < at + behind; i++)
    copy_vector(s, i, i + count);
  s->example_count -= count;
}

og_status og_support_add(og_support *s, uint32_t class_id, const float *embedding,
                         uint32_t *example_id) {
  double length = og_vector_length(embedding, s->dim);
  if (!isfinite(length))
    return OG_ERROR_FORMAT;
  if (s->head.kind == OG_HEAD_SIAMESE) /* differences have a size, so vectors keep theirs */
    length = 1;
  size_t first, c = find_class(s, class_id, &first);
  int is_new = !is_class(s, c, class_id);
  if (s->example_count == OG_MAX_EXAMPLES || s->last_id == UINT32_MAX ||
      (is_new && s->class_count == OG_MAX_EXAMPLES))
    return OG_ERROR_TOO_LARGE;
  og_status status = make_room(s);
  if (status)
    return status;
  if (is_new) {
    memmove(s->classes + c + 1, s->classes + c, (s->class_count - c) * sizeof *s->classes);
    s->classes[c] = (og_class){.id = class_id};
    s->class_count++;
  }
  insert_example(s, first + s->classes[c].examples++, embedding, length);
  measure_longer_class(s, c, first);
  if (example_id)
    *example_id = s->last_id;
  og_support_settle(s);
  return OG_OK;
}

static size_t find_example(const og_support *s, uint32_t example_id) {
  size_t at = 0;
  while (at < s->example_count && s->ids[at] != example_id)
    at++;
  return at;
}

og_status og_support_keep_image(og_support *s, uint32_t example_id, const og_deform_image *image) {
  size_t at = find_example(s, example_id);
  if (at == s->example_count)
    return OG_ERROR_ARGUMENT;
  if (!s->drawings[at] && !(s->drawings[at] = malloc(sizeof *image)))
    return OG_ERROR_MEMORY;
  *s->drawings[at] = *image;
  return OG_OK;
}

og_status og_support_keep_drawing(og_support *s, uint32_t example_id,
                                  const uint8_t raster[OG_RASTER_SIZE]) {
  og_deform_image image;
  og_status status = og_deform_prepare(raster, &image);
  return status ? status : og_support_keep_image(s, example_id, &image);
}

og_status og_support_remove(og_support *s, uint32_t example_id) {
  size_t first = 0, at = find_example(s, example_id);
  if (at == s->example_count)
    return OG_ERROR_ARGUMENT;
  size_t c = 0;
  while (first + s->classes[c].examples <= at)
    first += s->classes[c++].examples;
  remove_examples(s, at, 1);
  s->classes[c].examples--;
  measure_class(s, c, first);
  og_support_settle(s);
  return OG_OK;
}

og_status og_support_remove_class(og_support *s, uint32_t class_id) {
  size_t first, c = find_class(s, class_id, &first);
  if (!is_class(s, c, class_id))
    return OG_ERROR_ARGUMENT;
  remove_examples(s, first, s->classes[c].examples);
  free(s->classes[c].sum);
  s->class_count--;
  memmove(s->classes + c, s->classes + c + 1, (s->class_count - c) * sizeof *s->classes);
  og_support_settle(s);
  return OG_OK;
}

size_t og_support_classes(const og_support *s) {
  size_t count = 0;
  for (size_t c = 0; c < s->class_count; c++)
    count += s->classes[c].examples > 0;
  return count;
}

size_t og_support_examples(const og_support *s) {
  return s->example_count;
}
