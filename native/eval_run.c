/* Drawing, judging and counting trials. See eval_run.h.
 *
 * Episodes are drawn one after the other into a block, the block is judged in parallel, and the
 * scores are counted in the order of drawing: results do not depend on the threads. */
#include "eval_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "eval_statistics.h"
#include "progress.h"

enum { BLOCK = 64 };

typedef struct block {
  size_t way, shot, most;           /* `most` queries in an episode */
  uint32_t *support;                /* [BLOCK][way][shot] */
  uint32_t *query, *truth, *column; /* [BLOCK][most] */
  uint32_t *asked;                  /* all queries, without gaps */
  float *scores;                    /* [BLOCK][most][way] */
  size_t queries[BLOCK];
  uint32_t alphabet[BLOCK];
  size_t count;   /* episodes in it */
  uint64_t first; /* number of the first of them */
  double seconds; /* of a processor, for the comparisons so far */
  uint64_t comparisons;
} block;

/* What is counted over all blocks. */
typedef struct tally {
  eval_result *result;
  float *known, *unknown; /* best scores, where queries may be unknown */
} tally;

static og_status no_memory(og_error *error) {
  return og_fail(error, OG_ERROR_MEMORY, "out of memory; try a smaller --way or --shot", NULL);
}

static int block_create(block *b, size_t way, size_t shot) {
  size_t most = 2 * way, queries = BLOCK * most;
  *b = (block){.way = way, .shot = shot, .most = most};
  b->support = calloc(BLOCK * way * shot, sizeof *b->support);
  b->query = calloc(queries, sizeof *b->query);
  b->truth = calloc(queries, sizeof *b->truth);
  b->column = calloc(queries, sizeof *b->column);
  b->asked = calloc(queries, sizeof *b->asked);
  b->scores = calloc(queries * way, sizeof *b->scores);
  return b->support && b->query && b->truth && b->column && b->asked && b->scores;
}

static double comparison_milliseconds(const block *b) {
  return b->comparisons ? 1000 * b->seconds / (double)b->comparisons : 0;
}

static void block_free(block *b) {
  free(b->support);
  free(b->query);
  free(b->truth);
  free(b->column);
  free(b->asked);
  free(b->scores);
}

static void block_add(block *b, const og_episode *e, const eval_settings *settings, uint64_t left) {
  size_t i = b->count++, queries = e->queries < left ? e->queries : (size_t)left;
  memcpy(b->support + i * b->way * b->shot, e->support, b->way * b->shot * sizeof *b->support);
  for (size_t q = 0; q < queries; q++)
    b->query[i * b->most + q] =
        settings->query_shift +
        (settings->query_of_support ? e->support[e->truth[q] * b->shot] : e->query[q]);
  memcpy(b->truth + i * b->most, e->truth, queries * sizeof *b->truth);
  b->queries[i] = queries;
  b->alphabet[i] = e->alphabet;
}

static og_status block_ready(block *b, judge *j, const eval_settings *settings, og_error *error) {
  size_t queries = 0;
  for (size_t i = 0; i < b->count; queries += b->queries[i++])
    memcpy(b->asked + queries, b->query + i * b->most, b->queries[i] * sizeof *b->asked);
  return judge_ready(j, b->support, b->count * b->way * b->shot, b->asked, queries,
                     settings->threads, error);
}

/* Each episode has a random stream of its own, whichever thread judges it. */
static og_status block_judge(block *b, judge *j, const eval_settings *settings, og_error *error) {
  og_status worst = block_ready(b, j, settings, error);
  if (worst)
    return worst;
  double seconds = 0;
#pragma omp parallel for schedule(dynamic) num_threads((int)settings->threads) reduction(max : worst) reduction(+ : seconds)
  for (size_t i = 0; i < b->count; i++) {
    og_random random = og_random_stream(settings->seed ^ 0x6a09e667f3bcc908u, b->first + i);
    float *scores = b->scores + i * b->most * b->way;
    double start = thread_seconds();
    og_status status = judge_scores(j, b->support + i * b->way * b->shot, b->way, b->shot,
                                    b->query + i * b->most, b->queries[i], &random, scores);
    seconds += thread_seconds() - start;
    if (!status && settings->assign &&
        !assign_rows(scores, b->queries[i], b->way, b->column + i * b->most))
      status = OG_ERROR_MEMORY;
    worst = status > worst ? status : worst;
  }
  b->seconds += seconds;
  for (size_t i = 0; i < b->count; i++)
    b->comparisons += b->queries[i] * b->way * b->shot;
  return worst ? no_memory(error) : OG_OK;
}

/* The best class that is not the truth. */
static uint32_t rival(const float *scores, size_t way, uint32_t truth) {
  uint32_t best = truth == 0;
  for (uint32_t i = 0; i < way; i++)
    best = i != truth && scores[i] > scores[best] ? i : best;
  return best;
}

/* One trial: right only if the truth is better than everything else. Returns whether it is. */
static bool count_trial(const float *scores, size_t way, uint32_t truth, eval_count *count) {
  bool beaten = false, equalled = false;
  for (size_t i = 0; i < way; i++) {
    beaten |= scores[i] > scores[truth];
    equalled |= i != truth && scores[i] == scores[truth];
  }
  count->trials++;
  count->errors += beaten || equalled;
  count->ties += equalled && !beaten;
  return !beaten && !equalled;
}

