/* Comparing a query with a support set. See oneglyph.h.
 *
 * One pass over the examples: classes go into a heap of the best `capacity` with the worst on top,
 * and into a running softmax, so neither memory that grows nor a second pass is needed. */
#include <float.h>

#include "base/exponential.h"
#include "fewshot/siamese.h"
#include "fewshot/support.h"
#include "fewshot/unknown.h"

enum {
  FAST_DIM = 1024,
  MANY = 64,                 /* similarities whose powers are made together */
  LANES = 8,                 /* sums of them side by side */
  BLOCK = 16 * OG_DOT_PANEL, /* products at a time */
  LINE = 64,                 /* bytes that memory gives at once */
  AHEAD = 2,                 /* lines asked for per product */
  MOST_LOGIT = 1000000,
};

/* A cosine whose rounding must not leave [-1, 1]. */
static float cosine(double product, double lengths) {
  double c = lengths > 0 ? product / lengths : 0;
  return (float)(c > 1 ? 1 : c < -1 ? -1 : c);
}

/* How much of a class's score is its nearest example's, the rest being its prototype's: half, but
 * more for a near copy of an example and all for the very same drawing, so that a drawing that was
 * just taught is known whatever else its class holds. */
static float nearest_share(float similarity) {
  float share = (similarity - 0.9f) * 10;
  return share < 0.5f ? 0.5f : share > 1 ? 1 : share;
}

/* A sum of e^((value - top) / temperature) that grows without overflow. */
typedef struct softmax {
  float top, sum, temperature;
} softmax;

static float part(const softmax *s, float value) {
  return og_exp((value - s->top) / s->temperature);
}

static void include(softmax *s, float value) {
  if (value > s->top) {
    float old = s->top;
    s->top = value;
    s->sum *= part(s, old);
  }
  s->sum += part(s, value);
}

/* Includes the first `count` of values[MANY], whose powers a compiler can make side by side. */
static void include_many(softmax *s, float *values, size_t count) {
  float parts[MANY], old = s->top;
  for (size_t i = 0; i < count; i++)
    s->top = values[i] > s->top ? values[i] : s->top;
  for (size_t i = count; i < MANY; i++)
    values[i] = s->top;
  s->sum *= part(s, old);
  for (size_t i = 0; i < MANY; i++)
    parts[i] = part(s, values[i]);
  for (size_t i = 0; i < count; i++)
    s->sum += parts[i];
}

/* A query and what it takes to compare it. */
typedef struct query {
  const og_support *set;
  const float *at;
  double length;
  int fast;
  float packed[FAST_DIM / 2]; /* if fast: the query at unit length, in place of it */
} query;

/* Sets too small to be slow keep double precision and plain loops. Both ways give the same bits
 * everywhere: integers are exact. */
static void prepare(query *q, const og_support *s, const float *at, double length) {
  q->set = s;
  q->at = at;
  q->length = length;
  q->fast = s->packed && s->dim <= FAST_DIM;
  if (!q->fast)
    return;
  q->packed[s->units - 1] = 0;
  for (size_t k = 0; k < s->dim; k++)
    og_pack_element(q->packed, 1, k, length > 0 ? (float)((double)at[k] / length) : 0);
  q->length = length > 0;
}

/* The logits of Koch's head in place of products; doubles, so that no finite numbers overflow. */
static void differ(const query *q, size_t first, size_t count, double *logits) {
  const og_support *s = q->set;
  for (size_t i = 0; i < count; i++) {
    const float *vector = og_support_vector(s, first + i);
    double logit = (double)s->head_values[s->dim];
    for (size_t k = 0; k < s->dim; k++)
      logit +=
          (double)s->head_values[k] * fabs((double)q->at[k] - (double)vector[k * OG_DOT_PANEL]);
    logits[i] = logit > MOST_LOGIT ? MOST_LOGIT : logit < -MOST_LOGIT ? -MOST_LOGIT : logit;
  }
}

