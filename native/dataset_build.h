/* From a list of drawings with names to an og_dataset. */
#ifndef DATASET_BUILD_H
#define DATASET_BUILD_H

#include "fewshot/dataset.h"

/* One drawing as it was found; `class` may contain a '/', and what stands before it is the
 * alphabet. */
typedef struct item {
  char *class;
  uint32_t drawer;
  const uint8_t *bytes; /* a picture to decode, or NULL if `raster` holds it already */
  size_t size;
  const char *name; /* for messages */
  uint8_t *raster;  /* malloc, or NULL */
  size_t place;     /* set by dataset_build */
} item;

/* Sorts the items by alphabet, class, drawer and the order they were given in, decodes pictures in
 * parallel and fills a data set. `path` is named in errors. `omniglot` demands what holds for all
 * of Omniglot: pictures of 105 x 105 pixels, and one drawing of a character by each drawer. */
og_status dataset_build(const char *path, item *items, size_t count, int omniglot, og_dataset **out,
                        og_error *error);

#endif
