/* One sitting of a training run. */
#include "train_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "commands.h"
#include "comparer.h"
#include "complain.h"
#include "progress.h"
#include "stop.h"
#include "train_best.h"
#include "train_net.h"
#include "train_team.h"
#include "train_watch.h"
#include "validate_head.h"

/* 500 rounds, about 10,000 trials: a 95 % interval of +-0.6 points at an error of 10 %. */
enum { VALIDATION_ROUNDS = 500, VALIDATION_SEED = 1, LOG_STEPS = 50 };
/* A net that compares runs twice for each of 20 classes of a trial, and a head may take its time,
 * so they get fewer. */
enum { COMPARER_ROUNDS = 50, HEAD_ROUNDS = 200 };

/* What changes while a sitting lasts. */
typedef struct sitting {
  train_run *run;
  double started, saved, slowest; /* clock; seconds of the slowest piece of work */
  uint64_t images, logged_images; /* of this sitting */
  double logged_at, loss_sum;     /* since the last line of the log */
  uint64_t loss_count;
  double percent; /* newest validation error; negative: none yet */
  train_watch watch;
  progress bar;
} sitting;

og_status train_run_validate(const train_run *run, const uint8_t *bytes, size_t size, size_t views,
                             uint64_t rounds, embeddings *held_out, trial_count *count,
                             og_error *error) {
  const og_dataset *set = run->data->held_out;
  *held_out = (embeddings){0};
  if (run->recipe->core.candidates)
    return comparer_validate(bytes, size, run->isa, set, run->threads,
                             rounds ? rounds : COMPARER_ROUNDS, VALIDATION_SEED, count, error);
  og_status status =
      embeddings_of(bytes, size, run->isa, set, views, run->threads, held_out, error);
  if (status)
    return status;
  const char *head = run->recipe->core.head;
  if (head && strcmp(head, "prototypical") && strcmp(head, "matching context=0"))
    status = validate_head(bytes, size, run->isa, set, held_out, rounds ? rounds : HEAD_ROUNDS,
                           VALIDATION_SEED, count, error);
  else /* one example each, so the heads left out say what cosines do */
    status =
        validate(set, held_out, rounds ? rounds : VALIDATION_ROUNDS, VALIDATION_SEED, count, error);
  if (status)
    embeddings_free(held_out);
  return status;
}

static og_status validate_now(sitting *s, og_error *error) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  embeddings held_out = {0};
  trial_count count;
  og_status status = train_net(s->run, NULL, 0, &bytes, &size, error);
  if (!status)
    status = train_run_validate(s->run, bytes, size, 1, s->run->recipe->validate_rounds, &held_out,
                                &count, error);
  if (!status)
    s->percent = trial_percent(count);
  embeddings_free(&held_out);
  free(bytes);
  return status;
}

static og_status save(sitting *s, og_error *error) {
  train_checkpoint about = s->run->about;
  double now = clock_seconds();
  about.seconds += now - s->started;
  s->saved = now;
  og_status status =
      train_checkpoint_write(s->run->checkpoint, true, &about, s->run->trainer, error);
  if (!status) {
    s->run->has_checkpoint = true;
    s->run->saved_step = og_trainer_position(s->run->trainer);
  }
  return status;
}

/* A full disk in the middle of the night is no reason to stop learning: the next checkpoint may
 * succeed. */
static void save_or_warn(sitting *s, const char *what_now) {
  og_error error = {0};
  if (!save(s, &error))
    return;
  progress_clear(&s->bar);
  complain(EXIT_FAILED, "%s; %s without this checkpoint", error.text, what_now);
}

static void note_or_warn(sitting *s) {
  og_error error = {0};
  if (!train_best_note(s->run, s->percent, &error))
    return;
  progress_clear(&s->bar);
  complain(EXIT_FAILED, "%s; the best step so far is not saved", error.text);
}

