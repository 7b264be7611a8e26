/* The state that forward.c, backward.c and norm.c of the trainer share. */
#ifndef OG_PASS_INTERNAL_H
#define OG_PASS_INTERNAL_H

#include "train/pass.h"

/* Images of one slice that go through a layer together: enough tiles for Winograd's products. */
enum { GROUP = 8 };

/* A stage is one layer, or one half of a norm layer, applied to a group of images. A stage that
 * `sums` ends a region: what follows needs its sums over the batch. */
typedef struct og_stage {
  size_t layer;
  enum { STAGE_APPLY, STAGE_SUM } part;
} og_stage;

struct og_pass {
  const og_net *net;
  const og_kernels *kernels;
  og_layout layout;
  size_t batch;
  uint32_t slices, threads;
  uint32_t
      rooms; /* how many threads there is scratch for: those there were before it joined a team */
  uint32_t first, end;                /* this process's slices */
  const og_team *team;                /* NULL: it is alone */
  int lost;                           /* it has lost the others */
  og_stage stages[2 * OG_MAX_LAYERS]; /* forward order */
  size_t stage_count;

  og_real *value[OG_MAX_LAYERS];    /* [batch][plane] outputs; borders stay zero */
  og_real *before[OG_MAX_LAYERS];   /* [batch][h][w][c] conv outputs, norm layers only */
  og_real *gradient[OG_MAX_LAYERS]; /* [batch][h][w][c] of the loss by the output */
  og_real *length_scale;            /* [batch] 1 / length of l2norm layers (one per net) */

  og_form form[OG_MAX_LAYERS];     /* of the forward convolutions */
  og_form back[OG_MAX_LAYERS];     /* of the data gradients */
  og_real *packed[OG_MAX_LAYERS];  /* weights for the forward pass */
  og_real *flipped[OG_MAX_LAYERS]; /* weights for the data gradient */
  og_real *norm_scale[OG_MAX_LAYERS], *norm_shift[OG_MAX_LAYERS];  /* [c] of the batch */
  og_real *norm_mean[OG_MAX_LAYERS], *norm_inverse[OG_MAX_LAYERS]; /* [c] mean, 1 / deviation */
  og_real *grad_mean[OG_MAX_LAYERS], *grad_slope[OG_MAX_LAYERS];   /* [c] see norm.c */

  /* Per slice: sums. */
  og_real **weight_gradient; /* [slices][parameters] */
  og_real **sums;            /* [slices][2 * most channels] */
  og_real **du;              /* [slices][du_size]: weight gradients in Winograd's form */
  /* Per thread. */
  og_real **delta;   /* [rooms][GROUP][largest padded plane]: gradient by conv outputs */
  og_real **scratch; /* [rooms][largest need of a convolution] */
  og_real **panel;   /* [rooms][largest panel of a weight gradient] */
  size_t du_at[OG_MAX_LAYERS], du_size;
};

/* Images `first` .. `first + count - 1` of one slice, on one thread. */
typedef struct og_group {
  size_t first, count;
  uint32_t slice, thread;
} og_group;

/* Runs the stages for each group of images, threads over slices. */
typedef void (*og_stage_fn)(og_pass *pass, const og_stage *stage, og_group group);
void og_pass_run(og_pass *pass, const og_stage *stages, size_t count, og_stage_fn run,
                 void (*finish)(og_pass *pass, size_t layer, void *context), void *context);

/* Adds the numbers of all slices, in their order, and of all processes: to those of slice 0. */
void og_pass_sum(og_pass *pass, og_real **rows, size_t count);

/* The first slice of a thread. */
static inline uint32_t og_pass_slice(const og_pass *p, uint32_t thread) {
  return p->first + (uint32_t)((uint64_t)(p->end - p->first) * thread / p->threads);
}

/* The first image of a slice. */
static inline size_t og_pass_image(const og_pass *p, uint32_t slice) {
  return p->batch * (size_t)slice / p->slices;
}

static inline og_plane og_pass_plane(const og_pass *p, size_t layer, size_t image) {
  const og_layer *l = &p->net->layers[layer];
  return og_plane_of(l, p->value[layer] + image * og_plane_size(l));
}

/* Dense, borderless [h][w][c] storage as a plane. */
static inline og_plane og_pass_dense(const og_pass *p, og_real *const *store, size_t layer,
                                     size_t image) {
  const og_layer *l = &p->net->layers[layer];
  og_plane plane = {store[layer] + image * og_layer_values(l), (size_t)l->width * l->channels,
                    og_layer_values(l)};
  return plane;
}

/* ---- norm.c ---- */
void og_norm_sum(og_pass *pass, size_t layer, size_t image, uint32_t slice);
void og_norm_finish(og_pass *pass, size_t layer, const og_real *parameters, og_real *statistics);
/* The same after setting the layer's numbers so that it only adds its bias. */
void og_norm_settle(og_pass *pass, size_t layer, og_real *parameters, og_real *statistics);
void og_norm_apply(og_pass *pass, size_t layer, size_t image);
void og_norm_gradient_sum(og_pass *pass, size_t layer, size_t image, uint32_t slice);
void og_norm_gradient_finish(og_pass *pass, size_t layer, og_real *gradient);
/* Gradient by the conv's output, into `delta` (a plane of any border). */
void og_norm_gradient_apply(const og_pass *pass, size_t layer, size_t image, og_plane delta);

#endif
