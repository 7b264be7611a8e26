/* What `eval` can measure: nets and untrained baselines, all as scores of a query's classes. */
#ifndef EVAL_JUDGE_H
#define EVAL_JUDGE_H

#include "base/random.h"
#include "isa.h"
#include "oneglyph.h"

/* Who judges, and the drawings of an evaluation. */
typedef struct judge judge;

/* `name` is a model file, or
 * - "random": a uniformly random guess,
 * - "pixel": nearest neighbour by squared Euclidean distance of the rasters,
 * - "hausdorff": nearest neighbour by modified Hausdorff distance (Dubuisson and Jain 1994) of the
 *   ink's pixel coordinates less their mean, as in Lake's demo of the one-shot runs,
 * - "idm": nearest neighbour under the image deformation model (Keysers et al. 2007), both ways,
 * - "refit:FILE": the embeddings of the model FILE, by a softmax layer that is fitted to each
 *   support set (fewshot/refit.h), whatever head or second look FILE has.
 * A file of such a name is meant by "./random". `rasters` [count] must outlive the judge. */
og_status judge_create(const char *name, const kernel_choice *with, const uint8_t *rasters,
                       size_t count, uint32_t threads, judge **out, og_error *error);
void judge_free(judge *j);

/* The model file that such a name means; the name itself for the others. */
const char *judge_file(const char *name);

/* Makes drawings ready that are to be judged, examples and queries; each is embedded once. Only
 * then may they be judged. Not while others judge. */
og_status judge_ready(judge *j, const uint32_t *support, size_t examples, const uint32_t *query,
                      size_t queries, uint32_t threads, og_error *error);

/* Milliseconds of a processor for one embedding; negative for baselines. */
double judge_milliseconds(const judge *j);

/* Threshold and crowd of the model's calibration; 0 for baselines and refitted layers. */
float judge_threshold(const judge *j);
float judge_crowd(const judge *j);

/* Judges the queries of one episode, each alone: scores[queries][way], greater is better, finite.
 * Nets are asked through og_support_classify; baselines score a class by its nearest example, and
 * refitted layers by its logit.
 * Indices are drawings. `random` serves the guessing. May be called by several threads. */
og_status judge_scores(const judge *j, const uint32_t *support, size_t way, size_t shot,
                       const uint32_t *query, size_t queries, og_random *random, float *scores);

/* The probability that two drawings show one symbol, judged alone, by their embeddings and by the
 * comparer if there is one: a second look, which chooses between the best two classes, has no say.
 * OG_ERROR_UNSUPPORTED for baselines and refitted layers. */
og_status judge_same(const judge *j, uint32_t a, uint32_t b, float *same);

#endif
