/* The stages of a training command. See train_stage.h. */
#include "train_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "files.h"
#include "stop.h"
#include "train/recipe.h"
#include "train_best.h"
#include "train_export.h"
#include "train_net.h"
#include "train_team.h"

enum { STAGE_TEXT = 32 };

/* Gives the trainer a model file that the recipe names. */
static int take_model(const train_request *r, train_state *t, const char *name,
                      og_status (*take)(og_trainer *, const void *, size_t, og_error *)) {
  og_error error = {0};
  uint8_t *bytes = NULL;
  size_t size = 0;
  char *path = file_beside(r->recipe, name);
  if (!path)
    return complain(EXIT_FAILED, "out of memory");
  int code = OPTIONS_RUN;
  if (file_read(path, MODEL_LIMIT, &bytes, &size, &error))
    code = complain_error(&error);
  else if (take(t->run.trainer, bytes, size, &error))
    code = complain(error.status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", path,
                    error.text);
  free(bytes);
  free(path);
  return code;
}

/* ": stage 2", where there are several. */
static const char *stage_name(const train_state *t, char text[STAGE_TEXT]) {
  text[0] = 0;
  if (t->recipe->stages)
    snprintf(text, STAGE_TEXT, ": stage %zu", t->stage + 1);
  return text;
}

/* Loads the data and makes the trainer, at the checkpoint's position if there is one. */
static int prepare_trainer(const train_request *r, train_state *t) {
  og_error error = {0};
  const train_recipe *stage = t->run.recipe;
  char text[STAGE_TEXT];
  if (train_data_load(r->data, stage, &t->data, &error))
    return complain_error(&error);
  if (t->data.held_out && validation_possible(t->data.held_out, stage->calibrate, &error))
    return complain(EXIT_BAD, "%s: \"holdout\": %s", r->recipe, error.text);
  if (t->old.data && strcmp(t->old.data, t->data.description))
    return complain(EXIT_BAD, "%s: the checkpoint differs in the data: %s, not %s", r->checkpoint,
                    t->old.data, t->data.description);
  og_recipe recipe = stage->core;
  recipe.slices = t->slices;
  if (og_trainer_create(&recipe, t->data.train, r->seed + t->stage, (uint32_t)r->threads,
                        t->run.isa, &t->run.trainer, &error))
    return complain(error.status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s%s: %s", r->recipe,
                    stage_name(t, text), error.text);
  if (t->old.state && og_trainer_load(t->run.trainer, t->old.state, t->old.state_size, &error))
    return complain(EXIT_BAD, "%s: %s", r->checkpoint, error.text);
  int code = stage->teacher ? take_model(r, t, stage->teacher, og_trainer_teach) : OPTIONS_RUN;
  return code == OPTIONS_RUN && stage->rivals ? take_model(r, t, stage->rivals, og_trainer_rivals)
                                              : code;
}

/* What a stage begins with that continues no checkpoint: the net of the stage before it, or the
 * model that the recipe names, or chance. */
static int take_start(const train_request *r, train_state *t) {
  og_error error = {0};
  if (t->old.state)
    return OPTIONS_RUN;
  if (!t->start)
    return t->run.recipe->start ? take_model(r, t, t->run.recipe->start, og_trainer_start)
                                : OPTIONS_RUN;
  if (og_trainer_start(t->run.trainer, t->start, t->start_size, &error))
    return complain(EXIT_FAILED, "%s: stage %zu: %s", r->recipe, t->stage + 1, error.text);
  return OPTIONS_RUN;
}

void train_stage_leave(train_state *t) {
  og_trainer_free(t->run.trainer);
  t->run.trainer = NULL;
  train_data_free(&t->data);
}

int train_stages_check(const train_request *r, train_state *t) {
  og_error error = {0};
  int code = OPTIONS_RUN;
  for (size_t i = t->stage + 1; i <= t->recipe->stages && code == OPTIONS_RUN; i++) {
    const train_recipe *stage = train_recipe_stage(t->recipe, i);
    train_data data;
    if (train_data_load(r->data, stage, &data, &error))
      code = complain_error(&error);
    else if (og_recipe_check(&stage->core, data.train, &error))
      code = complain(EXIT_BAD, "%s: stage %zu: %s", r->recipe, i + 1, error.text);
    train_data_free(&data);
  }
  return code;
}

