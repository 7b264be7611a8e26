/* The best step of a run. See train_best.h. */
#include "train_best.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

og_status train_best_note(train_run *run, double percent, og_error *error) {
  if (!run->recipe->patience_epochs || (run->about.best_step && percent >= run->about.best_percent))
    return OG_OK;
  run->about.best_step = og_trainer_position(run->trainer);
  run->about.best_percent = percent;
  char *path = train_checkpoint_best(run->checkpoint);
  og_status status = path ? train_checkpoint_write(path, false, &run->about, run->trainer, error)
                          : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  free(path);
  return status;
}

bool train_best_waited_enough(const train_run *run) {
  const train_recipe *recipe = run->recipe;
  uint64_t step = og_trainer_position(run->trainer);
  uint64_t patience = (uint64_t)recipe->patience_epochs * recipe->core.epoch_steps;
  /* Only a validation can tell. */
  uint64_t validated = step - step % recipe->validate_every;
  return patience && run->about.best_step && validated >= run->about.best_step + patience;
}

/* Loads a checkpoint if it is of the step that the run remembers. */
static og_status load(train_run *run, const char *path, og_error *error) {
  train_checkpoint best;
  og_status status = train_checkpoint_read(path, &best, error);
  if (status)
    return status;
  if (best.best_step != run->about.best_step)
    status = og_fail(error, OG_ERROR_FORMAT, path, ": of another step", NULL);
  else
    status = og_trainer_load(run->trainer, best.state, best.state_size, error);
  train_checkpoint_free(&best);
  return status;
}

og_status train_best_take(train_run *run, og_error *error) {
  uint64_t best = run->about.best_step;
  if (!run->recipe->patience_epochs || !best || best == og_trainer_position(run->trainer))
    return OG_OK;
  char *path = train_checkpoint_best(run->checkpoint);
  og_status status =
      path ? load(run, path, error) : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  free(path);
  return status;
}
