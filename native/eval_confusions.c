/* Collecting and counting errors by pair. See eval_confusions.h. */
#include "eval_confusions.h"

#include <stdlib.h>

/* The example of `examples` [shot] most like the query, with its score. */
static og_status nearest(const judge *j, const uint32_t *examples, size_t shot, uint32_t query,
                         uint32_t *example, float *score) {
  float *scores = malloc(shot * sizeof *scores);
  /* Baselines that guess are asked for nothing here but a place among the examples. */
  og_random random = og_random_stream(query, examples[0]);
  og_status status =
      scores ? judge_scores(j, examples, shot, 1, &query, 1, &random, scores) : OG_ERROR_MEMORY;
  size_t best = 0;
  for (size_t i = 1; !status && i < shot; i++)
    best = scores[i] > scores[best] ? i : best;
  if (!status) {
    *example = examples[best];
    *score = scores[best];
  }
  free(scores);
  return status;
}

og_status confusion_add(confusion_list *list, const judge *j, const uint32_t *support, size_t shot,
                        uint32_t truth, uint32_t chosen, uint32_t query) {
  if (list->count == list->room) {
    size_t room = list->room ? 2 * list->room : 256;
    confusion *more = realloc(list->all, room * sizeof *more);
    if (!more)
      return OG_ERROR_MEMORY;
    list->all = more;
    list->room = room;
  }
  confusion *c = &list->all[list->count];
  c->query = query;
  og_status status = nearest(j, support + truth * shot, shot, query, &c->right, &c->right_score);
  if (!status)
    status = nearest(j, support + chosen * shot, shot, query, &c->wrong, &c->wrong_score);
  list->count += !status;
  return status;
}

void confusion_list_free(confusion_list *list) {
  free(list->all);
  *list = (confusion_list){0};
}

/* An error with its classes, for sorting. */
typedef struct tagged {
  const confusion *error;
  uint32_t first, second;
  int forth;
} tagged;

static int order(uint32_t a, uint32_t b) {
  return (a > b) - (a < b);
}

static int by_classes(const void *a, const void *b) {
  const tagged *x = a, *y = b;
  int first = order(x->first, y->first), second = order(x->second, y->second);
  return first ? first : second ? second : (x->error > y->error) - (x->error < y->error);
}

static float margin(const confusion *c) {
  return c->wrong_score - c->right_score;
}

/* The most frequent first, then the clearest: a pair's number decides only between equals. */
static int by_frequency(const void *a, const void *b) {
  const confused_pair *x = a, *y = b;
  size_t m = x->forth + x->back, n = y->forth + y->back;
  float p = margin(x->widest), q = margin(y->widest);
  int first = order(x->first, y->first);
  return m != n   ? (m < n) - (m > n)
         : p != q ? (p < q) - (p > q)
         : first  ? first
                  : order(x->second, y->second);
}

og_status confusion_pairs(const confusion_list *list, const uint32_t *class_of,
                          confused_pairs *out) {
  tagged *errors = malloc((list->count + 1) * sizeof *errors);
  *out = (confused_pairs){.pair = malloc((list->count + 1) * sizeof *out->pair)};
  og_status status = errors && out->pair ? OG_OK : OG_ERROR_MEMORY;
  for (size_t i = 0; !status && i < list->count; i++) {
    const confusion *c = &list->all[i];
    uint32_t right = class_of ? class_of[c->right] : c->right;
    uint32_t wrong = class_of ? class_of[c->wrong] : c->wrong;
    int forth = right < wrong;
    errors[i] = (tagged){c, forth ? right : wrong, forth ? wrong : right, forth};
  }
  if (!status)
    qsort(errors, list->count, sizeof *errors, by_classes);
  for (size_t i = 0; !status && i < list->count; i++) {
    const tagged *e = &errors[i];
    confused_pair *pair = out->count ? &out->pair[out->count - 1] : NULL;
    if (!pair || pair->first != e->first || pair->second != e->second) {
      pair = &out->pair[out->count++];
      *pair = (confused_pair){.first = e->first, .second = e->second, .widest = e->error};
    }
    pair->forth += (size_t)e->forth;
    pair->back += (size_t)!e->forth;
    if (margin(e->error) > margin(pair->widest))
      pair->widest = e->error;
  }
  free(errors);
  if (!status)
    qsort(out->pair, out->count, sizeof *out->pair, by_frequency);
  else
    confused_pairs_free(out);
  return status;
}

void confused_pairs_free(confused_pairs *pairs) {
  free(pairs->pair);
  *pairs = (confused_pairs){0};
}
