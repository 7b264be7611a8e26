/* The loss of a plain classifier. See class_loss.h. */
#include "train/class_loss.h"

#include "train/loss.h"

/* Sums side by side, which vectors can hold. */
enum { LANES = 16 };

static og_real dot(const og_real *a, const og_real *b, size_t count) {
  og_real sums[LANES] = {0}, sum = 0;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (size_t k = 0; k < LANES; k++)
      sums[k] += a[i + k] * b[i + k];
  for (; i < count; i++)
    sum += a[i] * b[i];
  for (size_t k = 0; k < LANES; k++)
    sum += sums[k];
  return sum;
}

static void add_times(og_real *restrict to, const og_real *restrict x, og_real by, size_t count) {
  for (size_t i = 0; i < count; i++)
    to[i] += by * x[i];
}

/* The row's products with the layer's weights, before scale and bias. */
static void multiply(const og_classifier *l, const og_real *x, og_real *products) {
  for (size_t c = 0; c < l->classes; c++)
    products[c] = 0;
  for (size_t k = 0; k < l->dim; k++)
    add_times(products, l->weight + k * l->classes, x[k], l->classes);
}

/* Cross-entropy of one row, whose logits become the gradient by themselves; adds that by the
 * logarithm of the scale. */
static og_real judge(const og_classifier *l, uint32_t truth, og_real scale, og_real *logits,
                     og_real *d_log_scale, og_real share) {
  og_real most = scale * logits[truth] + l->bias[truth], sum = 0, mean = 0;
  og_real own = most, product = logits[truth];
  for (size_t c = 0; c < l->classes; c++) {
    og_real logit = scale * logits[c] + l->bias[c];
    most = logit > most ? logit : most;
  }
  for (size_t c = 0; c < l->classes; c++) {
    og_real part = og_real_exp(scale * logits[c] + l->bias[c] - most);
    sum += part;
    mean += part * logits[c];
    logits[c] = part;
  }
  for (size_t c = 0; c < l->classes; c++)
    logits[c] *= share / sum;
  logits[truth] -= share;
  *d_log_scale += share * scale * (mean / sum - product);
  return og_real_log(sum) + most - own;
}

og_real og_class_loss(const og_classifier *l, const og_real *e, const uint32_t *class_of,
                      size_t rows, og_real log_scale, og_real *logits, og_real *d_e,
                      const og_classifier_gradient *d) {
  og_real scale = og_real_exp(log_scale), share = 1 / (og_real)rows, loss = 0;
  for (size_t i = 0; i < rows; i++, e += l->dim, d_e += l->dim) {
    multiply(l, e, logits);
    loss += judge(l, class_of[i], scale, logits, d->log_scale, share);
    add_times(d->bias, logits, 1, l->classes);
    for (size_t k = 0; k < l->dim; k++) {
      d_e[k] = scale * dot(l->weight + k * l->classes, logits, l->classes);
      add_times(d->weight + k * l->classes, logits, scale * e[k], l->classes);
    }
  }
  return loss * share;
}
