/* Evaluating other pens and hands. See eval_distort.h. */
#include "eval_distort.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"

enum { MOST = 32 };

typedef struct distortions {
  ink_distortion all[MOST];
  size_t count;
} distortions;

static int add(const char *word, uint64_t seed, distortions *out) {
  og_error error = {0};
  if (out->count == MOST)
    return complain(EXIT_BAD, "eval: --distort: more than %d", MOST);
  if (ink_distortion_parse(word, seed, &out->all[out->count], &error))
    return complain(EXIT_BAD, "eval: --distort %s", error.text);
  out->count++;
  return EXIT_DONE;
}

static int parse(const char *list, uint64_t seed, distortions *out) {
  int code = EXIT_DONE;
  *out = (distortions){.count = 0};
  if (!strcmp(list, "all"))
    list = "speed,coarse,dense,thick,offset,scale,rotate";
  for (const char *at = list; !code && at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    char word[64];
    size_t length = strcspn(at, ",");
    snprintf(word, sizeof word, "%.*s", (int)(length < 63 ? length : 63), at);
    code = add(word, seed, out);
  }
  return code;
}

/* Judges with examples from the first half of `rasters` and queries from the second. */
static int measure(const og_dataset *set, const uint8_t *rasters, const og_episode_plan *plan,
                   const eval_settings *settings, const kernel_choice *with, eval_about *about,
                   eval_count *out) {
  judge *j = NULL;
  og_error error = {0};
  eval_result result = {0};
  eval_settings shifted = *settings;
  shifted.query_shift = (uint32_t)set->drawings;
  int code = EXIT_DONE;
  if (judge_create(about->model, with, rasters, 2 * set->drawings, settings->threads, &j, &error) ||
      eval_sampled(j, set, plan, &shifted, &result, &error))
    code = complain_error(&error);
  else
    about->milliseconds = judge_milliseconds(j);
  about->comparison = result.comparison;
  *out = result.alone;
  eval_result_free(&result);
  judge_free(j);
  return code;
}

int eval_distorted(const eval_source *source, const og_dataset *set, const og_episode_plan *plan,
                   const eval_settings *settings, const kernel_choice *with, const char *list,
                   const eval_about *about, eval_report *report, FILE *out) {
  distortions wanted;
  int code = parse(list, settings->seed, &wanted);
  if (code)
    return code;
  size_t half = set->drawings * OG_RASTER_SIZE;
  uint8_t *rasters = malloc(2 * half);
  if (!rasters)
    return complain(EXIT_FAILED, "out of memory");
  memcpy(rasters, set->rasters, half);
  memcpy(rasters + half, set->rasters, half);
  double clean = 0;
  for (size_t i = 0; !code && i <= wanted.count; i++) {
    char name[48] = "clean";
    eval_count count;
    eval_about here = *about;
    if (i) {
      og_dataset *other = NULL;
      ink_distortion_text(&wanted.all[i - 1], name);
      code = eval_load(source, &wanted.all[i - 1], &other);
      if (!code)
        memcpy(rasters + half, other->rasters, half);
      og_dataset_free(other);
    }
    if (!code)
      code = measure(set, rasters, plan, settings, with, &here, &count);
    if (code)
      break;
    if (!i)
      clean = 100 * (double)count.errors / (double)count.trials;
    here.distort = name;
    here.clean = i ? clean : 0;
    report(out, &here, &count, false);
  }
  free(rasters);
  return code;
}
