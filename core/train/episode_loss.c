/* Loss of an episode. See episode_loss.h. */
#include "train/episode_loss.h"

#include <stdlib.h>
#include <string.h>

#include "train/context.h"
#include "train/loss.h"

struct og_episode_pass {
  const og_head *head;
  og_episode_size size;
  size_t examples, queries; /* in all */
  og_context context;
  og_trace forward, backward, *looks; /* looks [queries] */
  og_context_scratch scratch;
  og_real *numbers;
  /* [examples or queries][dim]: embeddings as they come, in context, at unit length; and gradients
   * by those. */
  og_real *support, *query, *support_unit, *query_unit;
  og_real *d_support, *d_query, *d_support_unit, *d_query_unit;
  og_real *support_length, *query_length;
  og_real *support_seen, *query_seen; /* in context */
  og_real *d_support_seen, *d_query_seen;
  og_real *prototype, *d_prototype; /* [way][dim] */
  og_real *attention;               /* [queries][steps][examples] */
  og_real *share;                   /* [examples] of an example in its class's logit */
  og_real *logit;                   /* [way] */
};

enum { ARRAYS = 24 };

typedef struct array {
  og_real **at;
  size_t count;
} array;

static size_t list_arrays(og_episode_pass *p, array list[ARRAYS]) {
  size_t dim = p->head->dim, support = p->examples * dim, query = p->queries * dim;
  size_t way = p->size.way, seen = p->head->context != 0;
  const array all[] = {
      {&p->support, support},
      {&p->query, query},
      {&p->support_unit, support},
      {&p->query_unit, query},
      {&p->d_support, support},
      {&p->d_query, query},
      {&p->d_support_unit, support},
      {&p->d_query_unit, query},
      {&p->support_length, p->examples},
      {&p->query_length, p->queries},
      {&p->support_seen, seen * support},
      {&p->query_seen, seen * query},
      {&p->d_support_seen, seen * support},
      {&p->d_query_seen, seen * query},
      {&p->prototype, way * dim},
      {&p->d_prototype, way * dim},
      {&p->attention, p->queries * p->head->context * p->examples},
      {&p->share, p->examples},
      {&p->logit, way},
      {&p->scratch.carry, 2 * dim},
      {&p->scratch.input, 3 * dim},
      {&p->scratch.gates, 4 * dim},
  };
  memcpy(list, all, sizeof all);
  return sizeof all / sizeof *all;
}

/* The traces of the full context, behind the arrays. */
static size_t place_traces(og_episode_pass *p, og_real *at) {
  const og_context *c = &p->context;
  size_t there = og_trace_size(&c->forward, p->examples), look = og_trace_size(&c->query, c->steps);
  if (at) {
    og_trace_at(&c->forward, p->examples, at, &p->forward);
    og_trace_at(&c->backward, p->examples, at + there, &p->backward);
    for (size_t q = 0; q < p->queries; q++)
      og_trace_at(&c->query, c->steps, at + 2 * there + q * look, &p->looks[q]);
  }
  return 2 * there + p->queries * look;
}

og_episode_pass *og_episode_pass_create(const og_head *h, og_episode_size size) {
  og_episode_pass *p = calloc(1, sizeof *p);
  if (!p)
    return NULL;
  *p = (og_episode_pass){.head = h,
                         .size = size,
                         .examples = size.way * size.shot,
                         .queries = size.way * size.queries};
  if (h->context) /* only for its sizes */
    p->context = (og_context){.dim = h->dim,
                              .steps = h->context,
                              .forward = {2 * h->dim, h->dim, NULL, NULL},
                              .backward = {2 * h->dim, h->dim, NULL, NULL},
                              .query = {3 * h->dim, h->dim, NULL, NULL}};
  array list[ARRAYS];
  size_t arrays = list_arrays(p, list), count = place_traces(p, NULL);
  for (size_t i = 0; i < arrays; i++)
    count += list[i].count;
  p->looks = calloc(p->queries, sizeof *p->looks);
  p->numbers = calloc(count, sizeof *p->numbers);
  if (!p->looks || !p->numbers) {
    og_episode_pass_free(p);
    return NULL;
  }
  og_real *at = p->numbers;
  for (size_t i = 0; i < arrays; at += list[i++].count)
    *list[i].at = at;
  place_traces(p, at);
  return p;
}

void og_episode_pass_free(og_episode_pass *p) {
  if (!p)
    return;
  free(p->looks);
  free(p->numbers);
  free(p);
}

