/* Comparing drawings. See comparer.h. */
#include "comparer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/exponential.h"
#include "net/model.h"

enum { MOST_CHOICES = 20 };

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
  if (og_model_get_info(model)->drawings < 2)
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

static int chooses(const comparing_net *net) {
  return og_model_get_info(net->model)->drawings == 3;
}

float comparer_score(comparer_thread *t, uint32_t a, uint32_t b) {
  const comparer *c = t->comparer;
  float sum = 0;
  for (size_t i = 0; i < c->how->count; i++) {
    const comparing_net *net = &c->how->nets[i];
    float score = 0;
    if (chooses(net))
      continue;
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

/* Sees none but those without examples, which no net can look at. */
static void see_empty(const comparer_set *set) {
  for (size_t i = 0; i < set->classes; i++)
    set->seen[i] = set->first[i] == set->first[i + 1];
}

/* The logarithm of the mean odds over a class's examples, in units of the weights' sum: a query
 * that is like one example is of the class, however the others were drawn. */
static float class_score(comparer_thread *thread, uint32_t query, const uint32_t *examples,
                         size_t count, float unit) {
  float best = comparer_score(thread, query, examples[0]), sum = 1;
  for (size_t k = 1; k < count && best > -INFINITY; k++) {
    float score = comparer_score(thread, query, examples[k]),
          less = og_exp(-fabsf(score - best) / unit);
    sum = score > best ? sum * less + 1 : sum + less;
    best = score > best ? score : best;
  }
  return best + unit * og_log(sum / (float)count);
}

static void compare(comparer_thread *thread, const comparer_set *set, uint32_t query,
                    float *scores) {
  const comparing_nets *how = thread->comparer->how;
  float least = INFINITY, unit = 0;
  size_t top = 0;
  for (size_t i = 0; i < how->count; i++)
    if (!chooses(&how->nets[i])) {
      unit += how->nets[i].weight;
      top = how->nets[i].top > top ? how->nets[i].top : top;
    }
  if (!top)
    return;
  see_empty(set);
  for (size_t n = 0; n < top; n++) {
    size_t i = best_unseen(scores, set->seen, set->classes);
    if (i == set->classes)
      break;
    float found = class_score(thread, query, set->examples + set->first[i],
                              set->first[i + 1] - set->first[i], unit);
    least = found < least ? found : least;
    scores[i] += found;
    set->seen[i] = 1;
  }
  for (size_t i = 0; i < set->classes; i++)
    scores[i] += set->seen[i] ? 0 : least;
}

/* The logit of choosing class a over class b: the mean over pairs of their examples, one of each,
 * as many as the smaller class has. */
static float class_choice(comparer_thread *t, size_t net, const comparer_set *set, uint32_t query,
                          size_t a, size_t b) {
  const comparing_net *how = &t->comparer->how->nets[net];
  const og_glyph *glyphs = t->comparer->glyphs[net];
  size_t of_a = set->first[a + 1] - set->first[a], of_b = set->first[b + 1] - set->first[b];
  size_t count = of_a < of_b ? of_a : of_b;
  float sum = 0, logit;
  for (size_t k = 0; k < count; k++) {
    if (og_choose(how->model, t->workspaces[net], &glyphs[query],
                  &glyphs[set->examples[set->first[a] + k]],
                  &glyphs[set->examples[set->first[b] + k]], how->views, &logit))
      return 0;
    sum += logit;
  }
  return sum / (float)count;
}

/* Among the best classes, each against each other: a class gains its mean logit. */
static void choose(comparer_thread *thread, size_t net, const comparer_set *set, uint32_t query,
                   float *scores) {
  const comparing_net *how = &thread->comparer->how->nets[net];
  size_t best[MOST_CHOICES], count = 0;
  float gain[MOST_CHOICES] = {0};
  see_empty(set);
  for (; count < how->top; count++) {
    best[count] = best_unseen(scores, set->seen, set->classes);
    if (best[count] == set->classes)
      break;
    set->seen[best[count]] = 1;
  }
  for (size_t i = 0; i < count; i++)
    for (size_t j = i + 1; j < count; j++) {
      float logit = class_choice(thread, net, set, query, best[i], best[j]);
      gain[i] += logit;
      gain[j] -= logit;
    }
  for (size_t i = 0; i < count; i++)
    scores[best[i]] += how->weight * gain[i] / (float)count;
}

void comparer_look_again(comparer_thread *thread, const comparer_set *set, uint32_t query,
                         float *scores) {
  const comparing_nets *how = thread->comparer->how;
  compare(thread, set, query, scores);
  for (size_t i = 0; i < how->count; i++)
    if (chooses(&how->nets[i]))
      choose(thread, i, set, query, scores);
}

/* A net that chooses keeps the best so far, and the class that is never beaten has won. */
static void choose_row(comparer_thread *t, uint32_t query, const uint32_t *support, size_t way,
                       float *scores) {
  const comparing_net *net = &t->comparer->how->nets[0];
  const og_glyph *glyphs = t->comparer->glyphs[0];
  size_t best = 0;
  for (size_t i = 0; i < way; i++)
    scores[i] = 0;
  for (size_t i = 1; i < way; i++) {
    float logit;
    if (!og_choose(net->model, t->workspaces[0], &glyphs[query], &glyphs[support[i]],
                   &glyphs[support[best]], net->views, &logit) &&
        logit > 0)
      best = i;
  }
  scores[best] = 1;
}

static void compare_row(void *thread, uint32_t query, const uint32_t *support, size_t way,
                        float *scores) {
  const comparer_thread *t = thread;
  if (chooses(&t->comparer->how->nets[0])) {
    choose_row(thread, query, support, way, scores);
    return;
  }
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
  const comparing_nets alone = {.nets = {{.model = model, .views = 1, .weight = 1}}, .count = 1};
  if (!status)
    status = comparer_create(&alone, set->rasters, set->drawings, threads, &c, error);
  if (!status)
    status = validate_all(c, set, threads, rounds, seed, count, error);
  comparer_free(c);
  og_model_free(model);
  return status;
}
