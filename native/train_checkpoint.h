/* Checkpoints of a training run: the trainer's state, and what the run was, in one file.
 *
 *     "oneglyph checkpoint 1 " crc32 of all that follows, 8 hex digits "\n"
 *     {"recipe": {...}, "seed": ..., "slices": ..., "data": "...", "seconds": ...} "\n"
 *         and, where the recipe has "patience_epochs" and the run was validated,
 *         "best_error_percent": ..., "best_step": ...
 *         and, of a recipe with "then", "stage": ... from the second stage on, which is 1
 *     state, as og_trainer_save wrote it */
#ifndef TRAIN_CHECKPOINT_H
#define TRAIN_CHECKPOINT_H

#include <stdbool.h>

#include "oneglyph.h"
#include "train/train.h"

typedef struct train_checkpoint {
  char *recipe; /* train_recipe_text */
  char *data;   /* train_data.description */
  uint64_t seed;
  uint64_t slices;    /* og_recipe.slices; "threads" in files from before there were any */
  double seconds;     /* trained so far, over all sittings */
  uint64_t best_step; /* of the lowest held-out error, see train_best.h; 0: none is known */
  double best_percent;
  uint64_t stage; /* of the recipe's, see train_recipe_read; the state is its trainer's */
  uint8_t *file;  /* the whole file; private */
  const uint8_t *state;
  size_t state_size;
} train_checkpoint;

/* Reads and checks a checkpoint. OG_ERROR_FORMAT if it is not one or is damaged. */
og_status train_checkpoint_read(const char *path, train_checkpoint *out, og_error *error);
void train_checkpoint_free(train_checkpoint *checkpoint);

/* The path of the checkpoint before the one at `path`, which is kept in case a disk damages the
 * newest; malloc, NULL if memory is short. */
char *train_checkpoint_before(const char *path);

/* The path of the checkpoint of the run's best step (train_best.h); likewise. */
char *train_checkpoint_best(const char *path);

/* Writes the trainer's state and the fields of `about` before `file`, atomically: a crash at any
 * moment leaves the file as it was before or after. With `keep`, what it was stays as
 * train_checkpoint_before where the file system can give a file a second name. */
og_status train_checkpoint_write(const char *path, bool keep, const train_checkpoint *about,
                                 const og_trainer *trainer, og_error *error);

/* Removes what writers of this checkpoint, or of the best one, left when they were killed half-way:
 * the temporary files of file_write_atomic, PATH.XXXXXX.tmp. */
void train_checkpoint_tidy(const char *path);

/* Removes the checkpoint, the one before it and the best one. */
void train_checkpoint_remove(const char *path);

#endif
