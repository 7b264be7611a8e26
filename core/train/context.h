/* Gradients of full context embeddings (fewshot/context.h). */
#ifndef OG_TRAIN_CONTEXT_H
#define OG_TRAIN_CONTEXT_H

#include "fewshot/context.h"

/* What the gradients of a context need to compute in: `carry` [2][dim], `input` [3 * dim], `gates`
 * [4][dim]. */
typedef struct og_context_scratch {
  og_real *carry, *input, *gates;
} og_context_scratch;

/* Adds to the gradients d_support [count][dim] by what og_context_support read, and to the head's
 * `d_values`, given d_out by what it wrote. */
void og_context_support_backward(const og_context *context, const og_head *head, size_t count,
                                 const og_trace *forward, const og_trace *backward,
                                 const og_real *d_out, const og_context_scratch *scratch,
                                 og_real *d_support, og_real *d_values);

/* The same for one query: adds to d_support (by what og_context_query read of the support), d_query
 * and `d_values`, given d_out [dim]. */
void og_context_query_backward(const og_context *context, const og_head *head,
                               const og_real *support, size_t count, const og_trace *trace,
                               const og_real *attention, const og_real *d_out,
                               const og_context_scratch *scratch, og_real *d_support,
                               og_real *d_query, og_real *d_values);

#endif