/* One line of the log: the mean loss and the rate since the line before. */
static void write_log(sitting *s, const og_step *step, bool validated) {
  double now = clock_seconds(), seconds = now - s->logged_at;
  if (s->run->log) {
    fprintf(s->run->log,
            "{\"step\":%llu,\"images\":%llu,\"loss\":%.5g,\"scale\":%.4g,\"lr\":%.4g,"
            "\"images_per_second\":%.1f,",
            (unsigned long long)step->step, (unsigned long long)(step->step * step->images),
            s->loss_sum / (double)s->loss_count, (double)step->scale, (double)step->learning_rate,
            (double)(s->images - s->logged_images) / (seconds > 0 ? seconds : 1));
    if (s->run->about.stage)
      fprintf(s->run->log, "\"stage\":%llu,", (unsigned long long)s->run->about.stage);
    if (validated)
      fprintf(s->run->log, "\"validation_error_percent\":%.3f,", s->percent);
    fprintf(s->run->log, "\"seconds\":%.2f}\n", s->run->about.seconds + now - s->started);
    fflush(s->run->log);
  }
  s->logged_at = now;
  s->logged_images = s->images;
  s->loss_sum = 0;
  s->loss_count = 0;
}

static void show(sitting *s, const og_step *step) {
  char detail[96];
  int length = snprintf(detail, sizeof detail, "loss %.3f", (double)step->loss);
  if (s->percent >= 0)
    snprintf(detail + length, sizeof detail - (size_t)length, ", validation error %.2f %%",
             s->percent);
  progress_update(&s->bar, step->step, s->images, detail);
}

/* Remembers how long the work since `begun` took. */
static void took(sitting *s, double begun) {
  double seconds = clock_seconds() - begun;
  if (seconds > s->slowest)
    s->slowest = seconds;
}

static og_status check_loss(sitting *s, const og_step *step, og_error *error) {
  train_watch_step(&s->watch, &s->run->recipe->core, step->step == 1, (double)step->loss);
  if (!train_watch_diverged(&s->watch))
    return OG_OK;
  char text[OG_NUMBER_TEXT];
  return og_fail(error, OG_ERROR_FORMAT, "step ", og_number_text(text, step->step),
                 ": the loss has grown far beyond guessing and stays there: try a smaller"
                 " learning_rate",
                 NULL);
}

/* One step and what is due after it. */
static og_status advance(sitting *s, og_error *error) {
  og_step step;
  double begun = clock_seconds();
  og_status status = og_trainer_step(s->run->trainer, &step, error);
  if (status)
    return status;
  s->images += step.images;
  s->loss_sum += (double)step.loss;
  s->loss_count++;
  if ((status = check_loss(s, &step, error)))
    return status;
  bool validates = s->run->data->held_out && (step.step % s->run->recipe->validate_every == 0 ||
                                              step.step == s->run->recipe->core.steps);
  if (validates)
    status = validate_now(s, error);
  if (!status && validates)
    note_or_warn(s);
  took(s, begun);
  if (!status)
    status = train_team_check(s->run, error);
  if (!status && (validates || step.step % LOG_STEPS == 0 || step.step == 1))
    write_log(s, &step, validates);
  show(s, &step);
  /* Early enough for the slowest piece of work seen so far to fit in before the time is up. */
  if (!status && !train_watch_suspects(&s->watch) &&
      clock_seconds() - s->saved + s->slowest >= s->run->save_every)
    save_or_warn(s, "training goes on");
  return status;
}

og_status train_run_go(train_run *run, train_end *end, og_error *error) {
  uint64_t first = og_trainer_position(run->trainer), steps = run->recipe->core.steps;
  double now = clock_seconds();
  sitting s = {.run = run, .started = now, .saved = now, .logged_at = now, .percent = -1};
  og_status status = OG_OK;
  *end = TRAIN_COMPLETE;
  progress_start(&s.bar, "steps", "images", first, steps);
  while (!status && og_trainer_position(run->trainer) < steps) {
    if (train_best_waited_enough(run))
      *end = TRAIN_PATIENCE;
    else if (stop_asked())
      *end = TRAIN_INTERRUPTED;
    else if (run->minutes > 0 && clock_seconds() - s.started >= 60 * run->minutes)
      *end = TRAIN_TIME;
    status = train_team_tell(run, end, error);
    if (status || *end != TRAIN_COMPLETE)
      break;
    status = advance(&s, error);
  }
  progress_clear(&s.bar);
  /* A complete run is saved too: should the model not be written, nothing is lost. But a model may
   * find room where a checkpoint, which is larger, does not. */
  if (!status && (*end == TRAIN_COMPLETE || *end == TRAIN_PATIENCE))
    save_or_warn(&s, "the model is written");
  else if (!status)
    status = save(&s, error);
  run->about.seconds += clock_seconds() - s.started;
  return status;
}
