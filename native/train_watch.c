/* Watching the loss of a run. See train_watch.h. */
#include "train_watch.h"

#include <math.h>

/* Half of the weight of the mean is the last 22 steps; a verdict takes three times as many. */
static const double memory = 31.0 / 32;
enum { VERDICT_STEPS = 64 };

void train_watch_step(train_watch *watch, const og_recipe *recipe, bool anew, double loss) {
  if (!watch->steps++) {
    double guess = log(recipe->candidates ? recipe->candidates : recipe->classes_per_batch);
    watch->limit = fmax(2 * guess, anew ? 1.5 * loss : 0);
    watch->recent = loss;
  }
  watch->recent = memory * watch->recent + (1 - memory) * loss;
  watch->newest = loss;
}

bool train_watch_suspects(const train_watch *watch) {
  return watch->newest > watch->limit;
}

bool train_watch_diverged(const train_watch *watch) {
  return watch->steps >= VERDICT_STEPS && watch->recent > watch->limit;
}
