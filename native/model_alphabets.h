/* Sets of Omniglot by name, among them the two that a model file defines. */
#ifndef MODEL_ALPHABETS_H
#define MODEL_ALPHABETS_H

#include "dataset_load.h"

/* dataset_load for Omniglot's own names. "training" is what the recipe stored in the model file
 * `model` trained on: its set less the alphabets it holds out; "held-out" is those. */
og_status alphabets_load(const char *dir, const char *set, const char *model, og_dataset **out,
                         og_error *error);

#endif
