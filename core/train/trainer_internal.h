/* The trainer's state, shared by the trainer_*.c. */
#ifndef OG_TRAINER_INTERNAL_H
#define OG_TRAINER_INTERNAL_H

#include "net/head.h"
#include "train/augment.h"
#include "train/pass.h"
#include "train/sampler.h"
#include "train/teacher.h"
#include "train/train.h"
#include "train/tuning.h"

typedef struct og_objective og_objective;

struct og_trainer {
  og_recipe recipe; /* its strings are copies */
  const og_objective *objective;
  og_net net;
  og_input input;
  og_head head;
  og_layout layout;
  og_tuning tuning[OG_MAX_LAYERS + 1]; /* of each layer, and of the objective's own numbers */
  og_augment augment;
  og_sampler sampler;
  og_rivals rivals; /* of a net that compares */
  og_pass *pass;
  const og_kernels *kernels;
  og_teacher *teacher; /* NULL: none */
  og_glyph *glyphs;    /* [drawings] of the training set */
  og_glyph *redrawn;   /* [threads] */
  uint64_t seed, step;
  uint32_t slices, threads;
  uint64_t recipe_hash, data_hash;

  /* Everything a checkpoint keeps, one block of floats. `learnt` counts the parameters and, last,
   * the log of the inverse temperature; `averaged` those and the running statistics of norms. */
  float *state;
  size_t state_count, learnt, averaged;
  float *parameters, *statistics; /* adjacent: [averaged] in all */
  size_t own_count;               /* numbers that the objective learns beside the net's... */
  float *own, *d_own;             /* ...between these and the inverse temperature */
  float *first, *second;          /* AdamW's moments [learnt] */
  float *average;                 /* [averaged] */

  float *gradient, *embeddings, *d_embeddings, *logits, **warp, **sampled;
  float **points; /* [threads][most points of a drawing], where strokes are redrawn */
  uint32_t *ids, *drawings;
  void *work; /* the objective's */
};

/* Strangers that the objective "compare" wants of each class: a sixteenth of all, among which are
 * those that trouble a board of twenty drawn from any alphabets. */
static inline uint32_t og_trainer_strangers(const og_trainer *t) {
  return t->recipe.same_alphabet < 1 ? 1 + (uint32_t)(t->sampler.set->classes / 16) : 0;
}

/* Draws the batch of this step and fills the net's inputs with it. */
void og_trainer_draw(og_trainer *t);

/* FNV-1a over bytes, for telling recipes, data and damage apart (not for security). */
uint64_t og_hash_bytes(uint64_t hash, const void *bytes, size_t size);
#define OG_HASH_START 0xcbf29ce484222325u

/* Whether weights are being averaged at this point of the run. */
static inline int og_trainer_averaging(const og_trainer *t) {
  return t->recipe.ema > 0 &&
         (double)t->step > (double)t->recipe.ema_start * (double)t->recipe.steps;
}

#endif
