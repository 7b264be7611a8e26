/* The error of a net in training on alphabets it never saw. */
#include "train_validate.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "embedding.h"

enum { WAYS = 20, MOST_CLASSES = 4096 };

og_status embeddings_of(const uint8_t *bytes, size_t size, const char *isa, const og_dataset *set,
                        uint32_t threads, embeddings *out, og_error *error) {
  *out = (embeddings){.count = set->drawings};
  og_model *model = NULL;
  og_status status = og_model_load(bytes, size, isa, &model, error);
  if (status)
    return status;
  out->dim = og_model_get_info(model)->dim;
  out->values = calloc(out->count * out->dim + 1, sizeof *out->values);
  status = out->values ? embed_rasters(model, set->rasters, out->count, threads, out->values)
                       : OG_ERROR_MEMORY;
  og_model_free(model);
  if (status) {
    embeddings_free(out);
    if (error)
      *error = (og_error){status, "out of memory"};
  }
  return status;
}

void embeddings_free(embeddings *e) {
  free(e->values);
  *e = (embeddings){0};
}

/* The first drawing of class `c` by `drawer`, or -1. */
static long drawing_by(const og_dataset *set, uint32_t c, uint32_t drawer) {
  for (uint32_t i = set->class_start[c]; i < set->class_start[c + 1]; i++)
    if (set->drawer_of[i] == drawer)
      return (long)i;
  return -1;
}

static float cosine(const embeddings *e, long a, long b) {
  const float *x = e->values + (size_t)a * e->dim, *y = e->values + (size_t)b * e->dim;
  float sum = 0;
  for (size_t k = 0; k < e->dim; k++)
    sum += x[k] * y[k];
  return sum;
}

/* One query against the support; true if its own class alone is best. */
static int right(const embeddings *e, const long *support, size_t ways, size_t truth, long query) {
  float own = cosine(e, query, support[truth]);
  for (size_t i = 0; i < ways; i++)
    if (i != truth && !(cosine(e, query, support[i]) < own))
      return 0;
  return 1;
}

static void judge_round(const og_dataset *set, const embeddings *e, og_random *random,
                        trial_count *count) {
  uint32_t classes[MOST_CLASSES], a = (uint32_t)og_random_below(random, set->alphabets);
  uint32_t first = set->alphabet_start[a];
  size_t all = set->alphabet_start[a + 1] - first, ways = 0;
  all = all < MOST_CLASSES ? all : MOST_CLASSES;
  for (size_t i = 0; i < all; i++)
    classes[i] = first + (uint32_t)i;
  size_t wanted = all < WAYS ? all : WAYS;
  og_random_shuffle(random, classes, all, wanted);
  /* Two drawers of the first character; characters that one of them never drew are left out. */
  uint32_t start = set->class_start[classes[0]];
  size_t drawers = set->class_start[classes[0] + 1] - start;
  if (drawers < 2)
    return;
  size_t i = (size_t)og_random_below(random, drawers),
         j = (size_t)og_random_below(random, drawers - 1);
  uint32_t one = set->drawer_of[start + i], other = set->drawer_of[start + j + (j >= i)];
  long support[WAYS], query[WAYS];
  for (size_t c = 0; c < wanted; c++) {
    support[ways] = drawing_by(set, classes[c], one);
    query[ways] = drawing_by(set, classes[c], other);
    ways += support[ways] >= 0 && query[ways] >= 0;
  }
  for (size_t q = 0; q < ways; q++)
    count->errors += !right(e, support, ways, q, query[q]);
  count->trials += ways;
}

trial_count validate(const og_dataset *set, const embeddings *e, uint64_t rounds, uint64_t seed) {
  og_random random = og_random_stream(seed, 0);
  trial_count count = {0, 0};
  for (uint64_t r = 0; r < rounds; r++)
    judge_round(set, e, &random, &count);
  return count;
}
