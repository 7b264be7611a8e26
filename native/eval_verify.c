/* Koch's verification task. See eval_verify.h. */
#include "eval_verify.h"

#include <stdbool.h>

#include "base/error.h"
#include "commands.h"
#include "complain.h"
#include "eval_judge.h"
#include "train/sampler.h"

enum { BLOCK = 256 };

typedef struct pairs {
  uint32_t ids[BLOCK], drawings[2 * BLOCK];
  uint8_t same[BLOCK];
} pairs;

/* The first of each pair is the example. */
static og_status pairs_ready(judge *j, const pairs *p, size_t count, uint32_t threads,
                             og_error *error) {
  uint32_t examples[BLOCK], queries[BLOCK];
  for (size_t i = 0; i < count; i++) {
    examples[i] = p->drawings[2 * i];
    queries[i] = p->drawings[2 * i + 1];
  }
  return judge_ready(j, examples, count, queries, count, threads, error);
}

/* Judges the first `count` pairs of a block; adds what was wrong. */
static og_status judge_block(judge *j, const pairs *p, size_t count, uint32_t threads,
                             eval_count *out, og_error *error) {
  og_status worst = pairs_ready(j, p, count, threads, error);
  if (worst)
    return worst;
  uint64_t errors = 0, ties = 0;
#pragma omp parallel for num_threads((int)threads) reduction(+ : errors, ties) reduction(max : worst)
  for (size_t i = 0; i < count; i++) {
    float same = 0;
    og_status status = judge_same(j, p->drawings[2 * i], p->drawings[2 * i + 1], &same);
    worst = status > worst ? status : worst;
    ties += same == 0.5f;
    errors += same == 0.5f || (same > 0.5f) != p->same[i];
  }
  out->trials += count;
  out->errors += errors;
  out->ties += ties;
  return worst && worst != OG_ERROR_UNSUPPORTED ? og_fail(error, worst, "out of memory", NULL)
                                                : worst;
}

static og_status judge_pairs(judge *j, const og_dataset *set, const eval_settings *settings,
                             eval_count *out, og_error *error) {
  const og_sampler sampler = {.set = set, .classes = BLOCK, .symmetries = 1};
  og_random random = og_random_stream(settings->seed, 0);
  og_status status = OG_OK;
  pairs p;
  for (uint64_t left = settings->trials; !status && left > 0;) {
    size_t count = left < BLOCK ? (size_t)left : BLOCK;
    /* Half of what is asked for is the same, also in the last block. */
    og_sampler last = sampler;
    last.classes = (uint32_t)count;
    og_sampler_draw_pairs(&last, &random, p.ids, p.drawings, p.same);
    status = judge_block(j, &p, count, settings->threads, out, error);
    left -= count;
  }
  return status;
}

/* Characters by one person alone, of whom no pair can be made, are an error of the data. */
static bool has_pairs(const og_dataset *set) {
  for (size_t c = 0; c < set->classes; c++)
    if (set->class_start[c + 1] - set->class_start[c] < 2)
      return false;
  return set->classes > 1;
}

int eval_verify(const eval_source *source, const kernel_choice *with, const eval_settings *settings,
                eval_count *count, double *milliseconds) {
  og_dataset *set = NULL;
  judge *j = NULL;
  *count = (eval_count){0};
  og_error error = {0};
  int code = eval_load(source, NULL, &set);
  if (!code && !has_pairs(set))
    code = complain(EXIT_BAD, "%s: verify needs two characters and two drawings of each",
                    source->data);
  if (!code &&
      judge_create(source->model, with, set->rasters, set->drawings, settings->threads, &j, &error))
    code = complain_error(&error);
  if (!code) {
    og_status status = judge_pairs(j, set, settings, count, &error);
    if (status == OG_ERROR_UNSUPPORTED)
      code = complain(EXIT_BAD, "eval: --task verify asks for probabilities, which %s has not",
                      source->model);
    else if (status)
      code = complain_error(&error);
  }
  if (!code)
    *milliseconds = judge_milliseconds(j);
  judge_free(j);
  og_dataset_free(set);
  return code;
}
