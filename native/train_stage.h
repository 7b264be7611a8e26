/* The stages of a training command: a recipe's own, and those of its "then". */
#ifndef TRAIN_STAGE_H
#define TRAIN_STAGE_H

#include "train_run.h"

/* What was asked for. */
typedef struct train_request {
  const char *data, *recipe, *out, *log, *checkpoint, *isa;
  bool resume, has_steps, has_threads, has_seed;
  double minutes, save_every;
  uint64_t steps, threads, seed;
} train_request;

/* Everything the command owns. */
typedef struct train_state {
  train_recipe *recipe; /* with all stages */
  size_t stage;
  train_data data;
  train_checkpoint old; /* what the stage continues from; empty: nothing */
  uint8_t *start;       /* the model file that the stage before this one ended with; NULL: none */
  size_t start_size;
  uint32_t slices; /* the recipe's, the checkpoint's, or as many as threads */
  char *recipe_text, *checkpoint_path;
  char *before; /* the checkpoint before, if the newest cannot be used; NULL: it can */
  team team;
  bool apart; /* something happened that the others of the team do not know of */
  train_run run;
} train_state;

/* The same code in all processes: OPTIONS_RUN if that is everybody's. */
int train_agree(train_state *t, int code);

/* In the process that leads, before the first stage: whether those after it will have their data
 * and a recipe that a trainer takes, which is better known now than in an hour. OPTIONS_RUN or an
 * exit code. */
int train_stages_check(const train_request *r, train_state *t);

/* Brings all processes to where the stage begins or goes on: data, trainer, and what it starts
 * from. OPTIONS_RUN or an exit code. */
int train_stage_enter(train_request *r, train_state *t);

/* Steps until the stage or the sitting ends. After the last stage, or when time is over, the model
 * is written; else OPTIONS_RUN, and the next stage may be entered. */
int train_stage_go(const train_request *r, train_state *t);

/* Frees what belongs to the stage. */
void train_stage_leave(train_state *t);

#endif
