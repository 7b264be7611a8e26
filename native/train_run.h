/* One sitting of a training run: steps, validation, log and checkpoints until it ends. */
#ifndef TRAIN_RUN_H
#define TRAIN_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include "team.h"
#include "train_checkpoint.h"
#include "train_data.h"
#include "train_recipe.h"
#include "train_validate.h"

typedef struct train_run {
  const train_recipe *whole;  /* with all stages */
  const train_recipe *recipe; /* of the stage that is run */
  const train_data *data;
  og_trainer *trainer;
  const team *team;       /* the processes of the run */
  train_checkpoint about; /* what checkpoints say of the run; `seconds`: of earlier sittings */
  const char *checkpoint; /* path */
  uint32_t threads;
  const char *isa;     /* kernels for validation; NULL: the best */
  double minutes;      /* of this sitting; 0: no limit */
  double save_every;   /* seconds from checkpoint to checkpoint, at most */
  FILE *log;           /* JSON lines; NULL: none */
  bool has_checkpoint; /* kept up to date by train_run_go: there is one... */
  uint64_t saved_step; /* ...of so many steps */
} train_run;

typedef enum train_end {
  TRAIN_COMPLETE,    /* all steps of the recipe are done */
  TRAIN_TIME,        /* the minutes are over; a checkpoint was written */
  TRAIN_INTERRUPTED, /* SIGINT or SIGTERM; a checkpoint was written */
  TRAIN_PATIENCE,    /* complete before its last step: see train_best.h */
} train_end;

/* Steps until the run ends. The caller has called stop_catch, so that SIGINT and SIGTERM let the
 * step in progress finish and a second signal kills. On an error the last checkpoint stays, and
 * none is written of a net whose loss has left all bounds (train_watch.h), which is an error too.
 */
og_status train_run_go(train_run *run, train_end *end, og_error *error);

/* Embeds the held-out alphabets with the model file in `bytes` and counts its errors on them,
 * examples seen in `views` views, in `rounds` episodes; 0: as many as usual. The caller frees the
 * embeddings, of which a net that compares has none. */
og_status train_run_validate(const train_run *run, const uint8_t *bytes, size_t size, size_t views,
                             uint64_t rounds, embeddings *held_out, trial_count *count,
                             og_error *error);

#endif
