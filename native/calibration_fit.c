/* Fitting the probabilities of a model or committee. See calibration_fit.h. */
#include "calibration_fit.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
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

/* What is compared: embeddings and, if the committee has one, its comparer, in one thread's way. */
typedef struct both {
  const embeddings *embeddings;
  comparer_thread *thread; /* NULL: there is none */
  float weight;
} both;

static float score_both(void *context, uint32_t query, uint32_t support) {
  const both *b = context;
  float score = embeddings_score((void *)(uintptr_t)b->embeddings, query, support);
  return b->thread ? score + b->weight * comparer_score(b->thread, query, support) : score;
}

/* Those of all threads. */
typedef struct judges {
  both *of;
  void **contexts;
  uint32_t threads;
  comparer *comparer;
} judges;

static void judges_free(judges *j) {
  for (uint32_t i = 0; j->of && i < j->threads; i++)
    comparer_leave(j->of[i].thread);
  comparer_free(j->comparer);
  free(j->of);
  free(j->contexts);
}

static og_status judges_create(const committee *c, const og_dataset *set, const embeddings *e,
                               judges *j, og_error *error) {
  const committee_second *second = committee_comparer(c);
  *j = (judges){.threads = processors()};
  j->of = calloc(j->threads, sizeof *j->of);
  j->contexts = calloc(j->threads, sizeof *j->contexts);
  og_status status = j->of && j->contexts ? OG_OK : OG_ERROR_MEMORY;
  if (!status && second->model)
    status = comparer_create(second->model, second->views, set->rasters, set->drawings, j->threads,
                             &j->comparer, error);
  for (uint32_t i = 0; !status && i < j->threads; i++) {
    j->of[i] = (both){e, j->comparer ? comparer_enter(j->comparer) : NULL, second->weight};
    j->contexts[i] = &j->of[i];
    status = j->comparer && !j->of[i].thread ? OG_ERROR_MEMORY : OG_OK;
  }
  return status;
}

/* The comparer is slow and og_calibrate asks one pair at a time, always the same ones in the same
 * order. So it is told nothing the first time, and all of it the second. */
typedef struct questions {
  uint32_t *pairs; /* [room][2] */
  float *answers;  /* [count] NULL: not known yet */
  size_t count, room, next;
  bool failed;
} questions;

static float ask(void *context, uint32_t query, uint32_t support) {
  questions *q = context;
  if (q->answers)
    return q->answers[q->next++];
  if (q->count == q->room) {
    size_t room = 2 * q->room + 1024;
    uint32_t *pairs = realloc(q->pairs, room * 2 * sizeof *pairs);
    q->failed |= !pairs;
    if (!pairs)
      return 0;
    q->pairs = pairs;
    q->room = room;
  }
  q->pairs[2 * q->count] = query;
  q->pairs[2 * q->count++ + 1] = support;
  return 0;
}

static og_status answer(const judges *j, questions *q) {
  float *answers = q->failed ? NULL : malloc((q->count + 1) * sizeof *answers);
  if (!answers)
    return OG_ERROR_MEMORY;
#pragma omp parallel for num_threads((int)j->threads) schedule(static, 1)
  for (uint32_t thread = 0; thread < j->threads; thread++)
    for (size_t i = thread; i < q->count; i += j->threads)
      answers[i] = j->of[thread].weight *
                   comparer_score(j->of[thread].thread, q->pairs[2 * i], q->pairs[2 * i + 1]);
  q->answers = answers;
  return OG_OK;
}

static og_status calibrate(const og_dataset *set, const judges *j, og_calibration *calibration,
                           og_detection *unknown, og_error *error) {
  const embeddings *e = j->of[0].embeddings;
  og_calibration first = *calibration;
  questions q = {0};
  if (!j->comparer)
    return embeddings_calibrate(e, set, NULL, NULL, SEED, calibration, unknown, error);
  og_status status = embeddings_calibrate(e, set, ask, &q, SEED, &first, NULL, error);
  if (!status)
    status = answer(j, &q);
  if (!status)
    status = embeddings_calibrate(e, set, ask, &q, SEED, calibration, unknown, error);
  free(q.pairs);
  free(q.answers);
  return status;
}

static og_status fit(const og_dataset *set, const judges *j, og_calibration calibration,
                     calibration_texts *out, og_error *error) {
  og_detection unknown;
  trial_count count;
  og_status status = calibrate(set, j, &calibration, &unknown, error);
  if (!status)
    status = validate_pairs(set, score_both, j->contexts, j->threads, ROUNDS, SEED, &count, error);
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
  e->examples = malloc(e->count * e->dim * sizeof *e->examples);
  if (!e->values || !e->examples)
    return OG_ERROR_MEMORY;
  og_status status = committee_embed(c, set->rasters, NULL, e->count, processors(), e->values);
  if (!status)
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
