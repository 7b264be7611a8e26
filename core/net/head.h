/* Heads: what a net learnt to do with embeddings, where that is more than a cosine.
 *
 * A head is a word with settings, such as "matching context=5", in a model file's metadata (`head`)
 * and in a recipe. The text says which numbers the head has and in which tensors they lie; trainer,
 * export and loader read that here, and what is computed with them stands in fewshot/. */
#ifndef OG_HEAD_H
#define OG_HEAD_H

#include "oneglyph.h"

typedef enum og_head_kind {
  OG_HEAD_COSINE,   /* no head: scores as og_support_classify describes them */
  OG_HEAD_SIAMESE,  /* "siamese": the logistic function of weighted differences
                     * (fewshot/siamese.h) */
  OG_HEAD_MATCHING, /* "matching context=K": attention over the support; K = 0: each embedding by
                     * itself, else K steps of full context (fewshot/context.h) */
  OG_HEAD_PROTOTYPICAL, /* "prototypical": squared distance to the mean of a class's examples */
  OG_HEAD_MEMORY,       /* "memory hidden= slots= width= reads= classes=" (fewshot/memory.h) */
} og_head_kind;

enum { OG_HEAD_TENSORS = 12, OG_HEAD_DIM = 1024, OG_HEAD_HIDDEN = 512 };

typedef struct og_head_tensor {
  const char *name;
  size_t dims, shape[2], at; /* `at`: its place among the head's numbers */
  int lstm;                  /* the weights or bias of one, gates as in fewshot/lstm.h */
} og_head_tensor;

typedef struct og_head {
  og_head_kind kind;
  size_t dim;                                  /* of the embedding */
  size_t context;                              /* OG_HEAD_MATCHING */
  size_t hidden, slots, width, reads, classes; /* OG_HEAD_MEMORY */
  og_head_tensor tensor[OG_HEAD_TENSORS];      /* weights have two dimensions, biases one */
  size_t tensors, count;                       /* of all tensors' numbers */
} og_head;

/* Reads a head for embeddings of `dim` numbers; NULL is OG_HEAD_COSINE. The last tensor of the
 * others, but OG_HEAD_SIAMESE, is "head.log_scale", the logarithm of the factor before its softmax.
 */
og_status og_head_parse(const char *text, size_t dim, og_head *out, og_error *error);

/* Numbers of tensor `index` and the head's numbers that are its. */
size_t og_head_tensor_count(const og_head *head, size_t index);

#endif
