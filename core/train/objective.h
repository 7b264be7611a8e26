/* What a net is trained for: which drawings make a batch, and what their outputs should be. */
#ifndef OG_OBJECTIVE_H
#define OG_OBJECTIVE_H

#include "train/trainer_internal.h"

struct og_objective {
  const char *name; /* in recipes */
  /* Images of a batch, and the drawings they are made of. */
  uint32_t (*images)(const og_recipe *recipe);
  uint32_t (*drawings)(const og_recipe *recipe);
  /* NULL if the net's output suits the objective, or what it must be. */
  const char *(*complaint)(const og_recipe *recipe, const og_net *net);
  /* Numbers it learns beside the net's, which lie at t->own with their gradient at t->d_own, and
   * their first values. NULL: none. */
  size_t (*own)(const og_trainer *t);
  void (*start)(og_trainer *t, og_random *random);
  /* Makes t->work, which the objective alone knows, and frees it. NULL: none. */
  og_status (*prepare)(og_trainer *t, og_error *error);
  void (*finish)(og_trainer *t);
  /* Fills t->ids and t->drawings for this step. */
  void (*draw)(og_trainer *t, og_random *random);
  /* Writes the input of image `i`, on the given thread. */
  void (*fill)(og_trainer *t, uint32_t i, uint32_t thread);
  /* The loss of t->embeddings, with t->d_embeddings and the gradient by the log of the scale. */
  float (*loss)(og_trainer *t, float log_scale, float *d_log_scale);
};

/* Embeddings of one class alike, of others apart: InfoNCE over a batch (loss.h). */
extern const og_objective og_objective_embed;
/* One number for a pair of drawings, highest for the candidate that is the query's own character:
 * softmax over candidates that one other hand drew of the characters most like it. */
extern const og_objective og_objective_compare;

/* Which character of the training set a drawing is: softmax over all of them (class_loss.h). The
 * linear layer behind the net is the objective's own. */
extern const og_objective og_objective_classes;
/* Whether two drawings show one character, by Koch's head: two-way, on pairs of which half are of
 * one character; and on all pairs of a batch (pairs.h). */
extern const og_objective og_objective_pairs;
extern const og_objective og_objective_all_pairs;
/* Each query of an episode classified by its support set, by the recipe's head: Matching or
 * Prototypical networks (episode_loss.h); way classes, shot examples and queries of each. */
extern const og_objective og_objective_episodes;
/* The labels of a sequence of drawings, told one step late, by the recipe's head, a network with
 * memory (memory.h): way classes, shot drawings of each. */
extern const og_objective og_objective_memory;

/* For objectives with a head: og_objective.own and .start. Weights begin as a net's do, and LSTMs
 * remember. */
size_t og_head_own(const og_trainer *t);
void og_head_start(og_trainer *t, og_random *random);
/* Before a loss adds to the gradient by the head's numbers: the scale's logarithm is brought back
 * to `log_scale` where it had grown too large, and its gradient is 0. */
void og_head_prepare(og_trainer *t, float log_scale, float *d_log_scale);
/* The kind of the recipe's head; OG_HEAD_COSINE if it has none or no good one. */
og_head_kind og_head_of_recipe(const og_recipe *recipe, const og_net *net);
/* NULL if the recipe's way and shot suit its batches, or what they must be. */
const char *og_episode_complaint(const og_recipe *recipe, const og_net *net);
/* OG_ERROR_FORMAT if the training set lacks the classes or drawings for episodes of the recipe. */
og_status og_episode_possible(const og_trainer *t, og_error *error);

/* The one that a recipe asks for; NULL if there is none of that name. */
const og_objective *og_objective_of(const og_recipe *recipe);

/* A random view of drawing number `drawing`, from the random stream `stream` of this step, into
 * channel `channel` of image `i`. */
void og_trainer_view(og_trainer *t, uint32_t i, uint32_t channel, uint32_t drawing,
                     uint32_t symmetry, uint64_t stream, uint32_t thread);

/* What an image shows. */
typedef struct og_showing {
  uint32_t drawing, symmetry;
  uint64_t stream; /* of random numbers, one of all that the run has */
  int plain;       /* the drawing as it is, neither distorted nor drawn afresh */
} og_showing;

/* The same of a stream that is not the step's own. */
void og_trainer_show(og_trainer *t, uint32_t i, uint32_t channel, const og_showing *what,
                     uint32_t thread);

#endif
