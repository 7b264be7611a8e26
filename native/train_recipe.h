/* A training recipe: a JSON file that says everything about a run but the data's place, the seed
 * and the number of threads. */
#ifndef TRAIN_RECIPE_H
#define TRAIN_RECIPE_H

#include <stdbool.h>

#include "oneglyph.h"
#include "train/train.h"

/* Procedural data (og_dataset_procedural). */
typedef struct procedural {
  uint64_t alphabets; /* 0: none */
  uint64_t loose;     /* how many of them are of loose strokes */
  uint64_t classes, drawers, seed;
} procedural;

/* Compound characters made of those that the run trains on (og_dataset_compounds). */
typedef struct compounds {
  uint64_t alphabets; /* 0: none */
  uint64_t classes, drawers, seed;
  float share; /* og_recipe.compound_share */
} compounds;

typedef struct train_recipe {
  og_recipe core; /* its strings belong to the recipe */
  char *name;     /* of the model */
  char *set;      /* "background" where the file does not say */
  char *start;    /* model file to start from (og_trainer_start), beside the recipe; NULL: none */
  char *teacher;  /* the same of a model to learn from (og_trainer_teach) */
  char *rivals;   /* and of one that ranks rivals (og_trainer_rivals) */
  char **holdout; /* alphabets kept for validation and calibration */
  size_t holdouts;
  bool half, calibrate;
  uint64_t validate_every;  /* steps */
  uint32_t validate_rounds; /* episodes of a validation on the way; 0: as many as usual */
  uint32_t patience_epochs; /* the run ends where the held-out error did not fall for so many times
                             * core.epoch_steps, and its best step is the model; 0: it does not */
  uint32_t drawers;         /* of each alphabet, the first ones, to train on; 0: all */
  uint32_t validation_drawers; /* the next ones, of held-out alphabets; 0: all */
  float whiten;                /* ridge of the whitening at export, see train/whiten.h; 0: none */
  float second_look;           /* weight to be stored, see og_support_look_again; 0: none */
  uint32_t example_views;      /* to be stored, see og_embed_example; 1 to OG_VIEWS */
  float crowd;                 /* to be stored, see og_calibration */
  procedural procedural;       /* in place of Omniglot */
  procedural also;             /* beside the set */
  compounds compounds;         /* beside the set */
  struct train_recipe **then;  /* [stages] the whole recipes of further stages, see below */
  size_t stages;
} train_recipe;

/* Reads a recipe. Keys, types and ranges are checked; the error says "PATH: key "KEY": reason".
 *
 * "then" is an array of stages that follow one another: each starts with the net that the one
 * before it ended with, as a model file would hold it (og_trainer_start), and a seed that is one
 * higher, and has the recipe of the one before it but for the keys it gives. */
og_status train_recipe_read(const char *path, train_recipe **out, og_error *error);
void train_recipe_free(train_recipe *recipe);

/* The recipe of a stage, 0 to recipe->stages. */
const train_recipe *train_recipe_stage(const train_recipe *recipe, size_t stage);

/* The recipe as compact JSON with every key, defaults included, in a fixed order: two recipes are
 * the same if these texts are. malloc; NULL if memory is short. */
char *train_recipe_text(const train_recipe *recipe);

/* The first key on which two recipes, as train_recipe_text writes them, differ and which changes
 * what is learnt; NULL if there is none. Lives in static memory. */
const char *train_recipe_difference(const char *text, const char *other);

#endif
