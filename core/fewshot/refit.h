/* A classifier's last layer, refitted to a support set: what transfer from a trained classifier
 * means where there are only a few examples (the baseline of Vinyals and others, Matching networks
 * for one shot learning, NIPS 2016, section 4).
 *
 * It is multinomial logistic regression on embeddings of unit length, with a small price on the
 * squares of its numbers, without which examples that can be told apart would let them grow for
 * ever. Nothing is random and nothing is allocated. */
#ifndef OG_REFIT_H
#define OG_REFIT_H

#include "oneglyph.h"

enum { OG_REFIT_STEPS = 200 }; /* at most, of the solver */

/* Examples, `class_of` below `classes`. Only directions count; zeros are an embedding too. */
typedef struct og_refit_set {
  size_t dim, classes, examples;
  const float *embeddings;  /* [examples][dim] */
  const uint32_t *class_of; /* [examples] */
} og_refit_set;

/* Numbers of a layer, and of the memory that fitting it takes. */
static inline size_t og_refit_layer_size(size_t dim, size_t classes) {
  return (dim + 1) * classes;
}
size_t og_refit_room(const og_refit_set *set);

/* Fits `layer` [dim + 1][classes], the biases last: the sum of the classes' mean cross-entropies
 * plus decay / 2 times the square of every number is made small, by Nesterov's accelerated gradient
 * from zeros until it hardly slopes or OG_REFIT_STEPS are done; 1 / decay is what others call C.
 * Classes count the same however many examples they have; those with the same examples get the same
 * numbers, bit for bit, so that a tie stays one; a class without any only loses. `room` is
 * [og_refit_room]. OG_ERROR_ARGUMENT for a class out of range, no class, or a decay outside 1e-6 to
 * 1e6; OG_ERROR_FORMAT if an embedding is not finite. */
og_status og_refit(const og_refit_set *set, float decay, float *layer, float *room);

/* The logits [classes] of an embedding; their softmax are probabilities. OG_ERROR_FORMAT if it is
 * not finite. */
og_status og_refit_logits(const float *layer, size_t dim, size_t classes, const float *embedding,
                          float *logits);

#endif
