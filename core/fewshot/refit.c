/* Refitting a classifier's last layer. See refit.h.
 *
 * The gradient is a difference of two means of embeddings, those that classes should have and those
 * that they are given. Every loop over classes does the same to each, in the same order, which is
 * what keeps ties. */
#include "fewshot/refit.h"

#include "base/exponential.h"
#include "fewshot/support.h"

/* The cross-entropy bends by at most half along any logit, and an embedding with its 1 for the bias
 * has the squared length 2, so no step of 1 overshoots. */
static const float steepest = 1;
/* Part of the largest slope there can be at which more steps change no answer. */
static const float flat = 1e-6f;

typedef struct fit {
  const og_refit_set *set;
  size_t numbers;  /* of a layer */
  float *units;    /* [examples][dim + 1], embeddings of unit length and a 1 */
  float *share;    /* [examples], of the loss */
  float *means;    /* [dim + 1][classes], times 1 / classes */
  float *ahead;    /* a layer: where the next gradient is taken */
  float *gradient; /* a layer */
  float *chances;  /* [classes] */
} fit;

size_t og_refit_room(const og_refit_set *s) {
  return s->examples * (s->dim + 2) + 3 * og_refit_layer_size(s->dim, s->classes) + s->classes;
}

static void lay_out(fit *f, const og_refit_set *s, float *room) {
  f->set = s;
  f->numbers = og_refit_layer_size(s->dim, s->classes);
  f->units = room;
  f->share = f->units + s->examples * (s->dim + 1);
  f->means = f->share + s->examples;
  f->ahead = f->means + f->numbers;
  f->gradient = f->ahead + f->numbers;
  f->chances = f->gradient + f->numbers;
}

static void add_times(float *restrict to, const float *restrict x, float by, size_t count) {
  for (size_t i = 0; i < count; i++)
    to[i] += by * x[i];
}

/* Embeddings of unit length, and what each counts for. */
static og_status take_examples(fit *f) {
  const og_refit_set *s = f->set;
  memset(f->chances, 0, s->classes * sizeof *f->chances);
  for (size_t i = 0; i < s->examples; i++) {
    const float *from = s->embeddings + i * s->dim;
    float *to = f->units + i * (s->dim + 1);
    double length = og_vector_length(from, s->dim);
    if (s->class_of[i] >= s->classes)
      return OG_ERROR_ARGUMENT;
    if (!isfinite(length))
      return OG_ERROR_FORMAT;
    for (size_t k = 0; k < s->dim; k++)
      to[k] = length > 0 ? (float)((double)from[k] / length) : 0;
    to[s->dim] = 1;
    f->chances[s->class_of[i]]++; /* counts, for once */
  }
  for (size_t i = 0; i < s->examples; i++)
    f->share[i] = 1 / (f->chances[s->class_of[i]] * (float)s->classes);
  return OG_OK;
}

static void find_means(fit *f) {
  const og_refit_set *s = f->set;
  memset(f->means, 0, f->numbers * sizeof *f->means);
  for (size_t i = 0; i < s->examples; i++)
    for (size_t k = 0; k <= s->dim; k++)
      f->means[k * s->classes + s->class_of[i]] += f->share[i] * f->units[i * (s->dim + 1) + k];
}

static void multiply(const float *layer, const float *x, size_t rows, size_t classes, float *out) {
  memset(out, 0, classes * sizeof *out);
  for (size_t k = 0; k < rows; k++)
    add_times(out, layer + k * classes, x[k], classes);
}

/* Logits to probabilities. */
static void softmax(float *logits, size_t classes) {
  float most = logits[0], sum = 0;
  for (size_t c = 1; c < classes; c++)
    most = logits[c] > most ? logits[c] : most;
  for (size_t c = 0; c < classes; c++)
    logits[c] = og_exp(logits[c] - most);
  for (size_t c = 0; c < classes; c++)
    sum += logits[c];
  for (size_t c = 0; c < classes; c++)
    logits[c] /= sum;
}

/* The gradient where `ahead` is; returns its largest number. */
static float slope(fit *f, float decay) {
  const og_refit_set *s = f->set;
  size_t rows = s->dim + 1;
  float most = 0;
  for (size_t i = 0; i < f->numbers; i++)
    f->gradient[i] = decay * f->ahead[i] - f->means[i];
  for (size_t i = 0; i < s->examples; i++) {
    const float *x = f->units + i * rows;
    multiply(f->ahead, x, rows, s->classes, f->chances);
    softmax(f->chances, s->classes);
    for (size_t k = 0; k < rows; k++)
      add_times(f->gradient + k * s->classes, f->chances, f->share[i] * x[k], s->classes);
  }
  for (size_t i = 0; i < f->numbers; i++) {
    float size = f->gradient[i] < 0 ? -f->gradient[i] : f->gradient[i];
    most = size > most ? size : most;
  }
  return most;
}

og_status og_refit(const og_refit_set *s, float decay, float *layer, float *room) {
  if (!s->classes || !(decay >= 1e-6f && decay <= 1e6f))
    return OG_ERROR_ARGUMENT;
  fit f;
  lay_out(&f, s, room);
  og_status status = take_examples(&f);
  if (status)
    return status;
  find_means(&f);
  memset(layer, 0, f.numbers * sizeof *layer);
  memset(f.ahead, 0, f.numbers * sizeof *f.ahead);
  /* All of it by the mean over classes, whose slopes do not grow with their number. */
  decay /= (float)s->classes;
  float step = 1 / (steepest + decay), root = sqrtf(step * decay);
  float momentum = (1 - root) / (1 + root);
  for (int i = 0; i < OG_REFIT_STEPS && slope(&f, decay) > flat; i++)
    for (size_t k = 0; k < f.numbers; k++) {
      float next = f.ahead[k] - step * f.gradient[k];
      f.ahead[k] = next + momentum * (next - layer[k]);
      layer[k] = next;
    }
  return OG_OK;
}

og_status og_refit_logits(const float *layer, size_t dim, size_t classes, const float *embedding,
                          float *logits) {
  double length = og_vector_length(embedding, dim);
  if (!isfinite(length))
    return OG_ERROR_FORMAT;
  memcpy(logits, layer + dim * classes, classes * sizeof *logits);
  for (size_t k = 0; k < dim && length > 0; k++)
    add_times(logits, layer + k * classes, (float)((double)embedding[k] / length), classes);
  return OG_OK;
}
