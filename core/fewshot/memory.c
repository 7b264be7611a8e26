/* Memory-augmented network, forward. See memory.h. */
#include "fewshot/memory.h"

#include <string.h>

/* How much of a slot's usage is left after a step; the paper's gamma. */
#define FADING ((og_real)0.99)

void og_memory_of(const og_head *h, const og_real *values, og_memory *out) {
  const og_real *at[OG_HEAD_TENSORS] = {NULL};
  for (size_t i = 0; i < h->tensors; i++)
    at[i] = values + h->tensor[i].at;
  *out = (og_memory){h->dim,   h->classes, h->slots,
                     h->width, h->reads,   {h->tensor[0].shape[0], h->hidden, at[0], at[1]},
                     at[2],    at[3],      at[4],
                     at[5],    at[6],      at[7],
                     at[8],    *at[9]};
}

/* Gives each array its place if `numbers` is not NULL; returns how many numbers they take. */
static size_t place(const og_memory *m, og_real *numbers, og_memory_state *s) {
  size_t hidden = m->controller.hidden, vectors = m->reads * m->width;
  const struct {
    og_real **array;
    size_t count;
  } arrays[] = {{&s->input, m->controller.inputs},
                {&s->output, hidden},
                {&s->read, vectors},
                {&s->gates, 4 * hidden},
                {&s->cells, hidden},
                {&s->key, vectors},
                {&s->value, vectors},
                {&s->written, vectors},
                {&s->slots, m->slots * m->width},
                {&s->usage, m->slots},
                {&s->cosine, m->reads * m->slots},
                {&s->reading, m->reads * m->slots},
                {&s->writing, m->reads * m->slots},
                {&s->answer, m->classes}};
  size_t size = 0;
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
    if (numbers)
      *arrays[i].array = numbers + size;
    size += arrays[i].count;
  }
  return size;
}

size_t og_memory_state_size(const og_memory *m) {
  og_memory_state unused;
  return place(m, NULL, &unused);
}

void og_memory_state_at(const og_memory *m, og_real *numbers, uint32_t *least,
                        og_memory_state *out) {
  place(m, numbers, out);
  out->least = least;
}

/* The drawing's numbers are brought to about 1 each, as the others are. */
static void put_input(const og_memory *m, const og_memory_state *before, const og_real *drawing,
                      int label, og_real *input) {
  og_real size = og_real_sqrt((og_real)m->dim);
  for (size_t k = 0; k < m->dim; k++)
    input[k] = size * drawing[k];
  input += m->dim;
  for (size_t c = 0; c < m->classes; c++)
    input[c] = label == (int)c;
  input += m->classes;
  size_t vectors = m->reads * m->width;
  memcpy(input, before->read, vectors * sizeof *input);
  memcpy(input + vectors, before->output, m->controller.hidden * sizeof *input);
}

static void squash(og_real *x, size_t count) {
  for (size_t i = 0; i < count; i++)
    x[i] = og_real_tanh(x[i]);
}

/* One slot for each head, the least used ones, the first of equals. */
static void find_least(const og_memory *m, const og_real *usage, uint32_t *least) {
  for (size_t r = 0; r < m->reads; r++) {
    least[r] = UINT32_MAX;
    for (uint32_t i = 0; i < m->slots; i++) {
      int taken = 0;
      for (size_t k = 0; k < r; k++)
        taken |= least[k] == i;
      if (!taken && (least[r] == UINT32_MAX || usage[i] < usage[least[r]]))
        least[r] = i;
    }
  }
}

static void write(const og_memory *m, const og_memory_state *before, og_memory_state *s) {
  memcpy(s->slots, before->slots, m->slots * m->width * sizeof *s->slots);
  find_least(m, before->usage, s->least);
  for (size_t r = 0; r < m->reads; r++)
    memset(s->slots + s->least[r] * m->width, 0, m->width * sizeof *s->slots);
  for (size_t r = 0; r < m->reads; r++) {
    og_real again = og_real_sigmoid(m->gate[r]);
    og_real *written = s->written + r * m->width;
    for (size_t k = 0; k < m->width; k++)
      written[k] = before->key[r * m->width + k] + s->value[r * m->width + k];
    for (size_t i = 0; i < m->slots; i++) {
      og_real w = again * before->reading[r * m->slots + i] + (s->least[r] == i ? 1 - again : 0);
      s->writing[r * m->slots + i] = w;
      for (size_t k = 0; k < m->width; k++)
        s->slots[i * m->width + k] += w * written[k];
    }
  }
}

static og_real soft_length(const og_real *x, size_t count) {
  return og_real_sqrt(og_real_dot(x, x, count) + OG_MEMORY_SOFT);
}

static void read(const og_memory *m, og_memory_state *s) {
  og_real scale = og_real_exp(m->log_scale);
  memset(s->read, 0, m->reads * m->width * sizeof *s->read);
  for (size_t r = 0; r < m->reads; r++) {
    const og_real *key = s->key + r * m->width;
    og_real *cosine = s->cosine + r * m->slots, *weight = s->reading + r * m->slots;
    og_real length = soft_length(key, m->width);
    for (size_t i = 0; i < m->slots; i++) {
      const og_real *slot = s->slots + i * m->width;
      cosine[i] = og_real_dot(key, slot, m->width) / (length * soft_length(slot, m->width));
      weight[i] = scale * cosine[i];
    }
    og_softmax(weight, m->slots);
    for (size_t i = 0; i < m->slots; i++)
      for (size_t k = 0; k < m->width; k++)
        s->read[r * m->width + k] += weight[i] * s->slots[i * m->width + k];
  }
}

static void use(const og_memory *m, const og_memory_state *before, og_memory_state *s) {
  for (size_t i = 0; i < m->slots; i++) {
    s->usage[i] = FADING * before->usage[i];
    for (size_t r = 0; r < m->reads; r++)
      s->usage[i] += s->reading[r * m->slots + i] + s->writing[r * m->slots + i];
  }
}

void og_memory_step(const og_memory *m, const og_memory_state *before, const og_real *drawing,
                    int label, og_memory_state *s) {
  size_t hidden = m->controller.hidden, vectors = m->reads * m->width;
  size_t seen = m->controller.inputs + hidden;
  put_input(m, before, drawing, label, s->input);
  og_lstm_step(&m->controller, s->input, before->cells, s->gates, s->cells, s->output);
  og_affine(m->key, m->key_bias, s->input, seen, vectors, s->key);
  og_affine(m->value, m->value_bias, s->input, seen, vectors, s->value);
  squash(s->key, vectors);
  squash(s->value, vectors);
  write(m, before, s);
  read(m, s);
  use(m, before, s);
  og_affine(m->answer, m->answer_bias, s->output, hidden + vectors, m->classes, s->answer);
  og_softmax(s->answer, m->classes);
}
