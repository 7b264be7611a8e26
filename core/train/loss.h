/* Losses: InfoNCE over pairs (softmax classification of each drawing among the batch's other half),
 * and softmax over a query's candidates. */
#ifndef OG_LOSS_H
#define OG_LOSS_H

#include "base/real.h"

#include <stdint.h>

/* The natural logarithm. */
og_real og_real_log(og_real x);

/* Embeddings e[2 * classes][dim], pairs next to each other: rows 2 i and 2 i + 1 are two drawings
 * of class ids[i]. With s = exp(log_scale), each even row is classified among the odd rows by
 * softmax over s * cosine, and each odd row among the even ones; other pairs of the same id (a
 * class drawn twice into the batch) are left out. The loss is the mean cross-entropy (van den Oord
 * et al. 2018, as used by Radford et al. 2021). A pair's own cosine counts for `margin` less than
 * it is, so that it must beat the others by as much (the additive margin of Wang et al., CosFace,
 * 2018, section 3). Writes d_e like e and d_log_scale; `logits` is scratch [2][classes][classes].
 */
og_real og_info_nce(const og_real *e, const uint32_t *ids, size_t classes, size_t dim,
                    og_real log_scale, og_real margin, og_real *logits, og_real *d_e,
                    og_real *d_log_scale);

/* Cross-entropy of the probability sigmoid(logit) that two drawings are the same, in the form that
 * neither overflows nor loses digits; writes its derivative. */
og_real og_two_way(og_real logit, int same, og_real *d_logit);

/* Softmax over the scores[queries][each] of each query's candidates, of which the first is its own:
 * the mean cross-entropy, with weight 1 - `binary`. And, with weight `binary`, the two-way
 * cross-entropy of each score as a logit of "the same", a query's own having as much say as all its
 * others, so that scores mean something from one query to another. Writes its gradient d_scores;
 * `each` is at least 2. */
og_real og_candidate_loss(const og_real *scores, size_t queries, size_t each, og_real binary,
                          og_real *d_scores);

#endif
