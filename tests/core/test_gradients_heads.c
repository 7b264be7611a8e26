/* Gradients of what stands behind a net against finite differences, in double: long short-term
 * memory, full context, memory, and their losses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "train/episode_loss.h"
#include "train/lstm.h"
#include "train/memory.h"

static og_real *noise(size_t count, og_real size, uint64_t stream) {
  og_random r = og_random_stream(11, stream);
  og_real *v = malloc(count * sizeof *v);
  assert_non_null(v);
  for (size_t i = 0; i < count; i++)
    v[i] = size * (og_real)og_random_signed(&r);
  return v;
}

/* Compares `gradient` with what `loss_of` does when each of x[count] moves a little. */
static void compare(const char *what, og_real (*loss_of)(void *), void *problem, og_real *x,
                    const og_real *gradient, size_t count) {
  const og_real step = 1e-6;
  og_real worst = 0;
  for (size_t i = 0; i < count; i++) {
    og_real kept = x[i];
    x[i] = kept + step;
    og_real above = loss_of(problem);
    x[i] = kept - step;
    og_real below = loss_of(problem);
    x[i] = kept;
    og_real numeric = (above - below) / (2 * step), off = fabs(numeric - gradient[i]);
    worst = off > worst ? off : worst;
    if (off > 1e-7 * (1 + fabs(numeric)))
      fail_msg("%s %zu: analytic %.12g, numeric %.12g", what, i, gradient[i], numeric);
  }
  printf("  %s: %zu numbers, worst difference %.1e\n", what, count, worst);
}

/* ---- Two steps of an LSTM whose second output is weighed ---------------------------------------
 */
enum { INPUTS = 5, HIDDEN = 9, STEPS = 3 };

typedef struct lstm_problem {
  og_lstm lstm;
  og_real *input, *weigh; /* [STEPS][INPUTS], [STEPS][HIDDEN] */
  og_real gates[STEPS][4 * HIDDEN], cells[STEPS + 1][HIDDEN];
} lstm_problem;

static og_real lstm_loss(void *problem) {
  lstm_problem *p = problem;
  og_real output[HIDDEN], loss = 0;
  for (size_t t = 0; t < STEPS; t++) {
    og_lstm_step(&p->lstm, p->input + t * INPUTS, p->cells[t], p->gates[t], p->cells[t + 1],
                 output);
    loss += og_real_dot(output, p->weigh + t * HIDDEN, HIDDEN);
  }
  return loss;
}

static void lstm(void **state) {
  (void)state;
  og_real *weight = noise(INPUTS * 4 * HIDDEN, 1, 1), *bias = noise(4 * HIDDEN, 1, 2);
  lstm_problem p = {{INPUTS, HIDDEN, weight, bias},
                    noise(STEPS * INPUTS, 1, 3),
                    noise(STEPS * HIDDEN, 1, 4),
                    {{0}},
                    {{0}}};
  og_real d_weight[INPUTS * 4 * HIDDEN] = {0}, d_bias[4 * HIDDEN] = {0}, d_cells[HIDDEN] = {0};
  og_real d_input[STEPS * INPUTS], scratch[4 * HIDDEN];
  const og_lstm_gradient gradient = {d_weight, d_bias};
  lstm_loss(&p);
  for (size_t t = STEPS; t-- > 0;)
    og_lstm_backward(&p.lstm, p.input + t * INPUTS, p.cells[t], p.gates[t], p.cells[t + 1],
                     p.weigh + t * HIDDEN, d_cells, d_input + t * INPUTS, &gradient, scratch);
  compare("lstm weight", lstm_loss, &p, weight, d_weight, INPUTS * 4 * HIDDEN);
  compare("lstm bias", lstm_loss, &p, bias, d_bias, 4 * HIDDEN);
  compare("lstm input", lstm_loss, &p, p.input, d_input, STEPS * INPUTS);
  free(weight);
  free(bias);
  free(p.input);
  free(p.weigh);
}

