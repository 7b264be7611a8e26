/* Comparing drawings. See comparer.h. */
#include "comparer.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "net/model.h"

struct comparer {
  const og_model *model;
  size_t views, count;
  og_glyph *glyphs; /* [count] */
};

struct comparer_thread {
  const comparer *comparer;
  og_workspace *workspace;
};

og_status comparer_create(const og_model *model, size_t views, const uint8_t *rasters, size_t count,
                          uint32_t threads, comparer **out, og_error *error) {
  *out = NULL;
  if (og_model_get_info(model)->drawings != 2)
    return og_fail(error, OG_ERROR_UNSUPPORTED, "the model embeds drawings and compares none",
                   NULL);
  comparer *c = calloc(1, sizeof *c);
  og_glyph *glyphs = malloc((count + 1) * sizeof *glyphs);
  if (!c || !glyphs) {
    free(c);
    free(glyphs);
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  }
  *c = (comparer){model, views, count, glyphs};
  int empty = 0;
#pragma omp parallel for num_threads((int)threads) reduction(| : empty)
  for (size_t i = 0; i < count; i++)
    empty |= og_glyph_prepare(&model->input, rasters + i * OG_RASTER_SIZE, &glyphs[i]) != OG_OK;
  *out = c;
  if (!empty)
    return OG_OK;
  comparer_free(c);
  *out = NULL;
  return og_fail(error, OG_ERROR_EMPTY, "a drawing has no ink", NULL);
}

void comparer_free(comparer *c) {
  if (c)
    free(c->glyphs);
  free(c);
}

comparer_thread *comparer_enter(const comparer *c) {
  comparer_thread *t = calloc(1, sizeof *t);
  if (t && !og_workspace_create(c->model, &t->workspace)) {
    t->comparer = c;
    return t;
  }
  free(t);
  return NULL;
}

void comparer_leave(comparer_thread *thread) {
  if (thread)
    og_workspace_free(thread->workspace);
  free(thread);
}

float comparer_score(comparer_thread *t, uint32_t a, uint32_t b) {
  const comparer *c = t->comparer;
  float score = 0;
  og_status status =
      og_compare(c->model, t->workspace, &c->glyphs[a], &c->glyphs[b], c->views, &score);
  return status ? -INFINITY : score;
}

/* The best class that was not seen. */
static size_t best_unseen(const float *scores, const uint8_t *seen, size_t classes) {
  size_t best = classes;
  for (size_t i = 0; i < classes; i++)
    if (!seen[i] && (best == classes || scores[i] > scores[best]))
      best = i;
  return best;
}

void comparer_look_again(comparer_thread *thread, const committee_second *how,
                         const comparer_set *set, uint32_t query, float *scores) {
  float least = INFINITY;
  for (size_t i = 0; i < set->classes; i++)
    set->seen[i] = set->first[i] == set->first[i + 1];
  for (size_t n = 0; n < how->top; n++) {
    size_t i = best_unseen(scores, set->seen, set->classes), first;
    if (i == set->classes)
      break;
    float sum = 0;
    first = set->first[i];
    for (size_t k = first; k < set->first[i + 1]; k++)
      sum += comparer_score(thread, query, set->examples[k]);
    sum *= how->weight / (float)(set->first[i + 1] - first);
    least = sum < least ? sum : least;
    scores[i] += sum;
    set->seen[i] = 1;
  }
  for (size_t i = 0; i < set->classes; i++)
    scores[i] += set->seen[i] ? 0 : least;
}

static void compare_row(void *thread, uint32_t query, const uint32_t *support, size_t way,
                        float *scores) {
  for (size_t i = 0; i < way; i++)
    scores[i] = comparer_score(thread, query, support[i]);
}

/* Validates with a thread's way to the comparer for each thread. */
static og_status validate_all(const comparer *c, const og_dataset *set, uint32_t threads,
                              uint64_t rounds, uint64_t seed, trial_count *count, og_error *error) {
  void **contexts = calloc(threads, sizeof *contexts);
  int ready = contexts != NULL;
  for (uint32_t i = 0; ready && i < threads; i++)
    ready = (contexts[i] = comparer_enter(c)) != NULL;
  og_status status =
      ready ? validate_rows(set, compare_row, contexts, threads, rounds, seed, count, error)
            : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  for (uint32_t i = 0; contexts && i < threads; i++)
    comparer_leave(contexts[i]);
  free(contexts);
  return status;
}

og_status comparer_validate(const uint8_t *bytes, size_t size, const char *isa,
                            const og_dataset *set, uint32_t threads, uint64_t rounds, uint64_t seed,
                            trial_count *count, og_error *error) {
  og_model *model = NULL;
  comparer *c = NULL;
  og_status status = og_model_load(bytes, size, isa, &model, error);
  if (!status)
    status = comparer_create(model, 1, set->rasters, set->drawings, threads, &c, error);
  if (!status)
    status = validate_all(c, set, threads, rounds, seed, count, error);
  comparer_free(c);
  og_model_free(model);
  return status;
}
