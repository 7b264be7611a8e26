/* A model file's numbers, for training. */
#ifndef OG_START_H
#define OG_START_H

#include "net/safetensors.h"
#include "train/pass.h"

/* Puts a file's numbers, those of the net `from`, among the parameters of `to`, which is the same
 * net or a wider one: that computes the same then, once its norms do nothing, if the numbers that
 * the file has no place for are left at random. OG_ERROR_FORMAT if one is missing or not finite. */
og_status og_start_take(const og_safetensors *file, const og_net *from, const og_net *to,
                        const og_layout *layout, float *parameters, og_error *error);

#endif
