/* Measuring the curves of a sweep. See sweep.h. */
#include <string.h>

#include "base/error.h"
#include "model_alphabets.h"
#include "sweep.h"

static og_episode_plan plan_of(const sweep *s, size_t way) {
  return (og_episode_plan){.task = strcmp(s->task, "within") == 0 ? OG_TASK_WITHIN : OG_TASK_ACROSS,
                           .way = way,
                           .shot = s->shot};
}

/* Says no before anything is embedded. */
static og_status check_plan(const sweep *s, const og_dataset *set, const char *dir,
                            og_error *error) {
  og_episodes *trial = NULL;
  og_error local = {0};
  og_episode_plan plan = plan_of(s, s->first_way + s->ways - 1);
  og_status status = og_episodes_create(set, &plan, &trial, &local);
  og_episodes_free(trial);
  return status
             ? og_fail(error, status, dir, ": ", local.text, "; try fewer --ways or --shot", NULL)
             : OG_OK;
}

static og_status measure_curve(const sweep *s, sweep_curve *curve, const og_dataset *set,
                               const kernel_choice *with, uint32_t threads, og_error *error) {
  judge *j = NULL;
  const eval_settings settings = {s->trials, s->seed, threads, false, NULL, 0, false};
  og_status status =
      judge_create(curve->model, with, set->rasters, set->drawings, threads, &j, error);
  for (size_t i = 0; !status && i < s->ways; i++) {
    og_episode_plan plan = plan_of(s, s->first_way + i);
    eval_result result;
    status = eval_sampled(j, set, &plan, &settings, &result, error);
    curve->count[i] = result.alone;
    eval_result_free(&result);
  }
  judge_free(j);
  return status;
}

/* "training" and "held-out" mean other alphabets to every model. */
static bool shares_set(const sweep_curve *a, const sweep_curve *b) {
  bool own = !strcmp(b->set, "training") || !strcmp(b->set, "held-out");
  return !strcmp(a->set, b->set) && (!own || !strcmp(a->model, b->model));
}

og_status sweep_measure(sweep *s, const char *dir, const kernel_choice *with, uint32_t threads,
                        og_error *error) {
  og_dataset *set = NULL;
  og_status status = OG_OK;
  for (size_t c = 0; !status && c < s->curves; c++) {
    sweep_curve *curve = &s->curve[c];
    if (!c || !shares_set(curve - 1, curve)) {
      og_dataset_free(set);
      status = alphabets_load(dir, curve->set, judge_file(curve->model), &set, error);
    }
    if (!status)
      status = check_plan(s, set, dir, error);
    if (!status)
      status = measure_curve(s, curve, set, with, threads, error);
  }
  og_dataset_free(set);
  return status;
}
