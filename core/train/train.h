/* Training: a recipe, a data set and a seed in, a model file out. Native only.
 *
 * The trainer is a state that is stepped: the caller owns clock, files and signals, and may write
 * a checkpoint between any two steps. Same recipe, seed, data and number of slices give the same
 * weights, interrupted or not, on any number of threads: a batch is cut into slices, each has sums
 * of its own, and these are added in one order. */
#ifndef OG_TRAIN_H
#define OG_TRAIN_H

#include "fewshot/dataset.h"
#include "ink/ink.h"
#include "oneglyph.h"
#include "train/team.h"

typedef enum og_optimiser {
  OG_ADAMW, /* decay apart from the gradient (Loshchilov and Hutter 2019) */
  OG_ADAM,  /* decay as the gradient of decay * weight^2 */
  OG_SGD,   /* with momentum, see tuning.h; decay as above */
} og_optimiser;

typedef struct og_recipe {
  const char *net;   /* layer list, see net/net.h */
  const char *input; /* see ink/ink.h */
  uint64_t steps;
  uint32_t classes_per_batch; /* each with two drawings, by different drawers */
  float same_alphabet;        /* part of the batches drawn from one or two alphabets, and of
                               * the queries of a net that compares whose candidates are of one */
  uint32_t compounds;         /* how many of the set's last alphabets are of compound characters */
  float compound_share;       /* part of the classes of such batches that are of these; 0: alphabets
                               * are drawn alike. Objectives "embed" and "compare" */
  uint32_t slices;            /* of a batch; 0: as many as threads, so that these decide the sums */
  uint32_t symmetries;        /* 1, 4 or 8: rotations, then flips, each a class of its own */
  float learning_rate, weight_decay, warmup_steps;
  const char *objective; /* what the net learns, by name: see objective.h. NULL: an embedding, or a
                          * net that compares where there are candidates */
  const char *head;      /* what is learnt behind the embedding, see net/head.h; NULL: nothing */
  uint32_t way, shot, queries; /* of an episode; classes_per_batch is a multiple of way */
  uint32_t candidates; /* 0: train an embedding; 2 or more: a net that compares a query with so many
                        * (classes_per_batch is then the number of queries) */
  float scale;         /* first value of the learnt inverse temperature */
  float margin;        /* of objective "embed", see loss.h; 0: none */
  const char *layers;  /* what differs from layer to layer, see tuning.h; NULL: nothing */
  uint32_t optimiser;  /* og_optimiser */
  uint32_t epoch_steps; /* the learning rate falls by a hundredth after so many steps; 0: by half a
                         * cosine to zero at the end */
  uint32_t pairs; /* objective pairs: how many there are, drawn once, see pool.h; 0: endless ones */
  uint32_t
      pair_copies; /* of each: itself, then distorted ones; 0: as 1. Only copies are distorted */
  float binary; /* objectives all-pairs and compare: weight of single pairs beside that of rows, see
                 * pairs.h and loss.h */
  float teacher_weight; /* of og_trainer_teach's term of the loss */
  float ema;            /* decay of the weight average; 0: none */
  float ema_start;      /* part of the run after which averaging begins */
  float
      redraw; /* part of the views drawn afresh from jittered strokes (ink/jitter.h), where known */
  float jitter;                                            /* strength of it */
  float rotate_degrees, stretch, shear, shift, warp, tone; /* augmentation, see augment.h */
  float distortion_chance; /* of each of the first four in a view; 0: as 1, always */
  float style; /* objectives "embed" and "compare": the drawings of one alphabet under one symmetry
                * share such distortions too in a batch, so many times as strong (og_augment_style);
                * 0: none */
} og_recipe;

typedef struct og_trainer og_trainer;

/* Whether there is an objective of that name. */
int og_objective_known(const char *name);

/* Keeps pointers to `train` (and copies the recipe). `threads` >= 1, of which those past the number
 * of slices have nothing to do in the passes; `isa` names the kernels, NULL
 * the best usable ones. Sets of one arithmetic class train the same weights. */
og_status og_trainer_create(const og_recipe *recipe, const og_dataset *train, uint64_t seed,
                            uint32_t threads, const char *isa, og_trainer **out, og_error *error);
void og_trainer_free(og_trainer *trainer);

/* Shares the run with other processes, which must have made the same trainer and brought it to the
 * same step; from then on og_trainer_step is a step of all of them, and has the bits of one process
 * with as many slices. `team` must outlive the trainer. OG_ERROR_ARGUMENT if there are fewer slices
 * than processes. */
og_status og_trainer_join(og_trainer *trainer, const og_team *team, og_error *error);

/* Takes the weights of a model file in place of random ones: before the first step, and before
 * other processes join. The file's net must be the recipe's, or a narrower one that gives as many
 * numbers; of its head nothing is taken, and its drawings may have been placed otherwise. The
 * inverse temperature and the optimiser begin as ever. OG_ERROR_FORMAT for a file that is not such
 * a model. */
og_status og_trainer_start(og_trainer *trainer, const void *bytes, size_t size, og_error *error);

/* Has the net learn to give the embeddings of this model file too, for each view of a batch: the
 * recipe's teacher_weight times the mean of 1 - cosine is added to the loss. Before the first step,
 * and again, with the same file, after loading a checkpoint; before other processes join. Another
 * teacher takes the place of the one before, and of a failure there is none. The
 * file must embed what the recipe's input makes of a drawing in as many numbers as its net:
 * OG_ERROR_FORMAT otherwise, OG_ERROR_ARGUMENT if the objective is another than "embed". */
og_status og_trainer_teach(og_trainer *trainer, const void *bytes, size_t size, og_error *error);

/* Takes for rivals of a character, in place of those whose mean drawings are alike, those whose
 * drawings this model's embeddings take for it. Objective "compare" (OG_ERROR_ARGUMENT otherwise);
 * before the first step, and again, with the same file, after loading a checkpoint.
 * OG_ERROR_FORMAT for a file that is no model that embeds. */
og_status og_trainer_rivals(og_trainer *trainer, const void *bytes, size_t size, og_error *error);

typedef struct og_step {
  uint64_t step;   /* steps done, this one included */
  uint32_t images; /* in this step */
  float loss, scale, learning_rate;
} og_step;

/* One optimiser step. OG_ERROR_FORMAT if the loss or its gradient is not finite: then the step was
 * not taken, but the running statistics of the state are useless; the same if other processes of
 * the run cannot be reached. */
og_status og_trainer_step(og_trainer *trainer, og_step *report, og_error *error);
/* Steps done. */
uint64_t og_trainer_position(const og_trainer *trainer);

/* The whole state as bytes (malloc; the caller frees) and back. Loading checks that recipe, seed,
 * number of slices and data match. */
og_status og_trainer_save(const og_trainer *trainer, uint8_t **bytes, size_t *size);
og_status og_trainer_load(og_trainer *trainer, const uint8_t *bytes, size_t size, og_error *error);

/* The current net (averaged weights where there are any, batch norm folded) as the bytes of a
 * model file. `metadata` is [pairs][2] further keys and values, `half` stores f16. `map` [dim][dim]
 * is applied to the layer before l2norm (see whiten.h), which then must be linear; NULL: none. */
og_status og_trainer_export(const og_trainer *trainer, const char *const (*metadata)[2],
                            size_t pairs, const float *map, int half, uint8_t **bytes, size_t *size,
                            og_error *error);

#endif
