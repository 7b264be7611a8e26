/* Integers in model files: a tensor of I8 or I16 stands for integer * scale, with one scale for
 * each channel, which is the last dimension. The scales of tensor NAME are tensor NAME_scale, F32,
 * positive and such that all of them give finite numbers. */
#ifndef OG_QUANTISE_H
#define OG_QUANTISE_H

#include "net/safetensors.h"

/* The largest integer of a type: -most .. most are used. */
static inline int og_quantise_most(og_dtype dtype) {
  return dtype == OG_I8 ? 127 : 32767;
}

static inline int og_is_integer(og_dtype dtype) {
  return dtype == OG_I8 || dtype == OG_I16;
}

/* The scale at which channel `channel` of values[count] fits -most .. most; 1 if it holds nothing
 * but zeros, or as good as. */
float og_quantise_scale(const float *values, size_t count, size_t channels, size_t channel,
                        int most);

/* The integer nearest to value / scale, within -most .. most; 0 for NaN. */
int og_quantise(float value, float scale, int most);

/* Gives every integer tensor its scales and takes those out of the list of tensors.
 * OG_ERROR_FORMAT if an integer tensor has none that fit. */
og_status og_tensors_bind_scales(og_safetensors *file, og_error *error);

/* Number `i` of an integer tensor with its scale. */
float og_dequantise(const og_tensor *tensor, size_t i);
/* All of them. */
void og_dequantise_all(const og_tensor *tensor, og_real *values);

#endif
