/* One step of the optimiser over everything that is learnt. */
#ifndef OG_UPDATE_H
#define OG_UPDATE_H

#include "train/trainer_internal.h"

/* The learning rate of the step to come. */
float og_trainer_rate(const og_trainer *t);
/* Moves the parameters by t->gradient, which may be changed. */
void og_trainer_update(og_trainer *t, float rate);

#endif