/* ---- Heads --------------------------------------------------------------------------------------
 */
typedef struct head_problem {
  og_head head;
  og_memory_pass *pass;
  og_real *values, *drawings, *d_values, *d_drawings;
  uint32_t labels[8];
} head_problem;

static og_real memory_loss(void *problem) {
  head_problem *p = problem;
  return 3 * og_memory_sequence(p->pass, p->values, p->drawings, p->labels, 3, p->d_drawings,
                                p->d_values);
}

static void memory_network(void **state) {
  (void)state;
  enum { LENGTH = 8, DIM = 4 };
  static const char *const heads[] = {"memory hidden=5 slots=8 width=3 reads=1 classes=3",
                                      "memory hidden=6 slots=9 width=4 reads=2 classes=3"};
  for (size_t i = 0; i < 2; i++) {
    head_problem p = {.labels = {0, 2, 1, 1, 0, 2, 2, 0}};
    assert_int_equal(og_head_parse(heads[i], DIM, &p.head, NULL), OG_OK);
    assert_non_null(p.pass = og_memory_pass_create(&p.head, LENGTH));
    p.values = noise(p.head.count, 1, 5 + i);
    p.drawings = noise(LENGTH * DIM, 1, 7);
    p.d_values = calloc(p.head.count, sizeof(og_real));
    p.d_drawings = calloc(LENGTH * DIM, sizeof(og_real));
    memory_loss(&p);
    og_real *d_values = p.d_values, *d_drawings = p.d_drawings;
    p.d_values = calloc(p.head.count, sizeof(og_real));
    p.d_drawings = calloc(LENGTH * DIM, sizeof(og_real));
    compare("memory numbers", memory_loss, &p, p.values, d_values, p.head.count);
    compare("memory drawings", memory_loss, &p, p.drawings, d_drawings, LENGTH * DIM);
    og_real *owned[] = {p.values, p.drawings, p.d_values, p.d_drawings, d_values, d_drawings};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
      free(owned[k]);
    og_memory_pass_free(p.pass);
  }
}

enum { WAY = 3, SHOT = 2, QUERIES = 2, DIM = 5, DRAWINGS = WAY * (SHOT + QUERIES) };

typedef struct episode_problem {
  og_head head;
  og_episode_pass *pass;
  og_real *values, *drawings, *d_values, *d_drawings;
} episode_problem;

static og_real episode_loss(void *problem) {
  episode_problem *p = problem;
  return 2 * og_episode_loss(p->pass, p->values, p->drawings, 2, p->d_drawings, p->d_values);
}

static void episodes(void **state) {
  (void)state;
  static const char *const heads[] = {"prototypical", "matching context=0", "matching context=3"};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    episode_problem p = {0};
    assert_int_equal(og_head_parse(heads[i], DIM, &p.head, NULL), OG_OK);
    p.pass = og_episode_pass_create(&p.head, (og_episode_size){WAY, SHOT, QUERIES});
    assert_non_null(p.pass);
    p.values = noise(p.head.count, 1, 20 + i);
    p.drawings = noise(DRAWINGS * DIM, 1, 23);
    og_real *d_values = p.d_values = calloc(p.head.count, sizeof(og_real));
    og_real *d_drawings = p.d_drawings = calloc(DRAWINGS * DIM, sizeof(og_real));
    episode_loss(&p);
    p.d_values = calloc(p.head.count, sizeof(og_real));
    p.d_drawings = calloc(DRAWINGS * DIM, sizeof(og_real));
    compare(heads[i], episode_loss, &p, p.values, d_values, p.head.count);
    compare("its drawings", episode_loss, &p, p.drawings, d_drawings, DRAWINGS * DIM);
    og_real *owned[] = {p.values, p.drawings, p.d_values, p.d_drawings, d_values, d_drawings};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
      free(owned[k]);
    og_episode_pass_free(p.pass);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(lstm), cmocka_unit_test(memory_network),
                                     cmocka_unit_test(episodes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
