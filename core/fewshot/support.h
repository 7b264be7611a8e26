/* What is inside an og_support. See oneglyph.h. */
#ifndef OG_SUPPORT_H
#define OG_SUPPORT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "fewshot/deform.h"
#include "kernels/kernels.h"
#include "net/head.h"
#include "oneglyph.h"

/* Classes lie in ascending order of their ids. */
typedef struct og_class {
  uint32_t id;
  uint32_t examples;
  /* Of the sum of its examples, which is the prototype but for a factor. The sum itself is not
   * needed to answer: its product with a query is the sum of the examples' products. Computed
   * afresh whenever an example goes, so no rounding is left behind. */
  double length;
  double *sum; /* [dim], which spares adding to a large class from looking at all of it; or NULL */
} og_class;

/* Examples lie class after class, within a class in the order they were added. */
struct og_support {
  size_t dim;
  const og_kernels *kernels; /* the best of this machine */
  size_t units;              /* numbers that an example takes: see `vectors` */
  int packed;
  og_class *classes; /* [class_count] */
  uint32_t *ids;     /* [example_count] */
  /* [panels][units][OG_DOT_PANEL], unit length, or zero where zero was given. A unit is one element
   * of an example; if `packed`, two of them as 16-bit integers in the place of a float, the last
   * partner of an odd `dim` being zero. Of any length where the head is Koch's; then not packed. */
  float *vectors;
  og_deform_image **drawings; /* [example_count], each owned; NULL: not kept */
  size_t class_count, class_room;
  size_t example_count, example_room;
  uint32_t last_id;
  og_head head;
  const float *head_values; /* the model's */
  /* Of a head with context: the examples in context of each other [examples][dim]; the same at unit
   * length, in panels as `vectors`, which then are not packed; and room to compute them in. NULL:
   * there is none. */
  float *context, *seen, *scratch;
};

/* ---- support_head.c: heads with context ---- */
/* Numbers of `scratch` for so many examples. */
size_t og_support_scratch(const og_support *s, size_t examples);
/* Computes `context` and `seen` anew. */
void og_support_settle(og_support *s);
/* The query in context: `out` [dim]. */
og_status og_support_look(const og_support *s, const float *query, double length, float *out);

enum {
  OG_LARGE_SET = 4096, /* examples past which they are packed, where there is a kernel for it */
  OG_LARGE_CLASS = 32, /* examples from which a class keeps its sum */
  OG_PACKED_ONE = 32767,
};

/* Unit 0 of an example; the next ones follow OG_DOT_PANEL numbers apart. */
static inline size_t og_support_place(const og_support *s, size_t example) {
  return example / OG_DOT_PANEL * OG_DOT_PANEL * s->units + example % OG_DOT_PANEL;
}
static inline float *og_support_vector(const og_support *s, size_t example) {
  return s->vectors + og_support_place(s, example);
}
/* The same of what a query is compared with. */
static inline const float *og_support_scored(const og_support *s, size_t example) {
  return (s->seen ? s->seen : s->vectors) + og_support_place(s, example);
}

/* Place of the class with this id and of its first example; class_count if there is none. */
size_t og_support_find(const og_support *s, uint32_t class_id, size_t *first);
/* og_support_keep_drawing with a drawing that is prepared already. */
og_status og_support_keep_image(og_support *s, uint32_t example_id, const og_deform_image *image);

/* ---- look.c ---- */
/* Order and probabilities of a set's classes, all of them, whose similarities are others now than
 * og_support_classify found by cosines; `threshold` as there, never NAN. */
void og_answer_settle(const og_calibration *calibration, float threshold, og_match *matches,
                      og_answer *answer);

/* Element `k` of the vector whose unit 0 is at `vector`. */
static inline float og_support_element(const og_support *s, const float *vector, size_t k) {
  if (!s->packed)
    return vector[k * OG_DOT_PANEL];
  int16_t pair[2];
  memcpy(pair, &vector[k / 2 * OG_DOT_PANEL], sizeof pair);
  return (float)pair[k % 2] / OG_PACKED_ONE;
}

/* Element `k` of a packed vector whose units lie `step` apart: `x`, in [-1, 1], rounded. */
static inline void og_pack_element(float *vector, size_t step, size_t k, float x) {
  int16_t packed = (int16_t)floor((double)x * OG_PACKED_ONE + 0.5);
  memcpy((char *)&vector[k / 2 * step] + k % 2 * sizeof packed, &packed, sizeof packed);
}

/* Length of `x`, in double so that no finite vector overflows or vanishes; NaN or infinity if an
 * element is. */
double og_vector_length(const float *x, size_t dim);

#endif
