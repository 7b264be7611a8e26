/* Support sets whose model has a head. See support.h. */
#include <stdlib.h>
#include <string.h>

#include "fewshot/context.h"
#include "fewshot/support.h"
#include "net/model.h"

og_status og_support_create_for(const og_model *model, og_support **out) {
  *out = NULL;
  if (model->head.kind == OG_HEAD_MEMORY)
    return OG_ERROR_UNSUPPORTED;
  og_status status = og_support_create(model->info.dim, out);
  if (status)
    return status;
  (*out)->head = model->head;
  (*out)->head_values = model->head_values;
  return OG_OK;
}

size_t og_support_scratch(const og_support *s, size_t examples) {
  og_context c;
  og_context_of(&s->head, s->head_values, &c);
  return examples * s->dim + 2 * og_trace_size(&c.forward, examples);
}

/* The examples as they come go to the front of the scratch, both traces behind. */
void og_support_settle(og_support *s) {
  if (!s->head.context || !s->example_count)
    return;
  og_context c;
  og_trace forward, backward;
  size_t count = s->example_count, dim = s->dim;
  float *numbers = s->scratch + count * dim;
  og_context_of(&s->head, s->head_values, &c);
  og_trace_at(&c.forward, count, numbers, &forward);
  og_trace_at(&c.backward, count, numbers + og_trace_size(&c.forward, count), &backward);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < dim; k++)
      s->scratch[i * dim + k] = og_support_vector(s, i)[k * OG_DOT_PANEL];
  og_context_support(&c, s->scratch, count, &forward, &backward, s->context);
  for (size_t i = 0; i < count; i++) {
    float *to = s->seen + og_support_place(s, i);
    double length = og_vector_length(s->context + i * dim, dim);
    for (size_t k = 0; k < dim; k++)
      to[k * OG_DOT_PANEL] = length > 0 ? (float)((double)s->context[i * dim + k] / length) : 0;
  }
}

og_status og_support_look(const og_support *s, const float *query, double length, float *out) {
  og_context c;
  og_trace trace;
  og_context_of(&s->head, s->head_values, &c);
  size_t look = og_trace_size(&c.query, c.steps), attention = c.steps * s->example_count;
  float *numbers = malloc((look + attention + s->dim) * sizeof *numbers);
  if (!numbers)
    return OG_ERROR_MEMORY;
  float *unit = numbers + look + attention;
  for (size_t k = 0; k < s->dim; k++)
    unit[k] = length > 0 ? (float)((double)query[k] / length) : 0;
  og_trace_at(&c.query, c.steps, numbers, &trace);
  memcpy(out, og_context_query(&c, s->context, s->example_count, unit, &trace, numbers + look),
         s->dim * sizeof *out);
  free(numbers);
  return OG_OK;
}