/* The query's products with `count` examples from `first` on, the first of a panel. */
static void multiply(const query *q, size_t first, size_t count, double *products) {
  const og_support *s = q->set;
  if (s->head.kind == OG_HEAD_SIAMESE) {
    differ(q, first, count, products);
    return;
  }
  if (q->fast) {
    float fast[BLOCK];
    size_t panels = (count + OG_DOT_PANEL - 1) / OG_DOT_PANEL;
    s->kernels->dots(&(og_dots){panels, s->units, q->packed, og_support_scored(s, first), fast});
    for (size_t i = 0; i < count; i++)
      products[i] = (double)fast[i] * (1 / ((double)OG_PACKED_ONE * OG_PACKED_ONE));
    return;
  }
  for (size_t i = 0; i < count; i++) {
    const float *vector = og_support_scored(s, first + i);
    products[i] = 0;
    for (size_t k = 0; k < s->dim; k++)
      products[i] += (double)q->at[k] * (double)og_support_element(s, vector, k);
  }
}

/* Products with the examples around a place, made a block at a time as they are asked for. */
typedef struct stream {
  const query *query;
  size_t first, count; /* the examples of `products` */
  double products[BLOCK];
} stream;

/* The products from `example` on, up to `most` of them, and how many they are. Meanwhile the memory
 * that the next block will need can be on its way: waiting for it takes most of the time. */
static const double *products_at(stream *s, size_t example, size_t most, size_t *count) {
  const og_support *set = s->query->set;
  if (example >= s->first + s->count) {
    size_t left = set->example_count - example;
    s->first = example;
    s->count = left < BLOCK ? left : BLOCK;
    multiply(s->query, s->first, s->count, s->products);
  }
  size_t at = example - s->first, left = s->count - at;
  *count = most < left ? most : left;
  uintptr_t next = (uintptr_t)og_support_scored(set, s->first + BLOCK);
  for (size_t line = at * AHEAD; s->query->fast && line < (at + *count) * AHEAD; line++)
    __builtin_prefetch((const void *)(next + line * LINE));
  return s->products + at;
}

/* Scores the class whose examples begin at `first`. */
static og_match match_class(stream *products, const og_class *class, size_t first) {
  const query *q = products->query;
  og_match m = {.class_id = class->id};
  double sum = 0, best = -INFINITY;
  size_t nearest = first, count;
  for (size_t i = first, end = first + class->examples; i < end; i += count) {
    const double *product = products_at(products, i, end - i, &count);
    for (size_t j = 0; j < count; j++) {
      int nearer = product[j] > best; /* as likely as not, so not worth a branch */
      sum += product[j];
      best = nearer ? product[j] : best;
      nearest = nearer ? i + j : nearest;
    }
  }
  m.nearest = q->set->ids[nearest];
  m.nearest_similarity = cosine(best, q->length);
  float prototype =
      class->examples == 1 ? m.nearest_similarity : cosine(sum, q->length * class->length);
  m.similarity =
      prototype + (m.nearest_similarity - prototype) * nearest_share(m.nearest_similarity);
  return m;
}

/* How many classes from `c` on, up to `most`, are of one example each and so are scored by it. */
static size_t count_singles(const og_support *s, size_t c, size_t most) {
  size_t end = c, left = s->class_count - c;
  most = s->head.kind != OG_HEAD_COSINE ? 0 : most < left ? most : left;
  while (end < c + most && s->classes[end].examples == 1)
    end++;
  return end - c;
}

/* Scores up to `most` of such classes, of whom the first's example is `first`, as match_class would
 * one by one, and returns how many: a set of thousands spends its time here. */
static size_t match_singles(stream *products, size_t first, size_t most, float *similarities) {
  size_t count;
  const double *product = products_at(products, first, most, &count);
  double length = products->query->length;
  for (size_t i = 0; i < count; i++)
    similarities[i] = cosine(product[i], length);
  return count;
}

/* The same as a head scores it; see train/episode_loss.h. A softmax over these is its attention to
 * a class, or the one over its squared distances. */
