/* Gradients of full context embeddings. See context.h. */
#include "train/context.h"

#include <string.h>

#include "train/lstm.h"

static og_lstm_gradient gradient_of(const og_head *h, size_t tensor, og_real *d_values) {
  return (og_lstm_gradient){d_values + h->tensor[tensor].at, d_values + h->tensor[tensor + 1].at};
}

static void add(og_real *to, const og_real *from, size_t count) {
  for (size_t k = 0; k < count; k++)
    to[k] += from[k];
}

/* Step `t` of a trace backward: from d_output, and cells' gradients in `s->carry`, to `s->input`.
 */
static void step_backward(const og_lstm *l, const og_trace *trace, size_t t,
                          const og_real *d_output, const og_lstm_gradient *gradient,
                          const og_context_scratch *s) {
  size_t n = l->hidden;
  og_lstm_backward(l, trace->input + t * l->inputs, trace->cells + t * n, trace->gates + t * 4 * n,
                   trace->cells + (t + 1) * n, d_output, s->carry, s->input, gradient, s->gates);
}

static void direction_backward(const og_lstm *l, size_t count, int reverse, const og_trace *trace,
                               const og_real *d_out, const og_lstm_gradient *gradient,
                               const og_context_scratch *s, og_real *d_support) {
  size_t n = l->hidden;
  og_real *d_output = s->carry + n;
  memset(s->carry, 0, 2 * n * sizeof *s->carry);
  for (size_t t = count; t-- > 0;) {
    size_t i = reverse ? count - 1 - t : t;
    add(d_output, d_out + i * n, n);
    step_backward(l, trace, t, d_output, gradient, s);
    add(d_support + i * n, s->input, n);
    memcpy(d_output, s->input + n, n * sizeof *d_output);
  }
}

void og_context_support_backward(const og_context *c, const og_head *head, size_t count,
                                 const og_trace *forward, const og_trace *backward,
                                 const og_real *d_out, const og_context_scratch *s,
                                 og_real *d_support, og_real *d_values) {
  og_lstm_gradient there = gradient_of(head, 0, d_values), back = gradient_of(head, 2, d_values);
  add(d_support, d_out, count * c->dim);
  direction_backward(&c->forward, count, 0, forward, d_out, &there, s, d_support);
  direction_backward(&c->backward, count, 1, backward, d_out, &back, s, d_support);
}

/* Of one reading of the support by attention: adds to d_support and d_state; returns the gradient
 * by the logarithm of the scale. */
static og_real attend_backward(const og_context *c, const og_real *support, size_t count,
                               const og_real *state, const og_real *weights, const og_real *d_read,
                               og_real *d_support, og_real *d_state) {
  size_t n = c->dim;
  og_real scale = og_real_exp(c->log_scale), mean = 0, d_log_scale = 0;
  for (size_t i = 0; i < count; i++)
    mean += weights[i] * og_real_dot(d_read, support + i * n, n);
  for (size_t i = 0; i < count; i++) {
    const og_real *example = support + i * n;
    og_real d = scale * weights[i] * (og_real_dot(d_read, example, n) - mean);
    d_log_scale += d * og_real_dot(state, example, n);
    for (size_t k = 0; k < n; k++) {
      d_support[i * n + k] += weights[i] * d_read[k] + d * state[k];
      d_state[k] += d * example[k];
    }
  }
  return d_log_scale;
}

void og_context_query_backward(const og_context *c, const og_head *head, const og_real *support,
                               size_t count, const og_trace *trace, const og_real *attention,
                               const og_real *d_out, const og_context_scratch *s,
                               og_real *d_support, og_real *d_query, og_real *d_values) {
  size_t n = c->dim;
  og_lstm_gradient gradient = gradient_of(head, 4, d_values);
  og_real *d_state = s->carry + n;
  memset(s->carry, 0, n * sizeof *s->carry);
  memcpy(d_state, d_out, n * sizeof *d_state);
  for (size_t t = c->steps; t-- > 0;) {
    /* The output has the query added, in every step. */
    add(d_query, d_state, n);
    step_backward(&c->query, trace, t, d_state, &gradient, s);
    add(d_query, s->input, n);
    memcpy(d_state, s->input + n, n * sizeof *d_state);
    d_values[head->count - 1] +=
        attend_backward(c, support, count, trace->output + t * n, attention + t * count,
                        s->input + 2 * n, d_support, d_state);
  }
  add(d_query, d_state, n);
}
