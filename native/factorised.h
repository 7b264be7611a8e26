/* A model file one of whose fully connected layers is made of two small ones. */
#ifndef FACTORISED_H
#define FACTORISED_H

#include "fewshot/dataset.h"
#include "model_file.h"

/* The fc layer `name`, or the one with most weights if that is NULL; the net's count if there is
 * none. */
size_t factorised_layer(const og_net *net, const char *name);

/* Writes the file anew with `rank` numbers between the layer's input and its outputs: of its sums
 * on `rows` drawings of `set`, evenly spaced, the principal components, weighed by what they do to
 * the layer's activation and, in Koch's net, to the head. Ranges for 16-bit products are left out.
 * OG_ERROR_FORMAT if the drawings' sums have fewer directions. `bytes` is the caller's to free. */
og_status factorised_write(const model_file *file, size_t layer, size_t rank, const og_dataset *set,
                           size_t rows, uint32_t threads, uint8_t **bytes, size_t *size,
                           og_error *error);

#endif
