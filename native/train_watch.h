/* Watching the loss of a run: whether it still learns anything. */
#ifndef TRAIN_WATCH_H
#define TRAIN_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "train/train.h"

/* A net that guesses has a loss of the logarithm of what it chooses from. A loss far above that,
 * and above where the run began, for many steps on end, is one that will not come back. */
typedef struct train_watch {
  double limit;  /* the loss above which a step is suspect */
  double recent; /* mean loss, the newest steps counting most */
  double newest;
  uint64_t steps; /* seen in this sitting */
} train_watch;

/* `anew`: this sitting begins the run, so its first loss counts as where the run began. */
void train_watch_step(train_watch *watch, const og_recipe *recipe, bool anew, double loss);

/* The newest loss is too high for a checkpoint to replace one from better times. */
bool train_watch_suspects(const train_watch *watch);
/* It has been for long enough to end the run. */
bool train_watch_diverged(const train_watch *watch);

#endif
