/* Forward and backward passes of a net over a batch, on the kernels of inference.
 *
 * Images are dealt to slices in contiguous blocks, and slices to threads. Batch norm needs sums
 * over the whole batch, so a pass is cut into regions at each norm; within a region every thread
 * takes each of its images through all layers while they are in cache. Every sum is taken within a
 * slice, in the order of its images, and then over the slices in theirs, so the same number of
 * slices gives the same bits on any number of threads, and of processes (team.h). */
#ifndef OG_PASS_H
#define OG_PASS_H

#include "net/net.h"
#include "train/team.h"

/* Where a layer's numbers lie in the parameter vector. A norm layer learns gamma and beta and keeps
 * running statistics; another conv learns a bias, which takes beta's place. */
typedef struct og_slots {
  size_t weight, bias, gamma; /* offsets into parameters; gamma only with norm */
  size_t mean, variance;      /* offsets into statistics; only with norm */
} og_slots;

typedef struct og_layout {
  og_slots slots[OG_MAX_LAYERS];
  size_t parameters, statistics;
} og_layout;

void og_layout_make(const og_net *net, og_layout *out);

typedef struct og_pass og_pass;

/* `net` must outlive the pass. Its last layer's values are the batch's embeddings. More threads
 * than slices have nothing to do. */
og_status og_pass_create(const og_net *net, const og_kernels *kernels, size_t batch,
                         uint32_t slices, uint32_t threads, og_pass **out);
void og_pass_free(og_pass *pass);

/* Leaves other processes their part of the slices; `team` (NULL: none) must outlive the pass and be
 * no larger than the number of slices. */
void og_pass_join(og_pass *pass, const og_team *team);
/* The images that are this process's to compute: from `first` up to `end`. */
void og_pass_own(const og_pass *pass, size_t *first, size_t *end);

/* The input plane of image `i`, to be filled before og_pass_forward. */
og_plane og_pass_input(const og_pass *pass, size_t i);

/* Packs the parameters for the kernels and runs the net. Norm layers use the batch's statistics and
 * move `statistics` (running mean and variance) a tenth of the way towards them, or leave them
 * alone if it is NULL. `embeddings` receives [batch][values of the last layer]. Fails only where
 * other processes cannot be reached. */
og_status og_pass_forward(og_pass *pass, const og_real *parameters, og_real *statistics,
                          og_real *embeddings);

/* The same, but each norm layer's gamma and beta are first set to the deviation and mean of what it
 * is given, beta on top of what it was, and its running statistics likewise: so it changes nothing
 * but adds that, the bias of a norm that was folded. Not for a pass that joined a team. */
og_status og_pass_settle(og_pass *pass, og_real *parameters, og_real *statistics,
                         og_real *embeddings);

/* The gradient of a loss with respect to all parameters, given `d_embeddings`, for the latest
 * forward pass. `gradient` is overwritten. */
og_status og_pass_backward(og_pass *pass, const og_real *parameters, const og_real *d_embeddings,
                           og_real *gradient);

#endif