static og_match match_by_head(stream *products, const og_class *class, size_t first) {
  const query *q = products->query;
  const og_support *s = q->set;
  float n = (float)class->examples;
  og_match m = {.class_id = class->id, .nearest_similarity = -INFINITY};
  softmax all = {.top = -1, .temperature = 1 / og_exp(s->head_values[s->head.count - 1])};
  double sum = 0;
  size_t count;
  for (size_t i = first, end = first + class->examples; i < end; i += count) {
    const double *product = products_at(products, i, end - i, &count);
    for (size_t j = 0; j < count; j++) {
      float c = cosine(product[j], q->length);
      sum += (double)c;
      include(&all, c);
      if (c > m.nearest_similarity) {
        m.nearest_similarity = c;
        m.nearest = s->ids[i + j];
      }
    }
  }
  double prototype = class->length / (double)n; /* its length */
  if (s->head.kind == OG_HEAD_PROTOTYPICAL)
    m.similarity = cosine(sum / (double)n + (1 - prototype * prototype) / 2, 1);
  else if (class->examples == 1)
    m.similarity = m.nearest_similarity;
  else
    m.similarity = cosine((double)(all.top + all.temperature * og_log(all.sum / n)), 1);
  return m;
}

/* The same by Koch's head, whose verdict on a class is halfway between the mean of its verdicts on
 * the examples and the best of them. */
static og_match match_by_pairs(stream *logits, const og_class *class, size_t first) {
  const og_support *s = logits->query->set;
  og_match m = {.class_id = class->id};
  double sum = 0, best = -INFINITY;
  size_t nearest = first, count;
  for (size_t i = first, end = first + class->examples; i < end; i += count) {
    const double *logit = products_at(logits, i, end - i, &count);
    for (size_t j = 0; j < count; j++) {
      sum += logit[j];
      nearest = logit[j] > best ? i + j : nearest;
      best = logit[j] > best ? logit[j] : best;
    }
  }
  m.nearest = s->ids[nearest];
  m.nearest_similarity = og_siamese_similarity((float)best);
  m.similarity = og_siamese_similarity((float)((sum / class->examples + best) / 2));
  return m;
}

static og_match match(stream *products, const og_class *class, size_t first) {
  switch (products->query->set->head.kind) {
  case OG_HEAD_COSINE:
    return match_class(products, class, first);
  case OG_HEAD_SIAMESE:
    return match_by_pairs(products, class, first);
  default:
    return match_by_head(products, class, first);
  }
}

/* What probabilities are made of: a similarity, or the logit that Koch's head made it of. */
static float value_of(const og_support *s, float similarity) {
  return s->head.kind == OG_HEAD_SIAMESE ? og_siamese_logit_at(similarity) : similarity;
}

static int ranks_behind(const og_match *a, const og_match *b) {
  return a->similarity < b->similarity ||
         (a->similarity == b->similarity && a->class_id > b->class_id);
}

/* Puts `m` into the heap [count] whose top was taken away. */
static void sift_down(og_match *heap, size_t count, og_match m) {
  size_t at = 0;
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && ranks_behind(&heap[child + 1], &heap[child]))
      child++;
    if (!ranks_behind(&heap[child], &m))
      break;
    heap[at] = heap[child];
  }
  heap[at] = m;
}

static void sift_up(og_match *heap, size_t at, og_match m) {
  for (; at > 0 && ranks_behind(&m, &heap[(at - 1) / 2]); at = (at - 1) / 2)
    heap[at] = heap[(at - 1) / 2];
  heap[at] = m;
}

/* Keeps the best `capacity`; returns how many there are now. */
static size_t keep(og_match *heap, size_t count, size_t capacity, og_match m) {
  if (count < capacity) {
    sift_up(heap, count, m);
    return count + 1;
  }
  if (count && ranks_behind(&heap[0], &m))
    sift_down(heap, count, m);
  return count;
}

/* The worst of a heap goes to its end, again and again: best first. */
static void sort(og_match *heap, size_t count) {
  while (count > 1) {
    og_match last = heap[--count];
    heap[count] = heap[0];
    sift_down(heap, count, last);
  }
}

/* What one pass over the classes leaves. */
typedef struct ranking {
  og_match *heap; /* the best so far */
  size_t count, capacity;
  softmax all;
  size_t classes;
  double total;       /* of all values */
  float values[MANY]; /* the last ones, which `all` does not have yet */
  size_t waiting;
} ranking;

