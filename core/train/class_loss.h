/* The loss of a plain classifier: a linear layer over all classes of the training set, and softmax.
 */
#ifndef OG_CLASS_LOSS_H
#define OG_CLASS_LOSS_H

#include <stdint.h>

#include "base/real.h"

/* The last layer: the logit of class c for features x is scale * x . weight[.][c] + bias[c]. */
typedef struct og_classifier {
  size_t dim, classes;
  const og_real *weight; /* [dim][classes], so that its loops run along the classes */
  const og_real *bias;   /* [classes] */
} og_classifier;

/* Gradient by the layer's numbers, all added to. */
typedef struct og_classifier_gradient {
  og_real *weight; /* [dim][classes] */
  og_real *bias;   /* [classes] */
  og_real *log_scale;
} og_classifier_gradient;

/* The mean cross-entropy of features e[rows][dim], of which row i is of class class_of[i], with
 * scale = exp(log_scale). Writes d_e like e; `logits` is scratch [classes]. */
og_real og_class_loss(const og_classifier *layer, const og_real *e, const uint32_t *class_of,
                      size_t rows, og_real log_scale, og_real *logits, og_real *d_e,
                      const og_classifier_gradient *d_layer);

#endif
