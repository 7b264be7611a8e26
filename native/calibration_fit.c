/* Fitting the probabilities of a model or committee. See calibration_fit.h. */
#include "calibration_fit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "comparer.h"
#include "complain.h"
#include "embedding.h"
#include "model_alphabets.h"
#include "train_validate.h"

enum { ROUNDS = 500, SEED = 1 };

void calibration_choose(const calibration_choice *choice, og_calibration *calibration) {
  if (!isnan(choice->second_look))
    calibration->second_look = (float)choice->second_look;
  if (!isnan(choice->crowd))
    calibration->crowd = (float)choice->crowd;
  if (choice->views)
    calibration->example_views = (uint32_t)choice->views;
}

enum { MOST_WAY = 20 };

/* One thread's way to all that judges: embeddings and, if there is one, the comparer. */
typedef struct judge_thread {
  const embeddings *embeddings;
  comparer_thread *comparer; /* NULL: there is none */
} judge_thread;

static void look_again(const judge_thread *t, uint32_t query, const uint32_t *support, size_t way,
                       float *scores) {
  size_t first[MOST_WAY + 1];
  uint8_t seen[MOST_WAY];
  for (size_t i = 0; i <= way; i++)
    first[i] = i;
  comparer_look_again(t->comparer, &(comparer_set){support, first, way, seen}, query, scores);
}

static void look(void *context, uint32_t query, const uint32_t *support, size_t way,
                 float *scores) {
  const judge_thread *t = context;
  embeddings_scores((void *)(uintptr_t)t->embeddings, query, support, way, scores);
  if (t->comparer)
    look_again(t, query, support, way, scores);
}

/* Those of all threads. */
typedef struct judges {
  judge_thread *of;
  void **contexts;
  uint32_t threads;
  comparer *comparer;
} judges;

/* An og_episode_look: the queries are shared out, so each thread needs a way of its own. */
static void look_at_episode(void *context, const uint32_t *queries, size_t count,
                            const uint32_t *support, size_t way, float *scores) {
  const judges *j = context;
#pragma omp parallel for num_threads((int)j->threads) schedule(static, 1)
  for (uint32_t thread = 0; thread < j->threads; thread++)
    for (size_t q = thread; q < count; q += j->threads)
      look_again(&j->of[thread], queries[q], support, way, scores + q * way);
}

static void judges_free(judges *j) {
  for (uint32_t i = 0; j->of && i < j->threads; i++)
    comparer_leave(j->of[i].comparer);
  comparer_free(j->comparer);
  free(j->of);
  free(j->contexts);
}

static og_status judges_create(const committee *c, const og_dataset *set, const embeddings *e,
                               judges *j, og_error *error) {
  const comparing_nets *nets = committee_comparers(c);
  *j = (judges){.threads = processors()};
  j->of = calloc(j->threads, sizeof *j->of);
  j->contexts = calloc(j->threads, sizeof *j->contexts);
  og_status status = j->of && j->contexts ? OG_OK : OG_ERROR_MEMORY;
  if (!status && nets->count)
    status = comparer_create(nets, set->rasters, set->drawings, j->threads, &j->comparer, error);
  for (uint32_t i = 0; !status && i < j->threads; i++) {
    j->of[i] = (judge_thread){e, j->comparer ? comparer_enter(j->comparer) : NULL};
    j->contexts[i] = &j->of[i];
    status = j->comparer && !j->of[i].comparer ? OG_ERROR_MEMORY : OG_OK;
  }
  return status;
}

static og_status fit(const og_dataset *set, judges *j, og_calibration calibration,
                     calibration_texts *out, og_error *error) {
  og_detection unknown;
  trial_count count;
  og_status status =
      embeddings_calibrate(j->of[0].embeddings, set, j->comparer ? look_at_episode : NULL, j, SEED,
                           &calibration, &unknown, error);
  if (!status)
    status = validate_rows(set, look, j->contexts, j->threads, ROUNDS, SEED, &count, error);
  if (status)
    return status;
  og_calibration_format(&calibration, out->calibration);
  snprintf(out->error, sizeof out->error,
           "%.2f %% (%" PRIu64 " errors in %" PRIu64
           " trials of task within, %zu-way 1-shot, on the held-out alphabets)",
           trial_percent(count), count.errors, count.trials, count.way);
  snprintf(out->unknown, sizeof out->unknown,
           "AUROC %.4f, equal error %.2f %% (on the episodes of the fit)", unknown.auroc,
           100 * unknown.equal_error);
  return OG_OK;
}

static og_status embed(const committee *c, const og_dataset *set, uint32_t views, embeddings *e) {
  *e = (embeddings){set->drawings, committee_dim(c), NULL, NULL, NULL};
  e->values = malloc(e->count * e->dim * sizeof *e->values);
  e->examples = views > 1 ? malloc(e->count * e->dim * sizeof *e->examples) : NULL;
  if (!e->values || (views > 1 && !e->examples))
    return OG_ERROR_MEMORY;
  og_status status = committee_embed(c, set->rasters, NULL, e->count, processors(), e->values);
  if (!status && e->examples)
    status =
        committee_embed_examples(c, views, set->rasters, NULL, e->count, processors(), e->examples);
  return status ? status : embeddings_take_head(e, committee_first(c));
}

int calibration_fit(const char *path, const char *data, const kernel_choice *with,
                    const calibration_choice *choice, calibration_texts *out) {
  og_error error = {0};
  og_calibration calibration;
  committee *c = NULL;
  og_dataset *set = NULL;
  embeddings e = {0};
  judges j = {0};
  og_status status = committee_read(path, with, &c, &error);
  if (!status)
    status = alphabets_load(data, "held-out", path, &set, &error);
  if (!status) {
    calibration = *committee_calibration(c);
    calibration_choose(choice, &calibration);
    status = embed(c, set, calibration.example_views, &e);
  }
  if (!status)
    status = judges_create(c, set, &e, &j, &error);
  if (!status)
    status = fit(set, &j, calibration, out, &error);
  judges_free(&j);
  embeddings_free(&e);
  og_dataset_free(set);
  committee_free(c);
  if (status == OG_ERROR_MEMORY)
    return complain(EXIT_FAILED, "%s: out of memory", path);
  return status ? complain_error(&error) : EXIT_DONE;
}
