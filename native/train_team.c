/* A training run that several processes share. See train_team.h. */
#include "train_team.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/error.h"
#include "stop.h"

enum { CHECK_STEPS = 50 };

static og_status lost(og_error *error) {
  return og_fail(error, OG_ERROR_FORMAT, "another process of this run has ended", NULL);
}

og_status train_team_plan(const team *all, train_plan *plan, og_error *error) {
  uint64_t words[] = {plan->seed, plan->slices, plan->stage, plan->size};
  if (!team_tell(all, words, sizeof words))
    return lost(error);
  if (!team_leads(all)) {
    *plan = (train_plan){.seed = words[0], .slices = words[1], .stage = words[2], .size = words[3]};
    plan->state = malloc(plan->size + 1);
  }
  uint64_t failed = plan->size && !plan->state;
  if (!team_most(all, &failed))
    return lost(error);
  if (failed)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  return team_tell(all, plan->state, plan->size) ? OG_OK : lost(error);
}

og_status train_team_tell(const train_run *run, train_end *end, og_error *error) {
  return team_tell(run->team, end, sizeof *end) ? OG_OK : lost(error);
}

og_status train_team_check(const train_run *run, og_error *error) {
  uint64_t step = og_trainer_position(run->trainer);
  if (run->team->core.size == 1 || (step % CHECK_STEPS && step != run->recipe->core.steps))
    return OG_OK;
  uint8_t *bytes;
  size_t size;
  og_status status = og_trainer_save(run->trainer, &bytes, &size);
  uLong mine = status ? 0 : crc32_z(0, bytes, size);
  uint64_t most = mine, least = ~(uint64_t)mine;
  if (!status)
    free(bytes);
  if (!team_most(run->team, &most) || !team_most(run->team, &least))
    return lost(error);
  if (most != ~least)
    return og_fail(error, OG_ERROR_UNSUPPORTED,
                   "the processes differ in their weights: they need like machines, and the same"
                   " kernels (--isa)",
                   NULL);
  return status;
}

og_status train_team_follow(const train_run *run, train_end *end, og_error *error) {
  stop_state before;
  og_status status = OG_OK;
  og_step step;
  *end = TRAIN_COMPLETE;
  stop_catch(&before);
  while (!status && og_trainer_position(run->trainer) < run->recipe->core.steps) {
    status = train_team_tell(run, end, error);
    if (status || *end != TRAIN_COMPLETE)
      break;
    status = og_trainer_step(run->trainer, &step, error);
    if (!status)
      status = train_team_check(run, error);
  }
  stop_release(&before);
  return status;
}