/* What is compared with the threshold. */
static float best_of(const judge *j, const float *scores, size_t way) {
  float rise, best = og_best_of_crowd(scores, way, judge_crowd(j), &rise);
  return best - rise;
}

static og_status block_count(const block *b, const judge *j, const eval_settings *settings,
                             tally *t, og_error *error) {
  eval_result *r = t->result;
  og_status status = OG_OK;
  for (size_t i = 0; i < b->count; i++)
    for (size_t q = 0; q < b->queries[i]; q++) {
      size_t at = i * b->most + q;
      const float *scores = b->scores + at * b->way;
      uint32_t truth = b->truth[at];
      if (t->known && truth == OG_UNKNOWN)
        t->unknown[r->detection.unknown++] = best_of(j, scores, b->way);
      else if (t->known)
        t->known[r->detection.known++] = best_of(j, scores, b->way);
      if (t->known)
        continue;
      r->likeness += (double)scores[truth];
      bool right = count_trial(scores, b->way, truth, &r->alone);
      if (!right && settings->confusions && !status)
        status = confusion_add(settings->confusions, j, b->support + i * b->way * b->shot, b->shot,
                               truth, rival(scores, b->way, truth), b->query[at]);
      if (r->by_alphabet)
        count_trial(scores, b->way, truth, &r->by_alphabet[b->alphabet[i]]);
      r->assigned.trials += settings->assign;
      r->assigned.errors += settings->assign && b->column[at] != truth;
    }
  return status ? no_memory(error) : OG_OK;
}

static og_status run_blocks(judge *j, og_episodes *episodes, const eval_settings *settings,
                            block *b, tally *t, og_error *error) {
  og_random random = og_random_stream(settings->seed, 0);
  progress shown;
  progress_start(&shown, "trials", "trials", 0, settings->trials);
  og_status status = OG_OK;
  for (uint64_t done = 0; !status && done < settings->trials; b->first += b->count) {
    b->count = 0;
    while (b->count < BLOCK && done < settings->trials) {
      block_add(b, og_episodes_next(episodes, &random), settings, settings->trials - done);
      done += b->queries[b->count - 1];
    }
    status = block_judge(b, j, settings, error);
    if (!status)
      status = block_count(b, j, settings, t, error);
    progress_update(&shown, done, done, "");
  }
  progress_clear(&shown);
  return status;
}

og_status eval_sampled(judge *j, const og_dataset *set, const og_episode_plan *plan,
                       const eval_settings *settings, eval_result *out, og_error *error) {
  *out = (eval_result){0};
  og_episodes *episodes = NULL;
  og_status status = og_episodes_create(set, plan, &episodes, error);
  if (status)
    return status;
  block b;
  tally t = {.result = out};
  int ok = block_create(&b, plan->way, plan->shot);
  out->by_alphabet = calloc(set->alphabets, sizeof *out->by_alphabet);
  if (plan->unknown) {
    t.known = malloc(settings->trials * sizeof *t.known);
    t.unknown = malloc(settings->trials * sizeof *t.unknown);
    ok = ok && t.known && t.unknown;
  }
  if (ok && out->by_alphabet)
    status = run_blocks(j, episodes, settings, &b, &t, error);
  else
    status = no_memory(error);
  og_detection *d = &out->detection;
  if (!status && plan->unknown && d->known && d->unknown)
    og_detection_measure(t.known, d->known, t.unknown, d->unknown, judge_threshold(j), d);
  free(t.known);
  free(t.unknown);
  out->comparison = comparison_milliseconds(&b);
  out->likeness /= out->alone.trials ? (double)out->alone.trials : 1;
  block_free(&b);
  og_episodes_free(episodes);
  return status;
}

og_status eval_runs(judge *j, const run_set *runs, const eval_settings *settings, eval_result *out,
                    og_error *error) {
  *out = (eval_result){0};
  block b;
  tally t = {.result = out};
  og_status status = block_create(&b, RUN_WAYS, 1) ? OG_OK : no_memory(error);
  for (size_t run = 0; !status && run < runs->runs; run++) {
    uint32_t support[RUN_WAYS], query[RUN_WAYS];
    for (size_t i = 0; i < RUN_WAYS; i++) {
      support[i] = (uint32_t)(run * RUN_WAYS + i);
      query[i] = (uint32_t)(runs->runs * RUN_WAYS) + support[i];
    }
    const og_episode e = {support, query, runs->truth + run * RUN_WAYS, RUN_WAYS, 0};
    block_add(&b, &e, settings, RUN_WAYS);
    if (b.count < BLOCK && run + 1 < runs->runs)
      continue;
    status = block_judge(&b, j, settings, error);
    if (!status)
      status = block_count(&b, j, settings, &t, error);
    b.first += b.count;
    b.count = 0;
  }
  out->comparison = comparison_milliseconds(&b);
  block_free(&b);
  return status;
}

void eval_result_free(eval_result *result) {
  free(result->by_alphabet);
  *result = (eval_result){0};
}
