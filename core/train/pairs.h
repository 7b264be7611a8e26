/* Losses of a net that tells whether two drawings show one character, by Koch's head
 * (fewshot/siamese.h). */
#ifndef OG_PAIRS_H
#define OG_PAIRS_H

#include <stdint.h>

#include "fewshot/siamese.h"

/* Gradient by the head's numbers, both added to. */
typedef struct og_siamese_gradient {
  og_real *weight; /* [dim] */
  og_real *bias;
} og_siamese_gradient;

/* Rows 2 i and 2 i + 1 of e[2 * pairs][dim] are a pair, of one character if same[i]. The loss is
 * the mean cross-entropy of its probability (Koch 2015, section 3.2). Writes d_e like e. */
og_real og_pair_loss(const og_siamese *head, const og_real *e, const uint8_t *same, size_t pairs,
                     og_real *d_e, const og_siamese_gradient *d_head);

/* Rows 2 i and 2 i + 1 of e[2 * classes][dim] are two drawings of class ids[i]; every two rows are
 * a pair, but for other pairs of one id (a class drawn twice into the batch). The loss is
 * (1 - binary) times the mean cross-entropy of each row's softmax over its logits with all others,
 * of which one is right, and `binary` times the cross-entropy of probabilities, where pairs of one
 * class and of two have half of the weight each. Writes d_e like e; `logits` is scratch
 * [2][2 * classes][2 * classes]. */
og_real og_all_pairs_loss(const og_siamese *head, const og_real *e, const uint32_t *ids,
                          size_t classes, og_real binary, og_real *logits, og_real *d_e,
                          const og_siamese_gradient *d_head);

#endif
