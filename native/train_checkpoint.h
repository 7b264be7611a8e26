/* Checkpoints of a training run: the trainer's state, and what the run was, in one file.
 *
 *     "oneglyph checkpoint 1 " crc32 of all that follows, 8 hex digits "\n"
 *     {"recipe": {...}, "seed": ..., "slices": ..., "data": "...", "seconds": ...} "\n"
 *     state, as og_trainer_save wrote it */
#ifndef TRAIN_CHECKPOINT_H
#define TRAIN_CHECKPOINT_H

#include "oneglyph.h"
#include "train/train.h"

typedef struct train_checkpoint {
  char *recipe; /* train_recipe_text */
  char *data;   /* train_data.description */
  uint64_t seed;
  uint64_t slices; /* og_recipe.slices; "threads" in files from before there were any */
  double seconds;  /* trained so far, over all sittings */
  uint8_t *file;   /* the whole file; private */
  const uint8_t *state;
  size_t state_size;
} train_checkpoint;

/* Reads and checks a checkpoint. OG_ERROR_FORMAT if it is not one or is damaged. */
og_status train_checkpoint_read(const char *path, train_checkpoint *out, og_error *error);
void train_checkpoint_free(train_checkpoint *checkpoint);

/* The path of the checkpoint before the one at `path`, which is kept in case a disk damages the
 * newest; malloc, NULL if memory is short. */
char *train_checkpoint_before(const char *path);

/* Writes the trainer's state and the first five fields of `about`, atomically: a crash at any
 * moment leaves the file as it was before or after. What it was stays as train_checkpoint_before
 * where the file system can give a file a second name. */
og_status train_checkpoint_write(const char *path, const train_checkpoint *about,
                                 const og_trainer *trainer, og_error *error);

/* Removes what writers of this checkpoint left when they were killed half-way: the temporary files
 * of file_write_atomic, PATH.XXXXXX.tmp. */
void train_checkpoint_tidy(const char *path);

/* Removes the checkpoint and the one before it. */
void train_checkpoint_remove(const char *path);

#endif
