/* AdamW. See adamw.h. */
#include "train/adamw.h"

#include <math.h>

void og_adamw(float *restrict p, const float *restrict g, float *restrict m, float *restrict v,
              size_t count, uint64_t step, float rate, float decay) {
  const float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  float correct1 = (float)(1 / (1 - pow(0.9, (double)step)));
  float correct2 = (float)(1 / (1 - pow(0.999, (double)step)));
  for (size_t i = 0; i < count; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    p[i] -= rate * (m[i] * correct1 / (sqrtf(v[i] * correct2) + epsilon) + decay * p[i]);
  }
}
