/* Fitting how scores become probabilities, on alphabets the net was not trained on. */
#ifndef OG_CALIBRATE_H
#define OG_CALIBRATE_H

#include "fewshot/dataset.h"
#include "fewshot/siamese.h"
#include "fewshot/unknown.h"

/* May change the cosines [count][way] of an episode's queries and examples, one of each class,
 * which are known by their numbers. */
typedef void (*og_episode_look)(void *context, const uint32_t *queries, size_t count,
                                const uint32_t *examples, size_t way, float *cosines);

/* The drawings of a set, and how they are compared. */
typedef struct og_material {
  /* [drawings][dim], of unit length: what og_embed and og_embed_example make of each drawing (they
   * may be the same). */
  const float *queries, *examples;
  size_t dim;
  const og_siamese *siamese; /* by its logits; NULL: by cosines */
  og_episode_look look;      /* NULL: cosines stay as they are */
  void *context;
} og_material;

/* Fits `out` by maximum likelihood on one-shot episodes of `set` (alphabets held out from
 * training), half of whose queries show characters that are not in the support, with several
 * numbers of classes. With `siamese`, temperature and same_* are for its logits, the threshold for
 * its similarities. The crowd of `out` is the caller's and goes into the
 * fit; second_look and example_views are too, and stay. `report` (may be NULL) says how well the
 * best similarity tells known from unknown at the fitted threshold; it is measured on the episodes
 * of the fit. Deterministic: same input, same bits.
 * OG_ERROR_TOO_LARGE if no alphabet has 3 characters that two people drew; OG_ERROR_FORMAT if an
 * embedding is not finite. */
og_status og_calibrate(const og_dataset *set, const og_material *of, uint64_t seed,
                       og_calibration *out, og_detection *report, og_error *error);

/* One query against its support. */
typedef struct og_observation {
  size_t first;   /* where its similarities begin */
  uint32_t way;   /* how many there are */
  uint32_t truth; /* 0 .. way - 1, or OG_UNKNOWN */
  float rise;     /* of the threshold, see og_crowd_rise */
} og_observation;

/* The two fits behind it. Temperature and threshold: P(class i) is proportional to
 * exp(similarity i / temperature), P(none) to exp((threshold + rise) / temperature). */
void og_calibrate_ranking(const float *similarities, const og_observation *observations,
                          size_t count, og_calibration *out);
/* Logistic regression of "the same symbol" on the similarity of pairs. */
void og_calibrate_same(const float *same, size_t same_count, const float *different,
                       size_t different_count, og_calibration *out);

/* The text that og_calibration_parse (net/model.h) reads, nine decimals each. Values are those of
 * og_calibrate: finite and below 10^5. */
enum { OG_CALIBRATION_TEXT = 208 };
void og_calibration_format(const og_calibration *calibration, char text[OG_CALIBRATION_TEXT]);

#endif
