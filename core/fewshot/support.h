/* What is inside an og_support. See oneglyph.h. */
#ifndef OG_SUPPORT_H
#define OG_SUPPORT_H

#include "kernels/kernels.h"
#include "net/head.h"
#include "oneglyph.h"

/* Classes lie in ascending order of their ids. */
typedef struct og_class {
  uint32_t id;
  uint32_t examples;
  /* Of the sum of its examples, which is the prototype but for a factor. The sum itself is not
   * needed: its product with a query is the sum of the examples' products. Computed afresh from
   * the examples whenever one comes or goes, so no rounding is left behind. */
  double length;
} og_class;

/* Examples lie class after class, within a class in the order they were added. */
struct og_support {
  size_t dim;
  const og_kernels *kernels; /* the best of this machine */
  og_class *classes;         /* [class_count] */
  uint32_t *ids;             /* [example_count] */
  float *vectors; /* [panels][dim][OG_DOT_PANEL], unit length, or zero where zero was given */
  size_t class_count, class_room;
  size_t example_count, example_room;
  uint32_t last_id;
  og_head head;
  const float *head_values; /* the model's */
  /* Of a head with context: the examples in context of each other [examples][dim]; the same at unit
   * length, in panels as `vectors`; and room to compute them in. NULL: there is none. */
  float *context, *seen, *scratch;
};

/* ---- support_head.c: heads with context ---- */
/* Numbers of `scratch` for so many examples. */
size_t og_support_scratch(const og_support *s, size_t examples);
/* Computes `context` and `seen` anew. */
void og_support_settle(og_support *s);
/* The query in context: `out` [dim]. */
og_status og_support_look(const og_support *s, const float *query, double length, float *out);

/* Element 0 of an example; the next ones follow OG_DOT_PANEL numbers apart. */
static inline size_t og_support_place(const og_support *s, size_t example) {
  return example / OG_DOT_PANEL * OG_DOT_PANEL * s->dim + example % OG_DOT_PANEL;
}
static inline float *og_support_vector(const og_support *s, size_t example) {
  return s->vectors + og_support_place(s, example);
}
/* The same of what a query is compared with. */
static inline const float *og_support_scored(const og_support *s, size_t example) {
  return (s->seen ? s->seen : s->vectors) + og_support_place(s, example);
}

/* Length of `x`, in double so that no finite vector overflows or vanishes; NaN or infinity if an
 * element is. */
double og_vector_length(const float *x, size_t dim);

#endif
