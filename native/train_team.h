/* A training run that several processes share. */
#ifndef TRAIN_TEAM_H
#define TRAIN_TEAM_H

#include "train_run.h"

/* What the leader has settled, and where the run stands. */
typedef struct train_plan {
  uint64_t seed, slices, stage;
  uint64_t size;  /* of `state`; 0: the run begins */
  uint8_t *state; /* og_trainer_save's; malloc, the caller frees */
} train_plan;

/* Tells all what the leader plans; a plan with all of it comes out on the
 * others. OG_ERROR_MEMORY, or OG_ERROR_FORMAT if others cannot be reached. */
og_status train_team_plan(const team *all, train_plan *plan, og_error *error);

/* Tells all how the sitting ends, or TRAIN_COMPLETE before each step that is to be taken. */
og_status train_team_tell(const train_run *run, train_end *end, og_error *error);

/* Now and then: that all have the same weights still. They have, unless machines or libraries of
 * mathematics differ. */
og_status train_team_check(const train_run *run, og_error *error);

/* train_run_go of those that do not lead: the steps, and nothing else. */
og_status train_team_follow(const train_run *run, train_end *end, og_error *error);

#endif
