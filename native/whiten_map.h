/* The whitening map of a model (train/whiten.h), measured on drawings. */
#ifndef WHITEN_MAP_H
#define WHITEN_MAP_H

#include "fewshot/dataset.h"

/* Embeds the first drawings of the first `classes` classes of `set` with the model file in `bytes`
 * and makes the map [dim][dim] (malloc). */
og_status whiten_map(const uint8_t *bytes, size_t size, const char *isa, const og_dataset *set,
                     size_t classes, uint32_t threads, float ridge, float **map, og_error *error);

#endif
