/* A teacher: a finished model, whose embeddings of the same views a net learns to give too, besides
 * what its objective asks for. A small net comes nearer to what a large one does than to what it
 * finds itself (Hinton, Vinyals and Dean, Distilling the knowledge in a neural network, 2015; of
 * embeddings: Romero et al., FitNets, 2015). */
#ifndef OG_TEACHER_H
#define OG_TEACHER_H

#include "train/pass.h"

typedef struct og_teacher og_teacher;

/* Reads a model file, whose input must be `input`, and which must embed one drawing in as many
 * numbers as `learner`. Batch, slices and threads are those of the learner's pass. OG_ERROR_FORMAT
 * for any other file, OG_ERROR_MEMORY. */
og_status og_teacher_create(const void *bytes, size_t size, const og_net *learner,
                            const char *input, const og_kernels *kernels, size_t batch,
                            uint32_t slices, uint32_t threads, og_teacher **out, og_error *error);
void og_teacher_free(og_teacher *teacher);
/* As og_pass_join. */
void og_teacher_join(og_teacher *teacher, const og_team *team);

/* Adds `weight` times the mean of 1 - cosine to the loss: shows the teacher the batch that `pass`
 * was shown, adds the gradient by the embeddings e[batch][dim], which have unit length, to d_e, and
 * the term itself to *loss. Fails only where other processes cannot be reached. */
og_status og_teacher_ask(og_teacher *teacher, const og_pass *pass, float weight, const float *e,
                         float *d_e, float *loss);

#endif