/* In a process that does not lead and must come to the same state. */
static int follow_plan(const train_request *r, train_state *t, const train_plan *plan) {
  og_error error = {0};
  int code = prepare_trainer(r, t);
  if (code == OPTIONS_RUN && og_trainer_load(t->run.trainer, plan->state, plan->size, &error))
    code = complain(EXIT_BAD, "differs from the first process: %s", error.text);
  return code;
}

int train_agree(train_state *t, int code) {
  uint64_t worst = code == OPTIONS_RUN ? 0 : 1 + (uint64_t)code;
  t->apart |= !team_most(&t->team, &worst);
  if (t->apart)
    return complain(EXIT_FAILED, "another process of this run has ended before it began");
  return worst ? (int)worst - 1 : OPTIONS_RUN;
}

/* The leader first, so that what is wrong for all is said once. */
static int enter_together(train_request *r, train_state *t) {
  og_error error = {0};
  bool leads = team_leads(&t->team);
  int code = leads ? prepare_trainer(r, t) : OPTIONS_RUN;
  if (code == OPTIONS_RUN && leads)
    code = take_start(r, t);
  code = train_agree(t, code);
  if (code != OPTIONS_RUN || t->team.core.size == 1)
    return code;
  train_plan plan = {.seed = r->seed, .slices = t->slices, .stage = t->stage};
  if (leads && og_trainer_save(t->run.trainer, &plan.state, &plan.size))
    plan.size = 0;
  if (train_team_plan(&t->team, &plan, &error)) {
    t->apart = true;
    return complain_error(&error);
  }
  if (!leads) {
    complain_as_process(t->team.core.rank + 1);
    r->seed = plan.seed;
    t->slices = (uint32_t)plan.slices;
    t->stage = plan.stage;
    t->run.recipe = train_recipe_stage(t->recipe, t->stage);
    code = follow_plan(r, t, &plan);
  }
  free(plan.state);
  code = train_agree(t, code);
  if (code == OPTIONS_RUN && og_trainer_join(t->run.trainer, &t->team.core, &error))
    code = leads ? complain_error(&error) : EXIT_BAD;
  return code;
}

int train_stage_enter(train_request *r, train_state *t) {
  train_run *run = &t->run;
  run->team = &t->team;
  run->whole = t->recipe;
  run->recipe = train_recipe_stage(t->recipe, t->stage);
  run->data = &t->data;
  int code = enter_together(r, t);
  if (code != OPTIONS_RUN)
    return code;
  run->about = (train_checkpoint){.recipe = t->recipe_text,
                                  .data = t->data.description,
                                  .seed = r->seed,
                                  .slices = t->slices,
                                  .seconds = run->about.seconds + t->old.seconds,
                                  .stage = t->stage,
                                  .best_step = t->old.best_step,
                                  .best_percent = t->old.best_percent};
  run->has_checkpoint |= t->old.state != NULL;
  train_checkpoint_free(&t->old);
  run->threads = (uint32_t)r->threads;
  run->checkpoint = r->checkpoint;
  run->saved_step = og_trainer_position(run->trainer);
  run->save_every = r->save_every;
  return OPTIONS_RUN;
}

/* A failure of a run under way: not the caller's fault. Says what is left of it. */
static int failed(const train_run *run, const og_error *error) {
  const char *text = error->text[0] ? error->text : "out of memory";
  if (!run->has_checkpoint)
    return complain(EXIT_FAILED, "%s; nothing of this run was saved", text);
  return complain(EXIT_FAILED, "%s; step %llu of this run is safe in %s (--resume)", text,
                  (unsigned long long)run->saved_step, run->checkpoint);
}

/* Of a complete run: its best step, where the recipe asks for that, is what becomes the model. */
static void take_best(train_state *t, train_end end) {
  og_error error = {0};
  unsigned long long last = og_trainer_position(t->run.trainer);
  og_status status = train_best_take(&t->run, &error);
  if (end == TRAIN_PATIENCE)
    fprintf(stderr, "train: no gain on held-out alphabets for %u epochs, ended at step %llu\n",
            t->run.recipe->patience_epochs, last);
  if (status)
    complain(EXIT_FAILED, "%s; the model is that of step %llu, not of the best one, %llu",
             error.text, last, (unsigned long long)t->run.about.best_step);
}

