/* The loss of a plain classifier against finite differences, in double, and what it is at known
 * places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "train/class_loss.h"

enum { DIM = 5, CLASSES = 37, ROWS = 6, WEIGHTS = DIM * CLASSES };

typedef struct problem {
  og_real e[ROWS * DIM], d_e[ROWS * DIM];
  og_real layer[WEIGHTS + CLASSES], d_layer[WEIGHTS + CLASSES]; /* the biases last */
  og_real log_scale, d_log_scale;
} problem;

static const uint32_t class_of[ROWS] = {0, 36, 3, 3, 17, 20};

static og_real loss_of(problem *p) {
  og_real logits[CLASSES];
  const og_classifier layer = {DIM, CLASSES, p->layer, p->layer + WEIGHTS};
  const og_classifier_gradient d = {p->d_layer, p->d_layer + WEIGHTS, &p->d_log_scale};
  memset(p->d_layer, 0, sizeof p->d_layer);
  p->d_log_scale = 0;
  return og_class_loss(&layer, p->e, class_of, ROWS, p->log_scale, logits, p->d_e, &d);
}

static void compare(problem *p, og_real *at, const og_real *gradient, size_t count) {
  const og_real step = 1e-6;
  for (size_t i = 0; i < count; i++) {
    og_real kept = at[i];
    at[i] = kept + step;
    og_real above = loss_of(p);
    at[i] = kept - step;
    og_real below = loss_of(p);
    at[i] = kept;
    og_real numeric = (above - below) / (2 * step);
    if (fabs(numeric - gradient[i]) > 1e-7 * (1 + fabs(numeric)))
      fail_msg("number %zu: analytic %.12g, numeric %.12g", i, gradient[i], numeric);
  }
}

static void gradients(void **state) {
  (void)state;
  problem p = {.log_scale = 0.9};
  og_random r = og_random_stream(4, 0);
  for (size_t i = 0; i < ROWS * DIM; i++)
    p.e[i] = (og_real)og_random_signed(&r);
  for (size_t i = 0; i < WEIGHTS + CLASSES; i++)
    p.layer[i] = (og_real)og_random_signed(&r);
  loss_of(&p);
  problem kept = p;
  compare(&p, p.e, kept.d_e, ROWS * DIM);
  compare(&p, p.layer, kept.d_layer, WEIGHTS + CLASSES);
  compare(&p, &p.log_scale, &kept.d_log_scale, 1);
}

/* Without weights the loss is that of guessing; with a bias that knows all, none; and logits too
 * large for their powers are no trouble. */
static void known_losses(void **state) {
  (void)state;
  problem p = {.log_scale = 0};
  for (size_t i = 0; i < ROWS; i++)
    p.e[i * DIM] = 1;
  assert_true(fabs(loss_of(&p) - log(CLASSES)) < 1e-12);
  p.layer[class_of[0]] = 2000; /* the first row is right, the others are wrong by so much */
  assert_true(fabs(loss_of(&p) - 2000.0 * (ROWS - 1) / ROWS) < 1e-9);
  for (size_t i = 0; i < WEIGHTS + CLASSES; i++)
    assert_true(isfinite(p.d_layer[i]));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(gradients), cmocka_unit_test(known_losses)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