/* Support and queries between the order of drawings and arrays of their own. */
static void part(const og_episode_pass *p, const og_real *x) {
  size_t dim = p->head->dim, shot = p->size.shot * dim, queries = p->size.queries * dim;
  for (size_t c = 0; c < p->size.way; c++, x += shot + queries) {
    memcpy(p->support + c * shot, x, shot * sizeof *x);
    memcpy(p->query + c * queries, x + shot, queries * sizeof *x);
  }
}

static void join(const og_episode_pass *p, og_real *d_x) {
  size_t dim = p->head->dim, shot = p->size.shot * dim, queries = p->size.queries * dim;
  for (size_t c = 0; c < p->size.way; c++, d_x += shot + queries) {
    memcpy(d_x, p->d_support + c * shot, shot * sizeof *d_x);
    memcpy(d_x + shot, p->d_query + c * queries, queries * sizeof *d_x);
  }
}

static void to_unit(const og_real *x, size_t count, size_t dim, og_real *unit, og_real *length) {
  for (size_t i = 0; i < count; i++, x += dim, unit += dim) {
    length[i] = og_real_sqrt(og_real_dot(x, x, dim)) + (og_real)1e-12;
    for (size_t k = 0; k < dim; k++)
      unit[k] = x[k] / length[i];
  }
}

static void to_unit_backward(const og_real *unit, const og_real *length, const og_real *d_unit,
                             size_t count, size_t dim, og_real *d_x) {
  for (size_t i = 0; i < count; i++, unit += dim, d_unit += dim, d_x += dim) {
    og_real along = og_real_dot(unit, d_unit, dim);
    for (size_t k = 0; k < dim; k++)
      d_x[k] += (d_unit[k] - along * unit[k]) / length[i];
  }
}

static void embed(og_episode_pass *p, const og_real *values) {
  const og_real *support = p->support, *query = p->query;
  size_t dim = p->head->dim, look = p->head->context * p->examples;
  if (p->head->context) {
    og_context_of(p->head, values, &p->context);
    og_context_support(&p->context, p->support, p->examples, &p->forward, &p->backward,
                       p->support_seen);
    for (size_t q = 0; q < p->queries; q++)
      memcpy(p->query_seen + q * dim,
             og_context_query(&p->context, p->support_seen, p->examples, p->query + q * dim,
                              &p->looks[q], p->attention + q * look),
             dim * sizeof *p->query_seen);
    support = p->support_seen;
    query = p->query_seen;
  }
  to_unit(support, p->examples, dim, p->support_unit, p->support_length);
  to_unit(query, p->queries, dim, p->query_unit, p->query_length);
}

static void embed_backward(og_episode_pass *p, og_real *d_values) {
  size_t dim = p->head->dim, look = p->head->context * p->examples;
  memset(p->d_support, 0, p->examples * dim * sizeof *p->d_support);
  memset(p->d_query, 0, p->queries * dim * sizeof *p->d_query);
  og_real *d_support = p->d_support, *d_query = p->d_query;
  if (p->head->context) {
    d_support = p->d_support_seen;
    d_query = p->d_query_seen;
    memset(d_support, 0, p->examples * dim * sizeof *d_support);
    memset(d_query, 0, p->queries * dim * sizeof *d_query);
  }
  to_unit_backward(p->support_unit, p->support_length, p->d_support_unit, p->examples, dim,
                   d_support);
  to_unit_backward(p->query_unit, p->query_length, p->d_query_unit, p->queries, dim, d_query);
  if (!p->head->context)
    return;
  for (size_t q = 0; q < p->queries; q++)
    og_context_query_backward(&p->context, p->head, p->support_seen, p->examples, &p->looks[q],
                              p->attention + q * look, d_query + q * dim, &p->scratch, d_support,
                              p->d_query + q * dim, d_values);
  og_context_support_backward(&p->context, p->head, p->examples, &p->forward, &p->backward,
                              d_support, &p->scratch, p->d_support, d_values);
}

/* Logits of one query; p->share gets each example's part in its class's. */
static void match(const og_episode_pass *p, const og_real *query, og_real scale) {
  size_t dim = p->head->dim, shot = p->size.shot;
  for (size_t c = 0; c < p->size.way; c++) {
    og_real *share = p->share + c * shot, most = 0, sum = 0;
    for (size_t i = 0; i < shot; i++) {
      share[i] = scale * og_real_dot(query, p->support_unit + (c * shot + i) * dim, dim);
      most = i && most > share[i] ? most : share[i];
    }
    for (size_t i = 0; i < shot; i++)
      sum += og_real_exp(share[i] - most);
    p->logit[c] = most + og_real_log(sum / (og_real)shot);
    og_softmax(share, shot);
  }
}

