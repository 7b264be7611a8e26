/* Loss of an episode: each query classified by its support set, as Matching networks (Vinyals et
 * al. 2016) or Prototypical networks (Snell, Swersky and Zemel, Prototypical networks for few-shot
 * learning, NIPS 2017) do. */
#ifndef OG_EPISODE_LOSS_H
#define OG_EPISODE_LOSS_H

#include "net/head.h"

#include "base/real.h"

typedef struct og_episode_size {
  size_t way, shot, queries; /* queries of each class */
} og_episode_size;

typedef struct og_episode_pass og_episode_pass;

/* Room for episodes of a size by a head of kind OG_HEAD_MATCHING or OG_HEAD_PROTOTYPICAL, which
 * must outlive it. NULL if memory is short. */
og_episode_pass *og_episode_pass_create(const og_head *head, og_episode_size size);
void og_episode_pass_free(og_episode_pass *pass);

/* The mean cross-entropy of the queries of one episode. x[way][shot + queries][dim] are embeddings,
 * of each class first its support. A class's logit is, with s = exp(log_scale),
 * - matching: the logarithm of the mean of e^(s cosine) over its examples, after full context where
 *   the head has it: the softmax of these is the attention a class gets in all;
 * - prototypical: -s / 2 times the squared distance of the query to the mean of its examples, all
 *   embeddings of unit length.
 * Writes d_x and adds to `d_values`, the gradient by the head's numbers `values`, both times
 * `weight`. */
og_real og_episode_loss(og_episode_pass *pass, const og_real *values, const og_real *x,
                        og_real weight, og_real *d_x, og_real *d_values);

#endif
