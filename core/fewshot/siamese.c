/* Koch's head. See siamese.h. */
#include "fewshot/siamese.h"

/* Sums side by side, which vectors can hold. */
enum { LANES = 16 };

og_real og_siamese_logit(const og_siamese *h, const og_real *a, const og_real *b) {
  og_real sums[LANES] = {0}, logit = h->bias;
  size_t k = 0;
  for (; k + LANES <= h->dim; k += LANES)
    for (size_t i = 0; i < LANES; i++) {
      og_real d = a[k + i] - b[k + i];
      sums[i] += h->weight[k + i] * (d < 0 ? -d : d);
    }
  for (size_t i = 0; i < LANES; i++)
    logit += sums[i];
  for (; k < h->dim; k++)
    logit += h->weight[k] * (a[k] < b[k] ? b[k] - a[k] : a[k] - b[k]);
  return logit;
}
