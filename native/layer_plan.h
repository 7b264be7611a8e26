/* What the planner decided for each layer of a loaded model: `model info --plan`, and the numbers
 * that a benchmark divides its times by. */
#ifndef LAYER_PLAN_H
#define LAYER_PLAN_H

#include <stdbool.h>
#include <stdio.h>

#include "net/model.h"

typedef struct layer_plan {
  const og_layer *layer;
  char form[40]; /* "direct", "winograd5", "in c0" (a pooling done by a convolution), "-" */
  bool integers; /* its products are of 16-bit integers */
  og_form how;
  double multiply_adds; /* of the direct convolution of all its outputs, as papers count them */
  double products;      /* multiply-adds that its matrix products really do */
  size_t packed_bytes;  /* of its weights as the kernels read them */
  size_t scratch_bytes; /* that it works in */
} layer_plan;

layer_plan layer_plan_of(const og_model *model, size_t layer);

/* "20x20x32" into text[40]; returns text. */
const char *layer_shape(const og_layer *layer, char text[40]);

/* A table with a line for each layer, or a JSON array. */
void layer_plans_print(FILE *out, const og_model *model);
void layer_plans_json(FILE *out, const og_model *model);

#endif
