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

/* Logits as scores of a support set, which lie in [-1, 1]: monotone, 0 where either is as likely,
 * and slow enough to grow that two large logits stay apart. And back, to +-1e6 at most. */
static inline float og_siamese_similarity(float logit) {
  return logit / (1 + (logit < 0 ? -logit : logit));
}
static inline float og_siamese_logit_at(float similarity) {
  float size = similarity < 0 ? -similarity : similarity, left = 1 - size;
  float logit = left > 1e-6f ? size / left : 1e6f;
  return similarity < 0 ? -logit : logit;
}

#endif
