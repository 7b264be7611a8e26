/* Full context embeddings. See context.h. */
#include "fewshot/context.h"

#include <string.h>

static og_lstm lstm_of(const og_head *h, const og_real *values, size_t tensor) {
  return (og_lstm){h->tensor[tensor].shape[0], h->dim, values + h->tensor[tensor].at,
                   values + h->tensor[tensor + 1].at};
}

void og_context_of(const og_head *h, const og_real *values, og_context *out) {
  *out = (og_context){h->dim,
                      h->context,
                      lstm_of(h, values, 0),
                      lstm_of(h, values, 2),
                      lstm_of(h, values, 4),
                      values[h->count - 1]};
}

size_t og_trace_size(const og_lstm *l, size_t steps) {
  return steps * (l->inputs + 4 * l->hidden) + 2 * (steps + 1) * l->hidden;
}

void og_trace_at(const og_lstm *l, size_t steps, og_real *numbers, og_trace *out) {
  out->input = numbers;
  out->gates = out->input + steps * l->inputs;
  out->cells = out->gates + steps * 4 * l->hidden;
  out->output = out->cells + (steps + 1) * l->hidden;
  memset(out->cells, 0, l->hidden * sizeof *out->cells);
  memset(out->output, 0, l->hidden * sizeof *out->output);
}

/* Step `t` of a trace whose input is in place. */
static void step(const og_lstm *l, const og_trace *trace, size_t t) {
  size_t n = l->hidden;
  og_lstm_step(l, trace->input + t * l->inputs, trace->cells + t * n, trace->gates + t * 4 * n,
               trace->cells + (t + 1) * n, trace->output + (t + 1) * n);
}

/* Adds the outputs over the support, first to last or, in `reverse`, last to first. */
static void add_direction(const og_lstm *l, const og_real *support, size_t count, int reverse,
                          const og_trace *trace, og_real *out) {
  size_t n = l->hidden;
  for (size_t t = 0; t < count; t++) {
    size_t i = reverse ? count - 1 - t : t;
    memcpy(trace->input + t * l->inputs, support + i * n, n * sizeof *support);
    memcpy(trace->input + t * l->inputs + n, trace->output + t * n, n * sizeof *support);
    step(l, trace, t);
    for (size_t k = 0; k < n; k++)
      out[i * n + k] += trace->output[(t + 1) * n + k];
  }
}

void og_context_support(const og_context *c, const og_real *support, size_t count,
                        const og_trace *forward, const og_trace *backward, og_real *out) {
  memcpy(out, support, count * c->dim * sizeof *out);
  add_direction(&c->forward, support, count, 0, forward, out);
  add_direction(&c->backward, support, count, 1, backward, out);
}

/* What `state` attends to in the support, and with which weights. */
static void attend(const og_context *c, const og_real *support, size_t count, const og_real *state,
                   og_real *weights, og_real *read) {
  og_real scale = og_real_exp(c->log_scale);
  for (size_t i = 0; i < count; i++)
    weights[i] = scale * og_real_dot(state, support + i * c->dim, c->dim);
  og_softmax(weights, count);
  memset(read, 0, c->dim * sizeof *read);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < c->dim; k++)
      read[k] += weights[i] * support[i * c->dim + k];
}

const og_real *og_context_query(const og_context *c, const og_real *support, size_t count,
                                const og_real *query, const og_trace *trace, og_real *attention) {
  size_t n = c->dim;
  memcpy(trace->output, query, n * sizeof *query);
  for (size_t t = 0; t < c->steps; t++) {
    og_real *input = trace->input + t * c->query.inputs, *output = trace->output + (t + 1) * n;
    memcpy(input, query, n * sizeof *query);
    memcpy(input + n, trace->output + t * n, n * sizeof *query);
    attend(c, support, count, trace->output + t * n, attention + t * count, input + 2 * n);
    step(&c->query, trace, t);
    for (size_t k = 0; k < n; k++)
      output[k] += query[k];
  }
  return trace->output + c->steps * n;
}
