/* Settings that differ from layer to layer, as Koch's recipe has them. */
#ifndef OG_TUNING_H
#define OG_TUNING_H

#include "net/net.h"

typedef struct og_tuning {
  float rate;     /* factor on the learning rate */
  float decay;    /* weight decay, in place of the recipe's */
  float momentum; /* at the end of the run, optimiser sgd; it begins at 0.5, or at this if less */
  float spread;   /* weights begin normal with this deviation; 0: as usual */
  float offset;   /* biases begin normal around this, deviation 0.01, where spread is not 0 */
} og_tuning;

/* Reads lines "LAYER rate= decay= momentum= spread= offset=", where LAYER may also be "head", the
 * numbers that the objective learns beside the net: out[net->count] is theirs. Layers without a
 * line get rate 1, `decay`, and 0. `text` may be NULL. OG_ERROR_FORMAT for any other line. */
og_status og_tuning_read(const char *text, const og_net *net, float decay,
                         og_tuning out[OG_MAX_LAYERS + 1], og_error *error);

#endif
