/* Within-class whitening: a linear map after which drawings of one class scatter alike in all
 * directions, so that a direction in which hands differ counts less than one in which characters
 * do (within-class covariance normalisation: Hatch, Kajarekar and Stolcke, Within-class covariance
 * normalization for SVM-based speaker recognition, Interspeech 2006). Before a last layer that only
 * sets the length to one, it is part of the layer before and costs nothing. */
#ifndef OG_WHITEN_H
#define OG_WHITEN_H

#include "oneglyph.h"

/* From embeddings values[count][dim], drawings of a class next to each other as `class_of` [count]
 * says: map[dim][dim] = (S + ridge * trace(S) / dim * I)^(-1/2), scaled to a mean diagonal of 1,
 * where S is the mean scatter around the classes' means. An embedding becomes the row vector times
 * the map. `ridge` > 0. OG_ERROR_FORMAT if the embeddings do not scatter or are not finite,
 * OG_ERROR_MEMORY. */
og_status og_whitening(const float *values, const uint32_t *class_of, size_t count, size_t dim,
                       float ridge, float *map);

/* Each of rows[count][dim] times the map, in place. OG_ERROR_MEMORY. */
og_status og_whitening_apply(const float *map, size_t dim, float *rows, size_t count);

#endif
