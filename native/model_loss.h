/* What a change of a model's file costs, on the alphabets that its recipe held out. */
#ifndef MODEL_LOSS_H
#define MODEL_LOSS_H

#include <stdio.h>

#include "train_validate.h"

/* A model file in memory. */
typedef struct model_bytes {
  uint8_t *bytes;
  size_t size;
} model_bytes;

typedef struct model_loss {
  double cosine; /* least between the embeddings of one drawing */
  trial_count before, after;
} model_loss;

/* Measures both files; `path` is that of the first, whose recipe names the alphabets of Omniglot in
 * `data`. The exit code, after a message if it is not 0. */
int model_loss_measure(const char *path, const char *data, const char *isa, uint32_t threads,
                       const model_bytes *from, const model_bytes *to, model_loss *out);

/* `"held_out":{...}`, and a line of text. */
void model_loss_json(FILE *out, const model_loss *loss);
void model_loss_text(FILE *out, const model_loss *loss);

#endif
