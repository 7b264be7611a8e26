/* Koch's head: how likely two drawings show one character, from how their features differ.
 *
 * With features a and b of two drawings by one net, P(same) = sigmoid(bias + sum over k of
 * weight[k] * |a[k] - b[k]|) (Koch, Zemel, Salakhutdinov 2015, section 3.1). It is symmetric bit
 * for bit, because |a - b| is. */
#ifndef OG_SIAMESE_H
#define OG_SIAMESE_H

#include <stddef.h>

#include "base/real.h"

typedef struct og_siamese {
  size_t dim;
  const og_real *weight; /* [dim] */
  og_real bias;
} og_siamese;

/* The logit: what the logistic function turns into the probability. */
og_real og_siamese_logit(const og_siamese *head, const og_real *a, const og_real *b);

#endif
