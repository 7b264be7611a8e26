/* AdamW (Loshchilov and Hutter 2019, algorithm 2). */
#ifndef OG_ADAMW_H
#define OG_ADAMW_H

#include <stddef.h>
#include <stdint.h>

/* One step over `count` parameters: beta1 0.9, beta2 0.999, epsilon 1e-8. `step` counts from 1.
 * `decay` is the weight decay, not yet multiplied by the rate. */
void og_adamw(float *parameters, const float *gradient, float *first, float *second, size_t count,
              uint64_t step, float rate, float decay);

#endif
