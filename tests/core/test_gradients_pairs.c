/* The losses of Koch's head against finite differences, in double, and what they are at known
 * places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "train/pairs.h"

enum { DIM = 21, CLASSES = 4, ROWS = 2 * CLASSES };

typedef struct problem {
  og_real e[ROWS * DIM], d_e[ROWS * DIM];
  og_real head[DIM + 1], d_head[DIM + 1]; /* the bias last */
  int all;
} problem;

static const uint32_t ids[CLASSES] = {8, 16, 8, 24}; /* one class twice */
static const uint8_t same[CLASSES] = {1, 1, 0, 0};

static og_real loss_of(problem *p) {
  og_real logits[2 * ROWS * ROWS];
  const og_siamese head = {DIM, p->head, p->head[DIM]};
  const og_siamese_gradient d = {p->d_head, p->d_head + DIM};
  memset(p->d_head, 0, sizeof p->d_head);
  return p->all ? og_all_pairs_loss(&head, p->e, ids, CLASSES, 0.3, logits, p->d_e, &d)
                : og_pair_loss(&head, p->e, same, CLASSES, p->d_e, &d);
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
  for (int all = 0; all < 2; all++) {
    problem p = {.all = all};
    og_random r = og_random_stream(3, (uint64_t)all);
    for (size_t i = 0; i < ROWS * DIM; i++)
      p.e[i] = (og_real)og_random_unit(&r);
    for (size_t k = 0; k <= DIM; k++)
      p.head[k] = (og_real)og_random_signed(&r);
    loss_of(&p);
    problem kept = p;
    compare(&p, p.e, kept.d_e, ROWS * DIM);
    compare(&p, p.head, kept.d_head, DIM + 1);
  }
}

/* Without weights all pairs are alike: the losses are those of guessing. */
static void guessing(void **state) {
  (void)state;
  problem p = {.all = 0};
  assert_true(fabs(loss_of(&p) - log(2)) < 1e-12);
  p.all = 1;
  /* Rows of the class drawn twice have 5 others, those of the two others 7. */
  og_real rows = (log(5) + log(7)) / 2;
  assert_true(fabs(loss_of(&p) - (0.7 * rows + 0.3 * log(2))) < 1e-12);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(gradients), cmocka_unit_test(guessing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