static void announce(const train_request *r, const train_state *t) {
  char processes[48] = "", stage[64] = "";
  unsigned long long step = og_trainer_position(t->run.trainer);
  if (t->team.core.size > 1)
    snprintf(processes, sizeof processes, " in each of %u processes", t->team.core.size);
  if (t->recipe->stages)
    snprintf(stage, sizeof stage, ", stage %zu of %zu", t->stage + 1, t->recipe->stages + 1);
  fprintf(stderr, "train: %s%s; %s; %llu threads%s, %s at step %llu\n", t->recipe->name, stage,
          t->data.description, (unsigned long long)r->threads, processes,
          step ? "resumed" : "begun", step);
  if (r->threads * t->team.core.size > t->slices)
    fprintf(stderr,
            "train: batches in %u slices keep no more threads busy; a recipe with more \"slices\" "
            "does, and makes another file\n",
            t->slices);
}

/* Writes the model of a run that is over, or whose time is. */
static int write_model(const train_request *r, train_state *t, train_end end) {
  og_error error = {0};
  double percent;
  unsigned long long done = og_trainer_position(t->run.trainer);
  if (train_export(&t->run, r->out, &percent, &error))
    return failed(&t->run, &error);
  if (end == TRAIN_TIME)
    fprintf(stderr,
            "train: time is over, saved in %s; continue with the same command and --resume\n",
            r->checkpoint);
  else
    train_checkpoint_remove(r->checkpoint);
  printf("%s: ", r->out);
  if (t->stage)
    printf("stage %zu of %zu, ", t->stage + 1, t->recipe->stages + 1);
  printf("%llu of %llu steps in %.0f s", done, (unsigned long long)t->run.recipe->core.steps,
         t->run.about.seconds);
  if (percent >= 0)
    printf(", held-out error %.2f %%", percent);
  printf("\n");
  return EXIT_DONE;
}

/* Keeps the net of a stage for the one after it. Should the process die before that one's first
 * checkpoint, the last one of this stage is still there. */
static int hand_on(train_state *t) {
  og_error error = {0};
  free(t->start);
  t->start = NULL;
  if (train_net(&t->run, NULL, 0, &t->start, &t->start_size, &error))
    return failed(&t->run, &error);
  return OPTIONS_RUN;
}

static int sit(const train_request *r, train_state *t) {
  og_error error = {0};
  train_end end;
  announce(r, t);
  if (train_run_go(&t->run, &end, &error)) {
    t->apart = true;
    return failed(&t->run, &error);
  }
  if (end == TRAIN_INTERRUPTED)
    return complain(EXIT_FAILED,
                    "interrupted after %llu of %llu steps, saved in %s; continue with the same"
                    " command and --resume",
                    (unsigned long long)og_trainer_position(t->run.trainer),
                    (unsigned long long)t->run.recipe->core.steps, r->checkpoint);
  if (end != TRAIN_TIME)
    take_best(t, end);
  return end == TRAIN_TIME || t->stage == t->recipe->stages ? write_model(r, t, end) : hand_on(t);
}

/* The sitting of a process that does not lead, and says no more than it must. */
static int follow(train_state *t) {
  og_error error = {0};
  train_end end;
  if (train_team_follow(&t->run, &end, &error)) {
    t->apart = true;
    return complain(EXIT_FAILED, "%s", error.text[0] ? error.text : "out of memory");
  }
  if (end == TRAIN_INTERRUPTED)
    return EXIT_FAILED;
  return end == TRAIN_TIME || t->stage == t->recipe->stages ? EXIT_DONE : OPTIONS_RUN;
}

/* Who asks to stop gets a checkpoint, or the model if it is being made already. */
int train_stage_go(const train_request *r, train_state *t) {
  stop_state before;
  if (!team_leads(&t->team))
    return follow(t);
  stop_catch(&before);
  int code = sit(r, t);
  stop_release(&before);
  return code;
}
