/* Judging what was imagined. See eval_imagined.h. */
#include "eval_imagined.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "eval_judge.h"

/* One kind of queries, and the line about them. */
static int measure(judge *j, const og_dataset *set, const og_episode_plan *plan,
                   const eval_settings *settings, eval_about *about, eval_report *report,
                   FILE *out) {
  eval_result result = {0};
  og_error error = {0};
  if (eval_sampled(j, set, plan, settings, &result, &error))
    return complain_error(&error);
  about->milliseconds = judge_milliseconds(j);
  about->comparison = result.comparison;
  about->likeness = result.likeness;
  report(out, about, &result.alone, false);
  eval_result_free(&result);
  return EXIT_DONE;
}

static int measure_both(judge *j, const og_dataset *set, const og_episode_plan *plan,
                        const eval_settings *settings, const eval_about *about, eval_report *report,
                        FILE *out) {
  eval_settings own = *settings;
  eval_about people = *about, made = *about;
  people.queries = "people";
  made.queries = "imagined";
  own.query_shift = (uint32_t)set->drawings;
  own.query_of_support = true;
  int code = measure(j, set, plan, settings, &people, report, out);
  return code ? code : measure(j, set, plan, &own, &made, report, out);
}

int eval_imagined(const eval_source *source, const og_dataset *set, const og_episode_plan *plan,
                  const eval_settings *settings, const kernel_choice *with, double strength,
                  const eval_about *about, eval_report *report, FILE *out) {
  const ink_distortion imagine = {INK_IMAGINE, strength, settings->seed};
  og_dataset *made = NULL;
  judge *j = NULL;
  og_error error = {0};
  size_t half = set->drawings * OG_RASTER_SIZE;
  int code = eval_load(source, &imagine, &made);
  if (code)
    return code;
  uint8_t *rasters = malloc(2 * half);
  if (rasters) {
    memcpy(rasters, set->rasters, half);
    memcpy(rasters + half, made->rasters, half);
  } else {
    code = complain(EXIT_FAILED, "out of memory");
  }
  if (!code &&
      judge_create(source->model, with, rasters, 2 * set->drawings, settings->threads, &j, &error))
    code = complain_error(&error);
  if (!code)
    code = measure_both(j, set, plan, settings, about, report, out);
  judge_free(j);
  free(rasters);
  og_dataset_free(made);
  return code;
}
