/* Data sets as IDX files: MNIST and its like. */
#ifndef DATASET_IDX_H
#define DATASET_IDX_H

#include "fewshot/dataset.h"

/* An IDX file, as MNIST's page describes it (LeCun, Cortes, Burges): two zero bytes, the type of
 * the numbers (8: bytes), how many dimensions, each dimension's size in four bytes, the greatest
 * first, then the numbers. */
typedef struct idx {
  uint32_t size[3];    /* of the dimensions there are, then ones */
  const uint8_t *data; /* within the bytes that were read */
} idx;

/* Reads the header of `bytes`, which must hold exactly what it says: bytes in `dimensions`
 * dimensions (1 .. 3), none of them empty. The error does not name the file. */
og_status idx_read(const uint8_t *bytes, size_t size, uint32_t dimensions, idx *out,
                   og_error *error);

enum { MOST_IDX_IMAGES = 1 << 16, MOST_IDX_SIDE = 256 };

/* Grey images [count][rows][columns], 0 being paper, with their labels [count], both as IDX. Their
 * ink is found as any picture's is (og_raster_from_rgba). Classes are named by their labels, "0" to
 * "255"; all are of one alphabet, drawers unknown. `path` is named in errors. */
og_status dataset_read_idx(const char *path, const uint8_t *images, size_t images_size,
                           const uint8_t *labels, size_t labels_size, og_dataset **out,
                           og_error *error);

/* MNIST's "test" or "train" set out of `dir`: t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or
 * train-..., a '.' in place of the last '-' allowed, plain or gzipped, with or without ".gz". */
og_status dataset_load_idx(const char *dir, const char *set, og_dataset **out, og_error *error);

#endif
