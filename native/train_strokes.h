/* Pen strokes for a set of Omniglot images. */
#ifndef TRAIN_STROKES_H
#define TRAIN_STROKES_H

#include "fewshot/dataset.h"

/* Puts the strokes in DIR/strokes_background_simplified.jsonl.gz into `set`, a background set:
 * lines of {"class": ..., "drawer": ..., "strokes": ...} in image pixels. Lines of classes or
 * drawers that the set does not have are passed over, and so are strokes that leave ink of their
 * image uncovered. OG_ERROR_EMPTY if none fits. */
og_status train_strokes_load(const char *dir, og_dataset *set, og_error *error);

#endif
