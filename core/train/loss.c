/* Losses. See loss.h. */
#include "train/loss.h"

#include <string.h>

/* exp and log may come from libm here: training never runs in the browser. */
#ifdef OG_REAL_DOUBLE
#define real_exp exp
#define real_log log
#else
#define real_exp expf
#define real_log logf
#endif

og_real og_real_log(og_real x) {
  return real_log(x);
}

og_real og_two_way(og_real logit, int same, og_real *d_logit) {
  og_real size = logit < 0 ? -logit : logit, wrong = same ? -logit : logit;
  og_real small = real_exp(-size); /* in (0, 1] */
  *d_logit = (logit >= 0 ? 1 : small) / (1 + small) - (same != 0);
  return (wrong > 0 ? wrong : 0) + real_log(1 + small);
}

/* Softmax over the cosines row i of one side has with all rows of the other (`side` 0: even rows
 * are queries). Adds half the mean gradient by each logit to `d_logits`, indexed [even][odd], and
 * returns the row's cross-entropy. */
static og_real classify_row(const og_real *cosine, const uint32_t *ids, size_t n, size_t i,
                            int side, og_real scale, og_real *d_logits) {
  size_t first = side ? i : i * n, step = side ? n : 1;
  og_real most = scale * cosine[i * n + i], sum = 0;
  for (size_t j = 0; j < n; j++)
    if (j == i || ids[j] != ids[i])
      most = scale * cosine[first + j * step] > most ? scale * cosine[first + j * step] : most;
  for (size_t j = 0; j < n; j++)
    if (j == i || ids[j] != ids[i])
      sum += real_exp(scale * cosine[first + j * step] - most);
  for (size_t j = 0; j < n; j++)
    if (j == i || ids[j] != ids[i]) {
      og_real p = real_exp(scale * cosine[first + j * step] - most) / sum;
      d_logits[first + j * step] += (p - (j == i)) / (og_real)(2 * n);
    }
  return real_log(sum) + most - scale * cosine[i * n + i];
}

og_real og_info_nce(const og_real *e, const uint32_t *ids, size_t n, size_t dim, og_real log_scale,
                    og_real margin, og_real *logits, og_real *d_e, og_real *d_log_scale) {
  og_real *cosine = logits, *d_logits = logits + n * n, scale = real_exp(log_scale), loss = 0;
  memset(d_logits, 0, n * n * sizeof *d_logits);
  memset(d_e, 0, 2 * n * dim * sizeof *d_e);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      og_real dot = 0;
      for (size_t c = 0; c < dim; c++)
        dot += e[2 * i * dim + c] * e[(2 * j + 1) * dim + c];
      cosine[i * n + j] = i == j ? dot - margin : dot;
    }
  for (size_t i = 0; i < n; i++)
    for (int side = 0; side < 2; side++)
      loss += classify_row(cosine, ids, n, i, side, scale, d_logits);
  *d_log_scale = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      og_real d = scale * d_logits[i * n + j];
      *d_log_scale += d * cosine[i * n + j];
      for (size_t c = 0; c < dim; c++) {
        d_e[2 * i * dim + c] += d * e[(2 * j + 1) * dim + c];
        d_e[(2 * j + 1) * dim + c] += d * e[2 * i * dim + c];
      }
    }
  return loss / (og_real)(2 * n);
}

/* Softmax of one query's candidates; writes `weight` times the gradient. */
static og_real classify_candidates(const og_real *scores, size_t each, og_real weight,
                                   og_real *d_scores) {
  og_real most = scores[0], sum = 0;
  for (size_t k = 1; k < each; k++)
    most = scores[k] > most ? scores[k] : most;
  for (size_t k = 0; k < each; k++)
    sum += real_exp(scores[k] - most);
  for (size_t k = 0; k < each; k++)
    d_scores[k] = weight * (real_exp(scores[k] - most) / sum - (k == 0));
  return weight * (real_log(sum) + most - scores[0]);
}

og_real og_candidate_loss(const og_real *scores, size_t queries, size_t each, og_real binary,
                          og_real *d_scores) {
  og_real loss = 0, n = (og_real)queries, of_same = binary / (2 * n),
          of_different = of_same / (og_real)(each - 1);
  for (size_t q = 0; q < queries; q++, scores += each, d_scores += each) {
    loss += classify_candidates(scores, each, (1 - binary) / n, d_scores);
    for (size_t k = 0; binary > 0 && k < each; k++) {
      og_real part = k ? of_different : of_same, slope;
      loss += part * og_two_way(scores[k], k == 0, &slope);
      d_scores[k] += part * slope;
    }
  }
  return loss;
}
