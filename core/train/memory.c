/* Gradients of the memory-augmented network, through time. See memory.h.
 *
 * Which slots are used least is decided, not learnt: no gradient goes through usage. */
#include "train/memory.h"

#include <stdlib.h>
#include <string.h>

#include "train/loss.h"
#include "train/lstm.h"

struct og_memory_pass {
  const og_head *head;
  size_t steps;
  og_real *numbers;        /* all that follows */
  og_memory_state *states; /* [1 + steps], the first an empty memory */
  uint32_t *least;         /* [1 + steps][reads] */
  /* Gradients by what a step hands to the next, and of this step alone. */
  og_real *d_seen, *d_output, *d_read; /* adjacent: [inputs], [hidden], [reads][width] */
  og_real *d_cells, *d_slots, *d_reading, *d_reading_before, *d_key, *d_key_before;
  og_real *d_value, *d_answer, *d_input, *scratch;
};

/* What a backward step needs besides the pass. */
typedef struct backward {
  og_memory_pass *pass;
  og_memory m;
  og_real *d_values;
} backward;

/* Where the gradient by a tensor of the head is added up. */
static og_real *d_of(const backward *b, size_t tensor) {
  return b->d_values + b->pass->head->tensor[tensor].at;
}

og_memory_pass *og_memory_pass_create(const og_head *h, size_t steps) {
  og_memory_pass *p = calloc(1, sizeof *p);
  if (!p)
    return NULL;
  og_memory m = {.slots = h->slots, .width = h->width, .reads = h->reads, .classes = h->classes};
  m.controller = (og_lstm){h->tensor[0].shape[0], h->hidden, NULL, NULL};
  size_t state = og_memory_state_size(&m), vectors = h->reads * h->width;
  const struct {
    og_real **array;
    size_t count;
  } arrays[] = {{&p->d_seen, m.controller.inputs},
                {&p->d_output, h->hidden},
                {&p->d_read, vectors},
                {&p->d_cells, h->hidden},
                {&p->d_slots, h->slots * h->width},
                {&p->d_reading, h->reads * h->slots},
                {&p->d_reading_before, h->reads * h->slots},
                {&p->d_key, vectors},
                {&p->d_key_before, vectors},
                {&p->d_value, vectors},
                {&p->d_answer, h->classes},
                {&p->d_input, m.controller.inputs},
                {&p->scratch, 4 * h->hidden}};
  size_t count = (steps + 1) * state, n = sizeof arrays / sizeof *arrays;
  for (size_t i = 0; i < n; i++)
    count += arrays[i].count;
  p->head = h;
  p->steps = steps;
  p->numbers = calloc(count, sizeof *p->numbers);
  p->states = calloc(steps + 1, sizeof *p->states);
  p->least = calloc((steps + 1) * h->reads, sizeof *p->least);
  if (!p->numbers || !p->states || !p->least) {
    og_memory_pass_free(p);
    return NULL;
  }
  og_real *at = p->numbers;
  for (size_t i = 0; i < n; at += arrays[i++].count)
    *arrays[i].array = at;
  for (size_t t = 0; t <= steps; t++)
    og_memory_state_at(&m, at + t * state, p->least + t * h->reads, &p->states[t]);
  return p;
}

void og_memory_pass_free(og_memory_pass *p) {
  if (!p)
    return;
  free(p->numbers);
  free(p->states);
  free(p->least);
  free(p);
}

/* Of the answer's cross-entropy times `weight`, by output and what was read. */
static void answer_backward(const backward *b, const og_memory_state *s, uint32_t label,
                            og_real weight) {
  const og_memory *m = &b->m;
  og_memory_pass *p = b->pass;
  for (size_t c = 0; c < m->classes; c++)
    p->d_answer[c] = weight * (s->answer[c] - (c == label));
  og_affine_backward(m->answer, s->output, p->d_answer, m->controller.hidden + m->reads * m->width,
                     m->classes, d_of(b, 7), d_of(b, 8), p->d_output);
}

/* Of one cosine with softened lengths, times d: to key and slot. */
static void cosine_backward(const og_real *key, const og_real *slot, size_t width, og_real cosine,
                            og_real d, og_real *d_key, og_real *d_slot) {
  og_real key_square = og_real_dot(key, key, width) + OG_MEMORY_SOFT;
  og_real slot_square = og_real_dot(slot, slot, width) + OG_MEMORY_SOFT;
  og_real both = d / og_real_sqrt(key_square * slot_square);
  og_real of_key = d * cosine / key_square, of_slot = d * cosine / slot_square;
  for (size_t k = 0; k < width; k++) {
    d_key[k] += both * slot[k] - of_key * key[k];
    d_slot[k] += both * key[k] - of_slot * slot[k];
  }
}

static void read_backward(const backward *b, const og_memory_state *s) {
  const og_memory *m = &b->m;
  og_memory_pass *p = b->pass;
  og_real scale = og_real_exp(m->log_scale), *d_log_scale = d_of(b, 9);
  for (size_t r = 0; r < m->reads; r++) {
    const og_real *weight = s->reading + r * m->slots, *cosine = s->cosine + r * m->slots;
    const og_real *d_read = p->d_read + r * m->width;
    og_real *d_weight = p->d_reading + r * m->slots, mean = 0;
    for (size_t i = 0; i < m->slots; i++) {
      og_real *d_slot = p->d_slots + i * m->width;
      d_weight[i] += og_real_dot(d_read, s->slots + i * m->width, m->width);
      mean += weight[i] * d_weight[i];
      for (size_t k = 0; k < m->width; k++)
        d_slot[k] += weight[i] * d_read[k];
    }
    for (size_t i = 0; i < m->slots; i++) {
      og_real d = scale * weight[i] * (d_weight[i] - mean);
      *d_log_scale += d * cosine[i];
      cosine_backward(s->key + r * m->width, s->slots + i * m->width, m->width, cosine[i], d,
                      p->d_key + r * m->width, p->d_slots + i * m->width);
    }
  }
}