/* Says how many of the classes from `c` on it ranked. */
static size_t rank_one(ranking *r, stream *products, size_t c, size_t first) {
  const og_support *s = products->query->set;
  if (!s->classes[c].examples)
    return 1;
  og_match m = match(products, &s->classes[c], first);
  float value = value_of(s, m.similarity);
  r->values[r->waiting++] = value;
  r->count = keep(r->heap, r->count, r->capacity, m);
  return 1;
}

/* The same of some that have one example each: many at once, since hardly any is among the best. */
static size_t rank_singles(ranking *r, stream *products, size_t c, size_t first, size_t most) {
  const og_support *s = products->query->set;
  float *values = r->values + r->waiting;
  size_t ranked = match_singles(products, first, most, values);
  for (size_t i = 0; i < ranked; i++) {
    float value = values[i];
    if (r->count < r->capacity || (r->count && value > r->heap[0].similarity))
      r->count = keep(r->heap, r->count, r->capacity,
                      (og_match){.class_id = s->classes[c + i].id,
                                 .nearest = s->ids[first + i],
                                 .similarity = value,
                                 .nearest_similarity = value});
  }
  r->waiting += ranked;
  return ranked;
}

/* The values that wait are waited for no more. */
static void settle(ranking *r) {
  float lanes[LANES] = {0};
  for (size_t i = 0; i < r->waiting; i++)
    lanes[i % LANES] += r->values[i];
  for (size_t i = 0; i < LANES; i++)
    r->total += (double)lanes[i];
  r->classes += r->waiting;
  include_many(&r->all, r->values, r->waiting);
  r->waiting = 0;
}

/* Ranks all classes, and leaves the best in order. */
static void rank(ranking *r, stream *products) {
  const og_support *s = products->query->set;
  for (size_t c = 0, first = 0, ranked; c < s->class_count; c += ranked) {
    size_t singles = count_singles(s, c, MANY - r->waiting);
    ranked =
        singles ? rank_singles(r, products, c, first, singles) : rank_one(r, products, c, first);
    first += singles ? ranked : s->classes[c].examples;
    if (r->waiting == MANY)
      settle(r);
  }
  settle(r);
  sort(r->heap, r->count);
}

og_status og_support_classify(const og_support *s, const float *vector,
                              const og_calibration *calibration, float threshold, og_match *matches,
                              size_t capacity, og_answer *answer) {
  if (!(calibration->temperature > 0) || !isfinite(calibration->temperature) ||
      !isfinite(calibration->threshold) || !isfinite(calibration->same_scale) ||
      !isfinite(calibration->same_bias))
    return OG_ERROR_ARGUMENT;
  double length = og_vector_length(vector, s->dim);
  if (!isfinite(length))
    return OG_ERROR_FORMAT;
  if (isnan(threshold))
    threshold = calibration->threshold;
  threshold = threshold < -FLT_MAX ? -FLT_MAX : threshold > FLT_MAX ? FLT_MAX : threshold;
  threshold = value_of(s, threshold);
  float seen[OG_HEAD_HIDDEN];
  if (s->head.context && s->example_count) {
    og_status status = og_support_look(s, vector, length, seen);
    if (status)
      return status;
    vector = seen;
    length = og_vector_length(seen, s->dim);
    if (!isfinite(length))
      return OG_ERROR_FORMAT;
  }
  query q;
  prepare(&q, s, vector, length);
  stream products;
  products.query = &q;
  products.first = products.count = 0;
  ranking r = {.heap = matches, .capacity = capacity};
  r.all = (softmax){.top = -FLT_MAX, .temperature = calibration->temperature};
  rank(&r, &products);
  if (s->head.kind == OG_HEAD_COSINE)
    threshold += og_crowd_rise(calibration->crowd, r.total, r.all.top, r.classes);
  include(&r.all, threshold);
  for (size_t i = 0; i < r.count; i++) {
    og_match *m = &matches[i];
    float value = value_of(s, m->similarity);
    m->probability = part(&r.all, value) / r.all.sum;
    m->same = og_sigmoid(calibration->same_scale * value + calibration->same_bias);
  }
  *answer = (og_answer){r.count, part(&r.all, threshold) / r.all.sum, r.all.top > threshold};
  return OG_OK;
}
