/* Full context embeddings (Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra, Matching
 * networks for one shot learning, NIPS 2016, section 2.1 and appendix A): what an example means
 * depends on the others of its support set, and what a query means on all of them.
 *
 * The support goes through an LSTM forward and another backward; an example's embedding is the sum
 * of their outputs and its own. A query goes through `steps` steps of an LSTM that reads the query,
 * its last output plus the query, and what that attends to in the support. */
#ifndef OG_CONTEXT_H
#define OG_CONTEXT_H

#include "fewshot/lstm.h"
#include "net/head.h"

typedef struct og_context {
  size_t dim, steps;
  og_lstm forward, backward, query;
  og_real log_scale; /* of products before the softmax of attention */
} og_context;

/* `values` [head->count] belong to a head OG_HEAD_MATCHING with context and must outlive the
 * result. */
void og_context_of(const og_head *head, const og_real *values, og_context *out);

/* What an LSTM computed over some steps; the gradient needs all of it. */
typedef struct og_trace {
  og_real *input;  /* [steps][inputs] */
  og_real *gates;  /* [steps][4][dim] */
  og_real *cells;  /* [1 + steps][dim], from zeros */
  og_real *output; /* [1 + steps][dim], from zeros; a query's with the query added */
} og_trace;

/* Numbers that a trace takes, and one in such memory. */
size_t og_trace_size(const og_lstm *lstm, size_t steps);
void og_trace_at(const og_lstm *lstm, size_t steps, og_real *numbers, og_trace *out);

/* Embeddings support[count][dim] in the context of each other. */
void og_context_support(const og_context *context, const og_real *support, size_t count,
                        const og_trace *forward, const og_trace *backward, og_real *out);

/* The embedding query[dim] in that of `support`, as og_context_support left it. `attention` is
 * [steps][count]; returns its place in the trace. */
const og_real *og_context_query(const og_context *context, const og_real *support, size_t count,
                                const og_real *query, const og_trace *trace, og_real *attention);

#endif
