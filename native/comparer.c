/* Comparing drawings. See comparer.h. */
#include "comparer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/exponential.h"
#include "net/model.h"

struct comparer {
  const comparing_nets *how;
  og_glyph *glyphs[MOST_COMPARING]; /* [drawings], as each net wants them, which may be shared */
};

struct comparer_thread {
  const comparer *comparer;
  og_workspace *workspaces[MOST_COMPARING];
};

static og_status prepare(comparer *c, size_t net, const uint8_t *rasters, size_t count,
                         uint32_t threads, og_error *error) {
  const og_model *model = c->how->nets[net].model;
  if (og_model_get_info(model)->drawings != 2)
    return og_fail(error, OG_ERROR_UNSUPPORTED, "the model embeds drawings and compares none",
                   NULL);
  for (size_t i = 0; i < net; i++)
    if (!memcmp(&c->how->nets[i].model->input, &model->input, sizeof model->input)) {
      c->glyphs[net] = c->glyphs[i];
      return OG_OK;
    }
  og_glyph *glyphs = c->glyphs[net] = malloc((count + 1) * sizeof *glyphs);
  if (!glyphs)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  int empty = 0;
#pragma omp parallel for num_threads((int)threads) reduction(| : empty)
  for (size_t i = 0; i < count; i++)
    empty |= og_glyph_prepare(&model->input, rasters + i * OG_RASTER_SIZE, &glyphs[i]) != OG_OK;
  return empty ? og_fail(error, OG_ERROR_EMPTY, "a drawing has no ink", NULL) : OG_OK;
}

og_status comparer_create(const comparing_nets *how, const uint8_t *rasters, size_t count,
                          uint32_t threads, comparer **out, og_error *error) {
  *out = NULL;
  comparer *c = calloc(1, sizeof *c);
  if (!c)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  c->how = how;
  og_status status = OG_OK;
  for (size_t i = 0; !status && i < how->count; i++)
    status = prepare(c, i, rasters, count, threads, error);
  if (status)
    comparer_free(c);
  else
    *out = c;
  return status;
}

void comparer_free(comparer *c) {
  for (size_t i = 0; c && i < c->how->count; i++) {
    int shared = 0;
    for (size_t k = 0; k < i; k++)
      shared |= c->glyphs[k] == c->glyphs[i];
    if (!shared)
      free(c->glyphs[i]);
  }
  free(c);
}

comparer_thread *comparer_enter(const comparer *c) {
  comparer_thread *t = calloc(1, sizeof *t);
  og_status status = t ? OG_OK : OG_ERROR_MEMORY;
  for (size_t i = 0; !status && i < c->how->count; i++)
    status = og_workspace_create(c->how->nets[i].model, &t->workspaces[i]);
  if (status) {
    comparer_leave(t);
    return NULL;
  }
  t->comparer = c;
  return t;
}

void comparer_leave(comparer_thread *thread) {
  for (size_t i = 0; thread && i < MOST_COMPARING; i++)
    og_workspace_free(thread->workspaces[i]);
  free(thread);
}

float comparer_score(comparer_thread *t, uint32_t a, uint32_t b) {
  const comparer *c = t->comparer;
  float sum = 0;
  for (size_t i = 0; i < c->how->count; i++) {
    const comparing_net *net = &c->how->nets[i];
    float score = 0;
    if (og_compare(net->model, t->workspaces[i], &c->glyphs[i][a], &c->glyphs[i][b], net->views,
                   &score))
      return -INFINITY;
    sum += net->weight * score;
  }
  return sum;
}

/* The best class that was not seen. */
static size_t best_unseen(const float *scores, const uint8_t *seen, size_t classes) {
  size_t best = classes;
  for (size_t i = 0; i < classes; i++)
    if (!seen[i] && (best == classes || scores[i] > scores[best]))
      best = i;
  return best;
}

/* The logarithm of the mean odds over a class's examples, in units of the weights' sum: a query
 * that is like one example is of the class, however the others were drawn. */
static float class_score(comparer_thread *thread, uint32_t query, const uint32_t *examples,
                         size_t count) {
  const comparing_nets *how = thread->comparer->how;
  float unit = 0, best = comparer_score(thread, query, examples[0]), sum = 1;
  for (size_t i = 0; i < how->count; i++)
    unit += how->nets[i].weight;
  for (size_t k = 1; k < count && best > -INFINITY; k++) {
    float score = comparer_score(thread, query, examples[k]),
          less = og_exp(-fabsf(score - best) / unit);
    sum = score > best ? sum * less + 1 : sum + less;
    best = score > best ? score : best;
  }
  return best + unit * og_log(sum / (float)count);
}

void comparer_look_again(comparer_thread *thread, const comparer_set *set, uint32_t query,
                         float *scores) {
  float least = INFINITY;
  for (size_t i = 0; i < set->classes; i++)
    set->seen[i] = set->first[i] == set->first[i + 1];
  for (size_t n = 0; n < thread->comparer->how->top; n++) {
    size_t i = best_unseen(scores, set->seen, set->classes);
    if (i == set->classes)
      break;
    float found = class_score(thread, query, set->examples + set->first[i],
                              set->first[i + 1] - set->first[i]);
    least = found < least ? found : least;
    scores[i] += found;
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
  const comparing_nets alone = {.nets = {{model, 1, 1}}, .count = 1};
  if (!status)
    status = comparer_create(&alone, set->rasters, set->drawings, threads, &c, error);
  if (!status)
    status = validate_all(c, set, threads, rounds, seed, count, error);
  comparer_free(c);
  og_model_free(model);
  return status;
}