static og_real match_backward(const og_episode_pass *p, const og_real *query, og_real scale,
                              const og_real *d_logit, og_real *d_query) {
  size_t dim = p->head->dim, shot = p->size.shot;
  og_real d_log_scale = 0;
  for (size_t i = 0; i < p->examples; i++) {
    const og_real *example = p->support_unit + i * dim;
    og_real d = scale * d_logit[i / shot] * p->share[i];
    d_log_scale += d * og_real_dot(query, example, dim);
    for (size_t k = 0; k < dim; k++) {
      d_query[k] += d * example[k];
      p->d_support_unit[i * dim + k] += d * query[k];
    }
  }
  return d_log_scale;
}

static void find_prototypes(const og_episode_pass *p) {
  size_t dim = p->head->dim, shot = p->size.shot;
  memset(p->prototype, 0, p->size.way * dim * sizeof *p->prototype);
  memset(p->d_prototype, 0, p->size.way * dim * sizeof *p->d_prototype);
  for (size_t i = 0; i < p->examples; i++)
    for (size_t k = 0; k < dim; k++)
      p->prototype[i / shot * dim + k] += p->support_unit[i * dim + k] / (og_real)shot;
}

static void find_prototypes_backward(const og_episode_pass *p) {
  size_t dim = p->head->dim, shot = p->size.shot;
  for (size_t i = 0; i < p->examples; i++)
    for (size_t k = 0; k < dim; k++)
      p->d_support_unit[i * dim + k] += p->d_prototype[i / shot * dim + k] / (og_real)shot;
}

static void measure(const og_episode_pass *p, const og_real *query, og_real scale) {
  size_t dim = p->head->dim;
  for (size_t c = 0; c < p->size.way; c++) {
    og_real square = 0;
    for (size_t k = 0; k < dim; k++) {
      og_real difference = query[k] - p->prototype[c * dim + k];
      square += difference * difference;
    }
    p->logit[c] = -scale / 2 * square;
  }
}

static og_real measure_backward(const og_episode_pass *p, const og_real *query, og_real scale,
                                const og_real *d_logit, og_real *d_query) {
  size_t dim = p->head->dim;
  og_real d_log_scale = 0;
  for (size_t c = 0; c < p->size.way; c++)
    for (size_t k = 0; k < dim; k++) {
      og_real difference = query[k] - p->prototype[c * dim + k];
      d_log_scale -= d_logit[c] * scale / 2 * difference * difference;
      d_query[k] -= d_logit[c] * scale * difference;
      p->d_prototype[c * dim + k] += d_logit[c] * scale * difference;
    }
  return d_log_scale;
}

og_real og_episode_loss(og_episode_pass *p, const og_real *values, const og_real *x, og_real weight,
                        og_real *d_x, og_real *d_values) {
  size_t dim = p->head->dim, way = p->size.way;
  int matching = p->head->kind == OG_HEAD_MATCHING;
  og_real scale = og_real_exp(values[p->head->count - 1]), loss = 0;
  og_real *d_log_scale = d_values + p->head->count - 1, share = weight / (og_real)p->queries;
  part(p, x);
  embed(p, values);
  memset(p->d_support_unit, 0, p->examples * dim * sizeof *p->d_support_unit);
  memset(p->d_query_unit, 0, p->queries * dim * sizeof *p->d_query_unit);
  find_prototypes(p);
  for (size_t q = 0; q < p->queries; q++) {
    const og_real *query = p->query_unit + q * dim;
    og_real *d_query = p->d_query_unit + q * dim;
    size_t truth = q / p->size.queries;
    (matching ? match : measure)(p, query, scale);
    og_softmax(p->logit, way);
    loss -= og_real_log(p->logit[truth]) / (og_real)p->queries;
    for (size_t c = 0; c < way; c++)
      p->logit[c] = share * (p->logit[c] - (c == truth));
    *d_log_scale +=
        (matching ? match_backward : measure_backward)(p, query, scale, p->logit, d_query);
  }
  find_prototypes_backward(p);
  embed_backward(p, d_values);
  join(p, d_x);
  return loss;
}