/* Leaves the gradient by the slots before in d_slots. */
static void write_backward(const backward *b, const og_memory_state *before,
                           const og_memory_state *s) {
  const og_memory *m = &b->m;
  og_memory_pass *p = b->pass;
  memset(p->d_value, 0, m->reads * m->width * sizeof *p->d_value);
  for (size_t r = 0; r < m->reads; r++) {
    const og_real *written = s->written + r * m->width, *writing = s->writing + r * m->slots;
    const og_real *reading = before->reading + r * m->slots;
    og_real again = og_real_sigmoid(m->gate[r]), d_again = 0;
    for (size_t i = 0; i < m->slots; i++) {
      const og_real *d_slot = p->d_slots + i * m->width;
      og_real d = og_real_dot(d_slot, written, m->width);
      for (size_t k = 0; k < m->width; k++)
        p->d_value[r * m->width + k] += writing[i] * d_slot[k];
      d_again += d * (reading[i] - (s->least[r] == i));
      p->d_reading_before[r * m->slots + i] = again * d;
    }
    d_of(b, 6)[r] += d_again * again * (1 - again);
  }
  for (size_t r = 0; r < m->reads; r++)
    memset(p->d_slots + s->least[r] * m->width, 0, m->width * sizeof *p->d_slots);
}

/* Of og_affine and tanh behind it. */
static void vectors_backward(const backward *b, const og_memory_state *s, const og_real *weight,
                             const og_real *vectors, og_real *d_vectors, size_t tensor) {
  size_t count = b->m.reads * b->m.width;
  for (size_t k = 0; k < count; k++)
    d_vectors[k] *= 1 - vectors[k] * vectors[k];
  og_affine_backward(weight, s->input, d_vectors, b->m.controller.inputs + b->m.controller.hidden,
                     count, d_of(b, tensor), d_of(b, tensor + 1), b->pass->d_seen);
}

/* Leaves the gradients by what the step before handed over. */
static void step_backward(const backward *b, const og_memory_state *before,
                          const og_memory_state *s, uint32_t label, og_real weight,
                          og_real *d_drawing) {
  const og_memory *m = &b->m;
  og_memory_pass *p = b->pass;
  size_t hidden = m->controller.hidden, vectors = m->reads * m->width;
  memset(p->d_seen, 0, m->controller.inputs * sizeof *p->d_seen);
  answer_backward(b, s, label, weight);
  read_backward(b, s);
  write_backward(b, before, s);
  memcpy(p->d_key_before, p->d_value, vectors * sizeof *p->d_value);
  vectors_backward(b, s, m->key, s->key, p->d_key, 2);
  vectors_backward(b, s, m->value, s->value, p->d_value, 4);
  const og_lstm_gradient gradient = {d_of(b, 0), d_of(b, 1)};
  og_lstm_backward(&m->controller, s->input, before->cells, s->gates, s->cells, p->d_output,
                   p->d_cells, p->d_input, &gradient, p->scratch);
  for (size_t k = 0; k < m->controller.inputs; k++)
    p->d_input[k] += p->d_seen[k];
  og_real size = og_real_sqrt((og_real)m->dim);
  for (size_t k = 0; k < m->dim; k++)
    d_drawing[k] = size * p->d_input[k];
  memcpy(p->d_read, p->d_input + m->dim + m->classes, vectors * sizeof *p->d_read);
  memcpy(p->d_output, p->d_input + m->dim + m->classes + vectors, hidden * sizeof *p->d_output);
  memcpy(p->d_key, p->d_key_before, vectors * sizeof *p->d_key);
  memcpy(p->d_reading, p->d_reading_before, m->reads * m->slots * sizeof *p->d_reading);
}

static void forget(og_memory_pass *p) {
  const og_head *h = p->head;
  memset(p->d_output, 0, h->hidden * sizeof *p->d_output);
  memset(p->d_read, 0, h->reads * h->width * sizeof *p->d_read);
  memset(p->d_cells, 0, h->hidden * sizeof *p->d_cells);
  memset(p->d_slots, 0, h->slots * h->width * sizeof *p->d_slots);
  memset(p->d_key, 0, h->reads * h->width * sizeof *p->d_key);
  memset(p->d_reading, 0, h->reads * h->slots * sizeof *p->d_reading);
}

og_real og_memory_sequence(og_memory_pass *p, const og_real *values, const og_real *drawings,
                           const uint32_t *labels, og_real weight, og_real *d_drawings,
                           og_real *d_values) {
  backward b = {.pass = p, .d_values = d_values};
  size_t dim = p->head->dim, steps = p->steps;
  og_real loss = 0, share = 1 / (og_real)steps;
  og_memory_of(p->head, values, &b.m);
  for (size_t t = 0; t < steps; t++) {
    og_memory_step(&b.m, &p->states[t], drawings + t * dim, t ? (int)labels[t - 1] : OG_NO_LABEL,
                   &p->states[t + 1]);
    loss -= share * og_real_log(p->states[t + 1].answer[labels[t]]);
  }
  forget(p);
  for (size_t t = steps; t-- > 0;)
    step_backward(&b, &p->states[t], &p->states[t + 1], labels[t], weight * share,
                  d_drawings + t * dim);
  return loss;
}
