/* One model, or several that judge together.
 *
 * A committee file is JSON: {"format": "oneglyph-committee", "version": 1, "members": [{"model":
 * FILE, "views": 1 to 9, "weight": W}, ...], "calibration": "..."}; FILE is relative to it, views
 * (og_embed_views) and weight are 1 where not said. Its embedding is its members' side by side,
 * each scaled by the root of its weight, so that a cosine is the weighted mean of the members'
 * cosines and everything that takes embeddings works as with one model.
 *
 * It may have a "comparer": {"model": FILE, "top": 2 to 20, "weight": W, "views": 1 to 9}, a net
 * that reads two drawings (og_compare), or a list of up to 8. They then look again at the `top`
 * best classes (5; the greatest that is said counts for all), and W (0.05) times the score of each
 * is added to theirs.
 */
#ifndef COMMITTEE_H
#define COMMITTEE_H

#include "isa.h"
#include "oneglyph.h"

typedef struct committee committee;

/* Reads a model file or a committee file; errors name the file. `with` as for model_read. */
og_status committee_read(const char *path, const kernel_choice *with, committee **out,
                         og_error *error);
void committee_free(committee *c);

/* Reads a file as JSON if it is a committee file; *out is NULL if it is something else. The caller
 * puts the object. */
struct json_object;
og_status committee_list(const char *path, struct json_object **out, og_error *error);

size_t committee_dim(const committee *c);
const og_calibration *committee_calibration(const committee *c);
/* A support set for its embeddings, with the head of a model that is alone. */
og_status committee_support(const committee *c, og_support **out);
/* The first member. */
const og_model *committee_first(const committee *c);

/* Nets that look again at the `top` best classes; a count of 0 if there are none. */
enum { MOST_COMPARING = 8 };
typedef struct comparing_net {
  og_model *model;
  size_t views;
  float weight;
} comparing_net;
typedef struct comparing_nets {
  comparing_net nets[MOST_COMPARING];
  size_t count, top;
} comparing_nets;
const comparing_nets *committee_comparers(const committee *c);

/* Like embed_rasters, committee_dim floats from one embedding to the next. */
og_status committee_embed(const committee *c, const uint8_t *rasters, const uint32_t *which,
                          size_t count, uint32_t threads, float *values);
/* The same for the examples of a support set: each member sees them in `views` views at least, as
 * many as its calibration says if that is 0. */
og_status committee_embed_examples(const committee *c, size_t views, const uint8_t *rasters,
                                   const uint32_t *which, size_t count, uint32_t threads,
                                   float *values);

#endif
