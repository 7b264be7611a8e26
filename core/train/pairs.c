/* Losses of Koch's head. See pairs.h. */
#include "train/pairs.h"

#include <string.h>

#include "train/loss.h"

/* The gradient of one logit, `d`, by both rows and by the head's weights. */
static void give(const og_siamese *h, const og_real *restrict a, const og_real *restrict b,
                 og_real d, og_real *restrict d_a, og_real *restrict d_b,
                 og_real *restrict d_weight) {
  for (size_t k = 0; k < h->dim; k++) {
    og_real gap = a[k] - b[k], slope = gap > 0 ? d * h->weight[k] : -d * h->weight[k];
    slope = gap == 0 ? 0 : slope;
    d_weight[k] += d * (gap < 0 ? -gap : gap);
    d_a[k] += slope;
    d_b[k] -= slope;
  }
}

og_real og_pair_loss(const og_siamese *h, const og_real *e, const uint8_t *same, size_t pairs,
                     og_real *d_e, const og_siamese_gradient *d_head) {
  og_real loss = 0;
  memset(d_e, 0, 2 * pairs * h->dim * sizeof *d_e);
  for (size_t i = 0; i < pairs; i++) {
    const og_real *a = e + 2 * i * h->dim, *b = a + h->dim;
    og_real d;
    loss += og_two_way(og_siamese_logit(h, a, b), same[i], &d);
    d /= (og_real)pairs;
    *d_head->bias += d;
    give(h, a, b, d, d_e + 2 * i * h->dim, d_e + (2 * i + 1) * h->dim, d_head->weight);
  }
  return loss / (og_real)pairs;
}

/* Whether rows i and j are a pair: not the same one, and not a class's that was drawn twice. */
static int is_pair(const uint32_t *ids, size_t i, size_t j) {
  return i != j && (i / 2 == j / 2 || ids[i / 2] != ids[j / 2]);
}

/* Softmax of row i among all others; adds the gradient to d. */
static og_real classify_row(const og_real *logits, const uint32_t *ids, size_t rows, size_t i,
                            og_real weight, og_real *d) {
  const og_real *row = logits + i * rows;
  og_real most = row[i ^ 1], sum = 0;
  for (size_t j = 0; j < rows; j++)
    if (is_pair(ids, i, j))
      most = row[j] > most ? row[j] : most;
  for (size_t j = 0; j < rows; j++)
    if (is_pair(ids, i, j))
      sum += og_real_exp(row[j] - most);
  for (size_t j = 0; j < rows; j++)
    if (is_pair(ids, i, j))
      d[i * rows + j] += weight * (og_real_exp(row[j] - most) / sum - (j == (i ^ 1)));
  return weight * (og_real_log(sum) + most - row[i ^ 1]);
}

/* Cross-entropy of the probabilities of all pairs, each with its weight. */
static og_real judge_pairs(const og_real *logits, const uint32_t *ids, size_t rows, og_real weight,
                           og_real *d) {
  size_t different = 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < rows; j++)
      different += is_pair(ids, i, j) && j != (i ^ 1);
  og_real loss = 0, of_same = weight / (og_real)(2 * rows),
          of_different = different ? weight / (og_real)(2 * different) : 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < rows; j++)
      if (is_pair(ids, i, j)) {
        int same = j == (i ^ 1);
        og_real part = same ? of_same : of_different, slope;
        loss += part * og_two_way(logits[i * rows + j], same, &slope);
        d[i * rows + j] += part * slope;
      }
  return loss;
}

og_real og_all_pairs_loss(const og_siamese *h, const og_real *e, const uint32_t *ids,
                          size_t classes, og_real binary, og_real *logits, og_real *d_e,
                          const og_siamese_gradient *d_head) {
  size_t rows = 2 * classes, dim = h->dim;
  og_real *d = logits + rows * rows, loss = 0;
  memset(d, 0, rows * rows * sizeof *d);
  memset(d_e, 0, rows * dim * sizeof *d_e);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < i; j++)
      logits[i * rows + j] = logits[j * rows + i] = og_siamese_logit(h, e + i * dim, e + j * dim);
  for (size_t i = 0; i < rows; i++)
    loss += classify_row(logits, ids, rows, i, (1 - binary) / (og_real)rows, d);
  loss += judge_pairs(logits, ids, rows, binary, d);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < i; j++) {
      og_real both = d[i * rows + j] + d[j * rows + i];
      *d_head->bias += both;
      give(h, e + i * dim, e + j * dim, both, d_e + i * dim, d_e + j * dim, d_head->weight);
    }
  return loss;
}
