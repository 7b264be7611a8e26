/* `oneglyph train`: a recipe, a data set and a seed in, a model file out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "files.h"
#include "isa.h"
#include "options.h"
#include "stop.h"
#include "train_best.h"
#include "train_export.h"
#include "train_run.h"
#include "train_team.h"

/* What was asked for. */
typedef struct request {
  const char *data, *recipe, *out, *log, *checkpoint, *isa;
  bool resume, has_steps, has_threads, has_seed;
  double minutes, save_every;
  uint64_t steps, threads, seed;
} request;

/* Everything the command owns. */
typedef struct train_state {
  train_recipe *recipe;
  train_data data;
  train_checkpoint old;
  uint32_t slices; /* the recipe's, the checkpoint's, or as many as threads */
  char *recipe_text, *checkpoint_path;
  char *before; /* the checkpoint before, if the newest cannot be used; NULL: it can */
  team team;
  bool apart; /* something happened that the others of the team do not know of */
  train_run run;
} train_state;

static const char summary[] =
    "Trains a model: reads the recipe (JSON), loads the data, steps, and writes the model\n"
    "file with its calibration and provenance. A checkpoint is written at least every minute\n"
    "and on SIGINT or SIGTERM; the same command with --resume continues exactly, and the model\n"
    "is the same, byte for byte, as if nothing had happened. The seed is part of the run:\n"
    "another one gives another model. So is the number of threads, unless the recipe has "
    "\"slices\",\n"
    "into which each batch is cut: these then decide how sums are rounded, up to so many threads\n"
    "share them, and any number gives the same file. The checkpoint before the newest is kept "
    "beside it,\n"
    "and is used where the newest is damaged; both are removed once the complete model is safely\n"
    "written. A run whose loss is no number any more, or has grown far beyond guessing, ends, and\n"
    "its last good checkpoint stays.\n"
    "A recipe with \"patience_epochs\" may end a run early; its best step becomes the model, and\n"
    "lies beside the checkpoint until then.\n"
    "Under mpirun (in a build with the preset mpi) several processes train together, each on its "
    "part\n"
    "of every batch; the first alone writes files. One that dies ends the run.\n"
    "--minutes ends this sitting early with a checkpoint and a model of what was learnt so far;\n"
    "the learning rate's schedule belongs to the steps of the recipe (or --steps), so for a good\n"
    "short run lower the steps instead.";

static int read_request(int argc, const char **argv, request *r, arguments *rest) {
  const option table[] = {
      TEXT_OPTION(
          "data", &r->data, "DIR",
          "Omniglot's zips or folders, or the word procedural: symbols made up on the spot"),
      TEXT_OPTION("recipe", &r->recipe, "FILE", "how to train", .required = true),
      TEXT_OPTION("out", &r->out, "MODEL", "the model file to write", .required = true),
      FLAG_OPTION("resume", &r->resume, "continue from the checkpoint"),
      REAL_OPTION("minutes", &r->minutes, "M", "stop after M minutes, with a checkpoint", 1e-3,
                  1e6),
      WHOLE_OPTION("steps", &r->steps, "N", "train N steps instead of the recipe's", 1, 1e9,
                   .given = &r->has_steps),
      WHOLE_OPTION("threads", &r->threads, "T", "threads (one a processor)", 1, 1024,
                   .given = &r->has_threads),
      ISA_OPTION(r->isa),
      WHOLE_OPTION("seed", &r->seed, "S", "seed of all random choices (1)", 0, 0x1p53,
                   .given = &r->has_seed),
      TEXT_OPTION("log", &r->log, "FILE", "write a JSON-lines log; --resume appends to it"),
      TEXT_OPTION("checkpoint", &r->checkpoint, "FILE", "the checkpoint (MODEL.checkpoint)"),
      REAL_OPTION("checkpoint-every", &r->save_every, "S", "seconds between checkpoints (25)", 0,
                  60),
  };
  const command_spec spec = {
      "train",
      "",
      summary,
      "oneglyph train --data omniglot --recipe models/glyph.recipe.json --out glyph.safetensors\n"
      "oneglyph train --data omniglot --recipe models/glyph.recipe.json --out glyph.safetensors"
      " --resume",
      table,
      sizeof table / sizeof table[0],
      0,
      0};
  int code = options_parse(&spec, argc, argv, rest);
  if (code == OPTIONS_RUN && r->minutes > 0 && r->has_steps) {
    code = complain(EXIT_BAD, "train: --minutes and --steps exclude each other");
    arguments_free(rest);
  }
  return code;
}

/* Reads the recipe and settles where the data comes from. */
static int prepare_recipe(request *r, train_state *t) {
  og_error error = {0};
  if (train_recipe_read(r->recipe, &t->recipe, &error))
    return complain_error(&error);
  if (r->has_steps)
    t->recipe->core.steps = r->steps;
  if (!r->data && !t->recipe->procedural.alphabets)
    return complain(EXIT_BAD, "train: --data DIR is missing; see oneglyph train --help");
  if (r->data && t->recipe->procedural.alphabets && strcmp(r->data, "procedural"))
    return complain(EXIT_BAD, "train: --data %s: the recipe has procedural data of its own",
                    r->data);
  t->recipe_text = train_recipe_text(t->recipe);
  return t->recipe_text ? OPTIONS_RUN : complain(EXIT_FAILED, "out of memory");
}

/* Whether a file can be written at `path`: better known before a long run than after it. */
static int check_place(const char *path) {
  struct stat about;
  if (!stat(path, &about) && S_ISDIR(about.st_mode))
    return complain(EXIT_BAD, "%s: is a folder, not a file to write", path);
  const char *slash = strrchr(path, '/');
  char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
  if (!folder)
    return complain(EXIT_FAILED, "out of memory");
  int code = OPTIONS_RUN;
  if (access(folder, W_OK | X_OK))
    code = complain(EXIT_BAD, "%s: cannot be written: %s", path, strerror(errno));
  free(folder);
  return code;
}

/* Reads the checkpoint, or the one before it should a disk have damaged or lost the newest. */
static int read_checkpoint(const request *r, train_state *t) {
  og_error error = {0}, ignored;
  og_status status = train_checkpoint_read(r->checkpoint, &t->old, &error);
  if (!status)
    return OPTIONS_RUN;
  char *before = train_checkpoint_before(r->checkpoint);
  if (status == OG_ERROR_FORMAT && before && !train_checkpoint_read(before, &t->old, &ignored)) {
    t->before = before;
    return OPTIONS_RUN;
  }
  free(before);
  if (status != OG_ERROR_FORMAT || access(r->checkpoint, R_OK))
    return complain_error(&error);
  return complain(EXIT_BAD, "%s, and none before it can be used; delete it to start anew",
                  error.text);
}

static bool checkpoint_exists(const char *path) {
  char *before = train_checkpoint_before(path);
  bool there = !access(path, F_OK) || (before && !access(before, F_OK));
  free(before);
  return there;
}

/* Finds the checkpoint; it must be there with --resume and must not be without. */
static int prepare_checkpoint(request *r, train_state *t) {
  size_t size = strlen(r->out) + sizeof ".checkpoint";
  t->checkpoint_path = malloc(size);
  if (!t->checkpoint_path)
    return complain(EXIT_FAILED, "out of memory");
  snprintf(t->checkpoint_path, size, "%s.checkpoint", r->out);
  if (!r->checkpoint)
    r->checkpoint = t->checkpoint_path;
  int code = check_place(r->checkpoint);
  if (code != OPTIONS_RUN)
    return code;
  train_checkpoint_tidy(r->checkpoint);
  bool there = checkpoint_exists(r->checkpoint);
  if (!there && r->resume)
    return complain(EXIT_BAD, "%s: no checkpoint to resume from; leave out --resume to start",
                    r->checkpoint);
  if (there && !r->resume)
    return complain(EXIT_BAD,
                    "%s: a checkpoint is there; continue it with --resume, or delete it to start"
                    " anew",
                    r->checkpoint);
  return there ? read_checkpoint(r, t) : OPTIONS_RUN;
}

/* The seed comes from the checkpoint unless it is given; then they must agree. So do the slices, so
 * that a run may go on with another number of threads or processes. */
static int settle_run(request *r, train_state *t, uint64_t threads) {
  uint32_t slices = t->recipe->core.slices;
  if (!r->resume) {
    r->seed = r->has_seed ? r->seed : 1;
    t->slices = slices ? slices : (uint32_t)threads;
    return OPTIONS_RUN;
  }
  if (r->has_seed && r->seed != t->old.seed)
    return complain(EXIT_BAD, "%s: the checkpoint differs in seed: %llu, not %llu", r->checkpoint,
                    (unsigned long long)t->old.seed, (unsigned long long)r->seed);
  r->seed = t->old.seed;
  t->slices = (uint32_t)t->old.slices;
  const char *key = train_recipe_difference(t->old.recipe, t->recipe_text);
  if (key)
    return complain(EXIT_BAD, "%s: the checkpoint differs in the recipe's \"%s\"", r->checkpoint,
                    key);
  return OPTIONS_RUN;
}

/* Gives the trainer a model file that the recipe names. */
static int take_model(const request *r, train_state *t, const char *name,
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

/* Loads the data and makes the trainer, at the checkpoint's position if there is one. */
static int prepare_trainer(const request *r, train_state *t) {
  og_error error = {0};
  if (train_data_load(r->data, t->recipe, &t->data, &error))
    return complain_error(&error);
  if (t->data.held_out && validation_possible(t->data.held_out, t->recipe->calibrate, &error))
    return complain(EXIT_BAD, "%s: \"holdout\": %s", r->recipe, error.text);
  if (t->old.data && strcmp(t->old.data, t->data.description))
    return complain(EXIT_BAD, "%s: the checkpoint differs in the data: %s, not %s", r->checkpoint,
                    t->old.data, t->data.description);
  og_recipe recipe = t->recipe->core;
  recipe.slices = t->slices;
  if (og_trainer_create(&recipe, t->data.train, r->seed, (uint32_t)r->threads, t->run.isa,
                        &t->run.trainer, &error))
    return complain(error.status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", r->recipe,
                    error.text);
  if (t->old.state && og_trainer_load(t->run.trainer, t->old.state, t->old.state_size, &error))
    return complain(EXIT_BAD, "%s: %s", r->checkpoint, error.text);
  return t->recipe->teacher ? take_model(r, t, t->recipe->teacher, og_trainer_teach) : OPTIONS_RUN;
}

/* A failure of a run under way: not the caller's fault. Says what is left of it. */
static int failed(const train_run *run, const og_error *error) {
  const char *text = error->text[0] ? error->text : "out of memory";
  if (!run->has_checkpoint)
    return complain(EXIT_FAILED, "%s; nothing of this run was saved", text);
  return complain(EXIT_FAILED, "%s; step %llu of this run is safe in %s (--resume)", text,
                  (unsigned long long)run->saved_step, run->checkpoint);
}

/* Says that the newest checkpoint is not the one this run continues from, and puts the older one in
 * its place, lest the next checkpoint drive it out. */
static int take_before(const train_state *t) {
  fprintf(stderr,
          "train: %s: damaged or lost; continuing from the one before, step %llu: what came after"
          " is learnt again\n",
          t->run.checkpoint, (unsigned long long)og_trainer_position(t->run.trainer));
  return rename(t->before, t->run.checkpoint)
             ? complain(EXIT_FAILED, "%s: %s", t->run.checkpoint, strerror(errno))
             : OPTIONS_RUN;
}

/* Of a complete run: its best step, where the recipe asks for that, is what becomes the model. */
static void take_best(train_state *t, train_end end) {
  og_error error = {0};
  unsigned long long last = og_trainer_position(t->run.trainer);
  og_status status = train_best_take(&t->run, &error);
  if (end == TRAIN_PATIENCE)
    fprintf(stderr, "train: no gain on held-out alphabets for %u epochs, ended at step %llu\n",
            t->recipe->patience_epochs, last);
  if (status)
    complain(EXIT_FAILED, "%s; the model is that of step %llu, not of the best one, %llu",
             error.text, last, (unsigned long long)t->run.about.best_step);
}

/* The sitting itself, and the model at its end. */
static int sit(const request *r, train_state *t) {
  og_error error = {0};
  train_end end;
  char processes[48] = "";
  if (t->team.core.size > 1)
    snprintf(processes, sizeof processes, " in each of %u processes", t->team.core.size);
  fprintf(stderr, "train: %s; %s; %llu threads%s, %s at step %llu\n", t->recipe->name,
          t->data.description, (unsigned long long)r->threads, processes,
          r->resume ? "resumed" : "begun", (unsigned long long)og_trainer_position(t->run.trainer));
  if (r->threads * t->team.core.size > t->slices)
    fprintf(stderr,
            "train: batches in %u slices keep no more threads busy; a recipe with more \"slices\" "
            "does, and makes another file\n",
            t->slices);
  if (train_run_go(&t->run, &end, &error)) {
    t->apart = true;
    return failed(&t->run, &error);
  }
  unsigned long long done = og_trainer_position(t->run.trainer), steps = t->recipe->core.steps;
  if (end == TRAIN_INTERRUPTED)
    return complain(EXIT_FAILED,
                    "interrupted after %llu of %llu steps, saved in %s; continue with the same"
                    " command and --resume",
                    done, steps, r->checkpoint);
  bool complete = end != TRAIN_TIME;
  double percent;
  if (complete)
    take_best(t, end);
  done = og_trainer_position(t->run.trainer);
  if (train_export(&t->run, r->out, &percent, &error))
    return failed(&t->run, &error);
  if (complete)
    train_checkpoint_remove(r->checkpoint);
  else
    fprintf(stderr,
            "train: time is over, saved in %s; continue with the same command and --resume\n",
            r->checkpoint);
  printf("%s: %llu of %llu steps in %.0f s", r->out, done, steps, t->run.about.seconds);
  if (percent >= 0)
    printf(", held-out error %.2f %%", percent);
  printf("\n");
  return EXIT_DONE;
}

/* Who asks to stop gets a checkpoint, or the model if it is being made already. */
static int go(const request *r, train_state *t) {
  stop_state before;
  stop_catch(&before);
  int code = sit(r, t);
  stop_release(&before);
  return code;
}

/* All that can go wrong before the run, in the process that leads. */
static int prepare(request *r, train_state *t, uint64_t threads) {
  int code = isa_choose(r->isa, &t->run.isa);
  if (code == OPTIONS_RUN)
    code = prepare_recipe(r, t);
  if (code == OPTIONS_RUN)
    code = check_place(r->out);
  if (code == OPTIONS_RUN)
    code = prepare_checkpoint(r, t);
  if (code == OPTIONS_RUN)
    code = settle_run(r, t, threads);
  if (code == OPTIONS_RUN)
    code = prepare_trainer(r, t);
  return code == OPTIONS_RUN && t->recipe->start && !t->old.state
             ? take_model(r, t, t->recipe->start, og_trainer_start)
             : code;
}

/* The same in another process, which does as it is told and must come to the same state. */
static int prepare_to_follow(request *r, train_state *t, const train_plan *plan) {
  og_error error = {0};
  r->seed = plan->seed;
  t->slices = (uint32_t)plan->slices;
  int code = isa_choose(r->isa, &t->run.isa);
  if (code == OPTIONS_RUN)
    code = prepare_recipe(r, t);
  if (code == OPTIONS_RUN)
    code = prepare_trainer(r, t);
  if (code == OPTIONS_RUN && og_trainer_load(t->run.trainer, plan->state, plan->size, &error))
    code = complain(EXIT_BAD, "differs from the first process: %s", error.text);
  return code;
}

/* The same code in all processes: OPTIONS_RUN if that is everybody's. */
static int agree(train_state *t, int code) {
  uint64_t worst = code == OPTIONS_RUN ? 0 : 1 + (uint64_t)code;
  t->apart |= !team_most(&t->team, &worst);
  if (t->apart)
    return complain(EXIT_FAILED, "another process of this run has ended before it began");
  return worst ? (int)worst - 1 : OPTIONS_RUN;
}

/* Brings all processes to the same place, the leader first: so what is wrong for all is said once.
 */
static int prepare_team(request *r, train_state *t) {
  og_error error = {0};
  uint64_t here = t->team.here, share = processors() > here ? processors() / here : 1;
  r->threads = r->has_threads ? r->threads : share;
  uint64_t threads = r->threads;
  if (!team_sum(&t->team, &threads))
    t->apart = true;
  int code = agree(t, team_leads(&t->team) ? prepare(r, t, threads) : OPTIONS_RUN);
  if (code != OPTIONS_RUN || t->team.core.size == 1)
    return code;
  train_plan plan = {.seed = r->seed, .slices = t->slices};
  if (team_leads(&t->team) && og_trainer_save(t->run.trainer, &plan.state, &plan.size))
    plan.size = 0;
  if (train_team_plan(&t->team, &plan, &error)) {
    t->apart = true;
    return complain_error(&error);
  }
  if (!team_leads(&t->team)) {
    complain_as_process(t->team.core.rank + 1);
    code = prepare_to_follow(r, t, &plan);
  }
  free(plan.state);
  code = agree(t, code);
  if (code == OPTIONS_RUN && og_trainer_join(t->run.trainer, &t->team.core, &error))
    code = team_leads(&t->team) ? complain_error(&error) : EXIT_BAD;
  return code;
}

/* The sitting of a process that does not lead, and says no more than it must. */
static int follow(train_state *t) {
  og_error error = {0};
  train_end end;
  if (train_team_follow(&t->run, &end, &error)) {
    t->apart = true;
    return complain(EXIT_FAILED, "%s", error.text[0] ? error.text : "out of memory");
  }
  return end == TRAIN_INTERRUPTED ? EXIT_FAILED : EXIT_DONE;
}

static int train(request *r, train_state *t) {
  int code = prepare_team(r, t);
  if (code != OPTIONS_RUN)
    return code;
  t->run.team = &t->team;
  t->run.recipe = t->recipe;
  t->run.data = &t->data;
  t->run.about = (train_checkpoint){.recipe = t->recipe_text,
                                    .data = t->data.description,
                                    .seed = r->seed,
                                    .slices = t->slices,
                                    .seconds = t->old.seconds,
                                    .best_step = t->old.best_step,
                                    .best_percent = t->old.best_percent};
  train_checkpoint_free(&t->old);
  t->run.threads = (uint32_t)r->threads;
  t->run.checkpoint = r->checkpoint;
  t->run.has_checkpoint = r->resume;
  t->run.saved_step = og_trainer_position(t->run.trainer);
  t->run.minutes = r->minutes;
  t->run.save_every = r->save_every;
  if (!team_leads(&t->team))
    return follow(t);
  if (r->log && !(t->run.log = fopen(r->log, r->resume ? "a" : "w")))
    code = complain(EXIT_BAD, "%s: %s", r->log, strerror(errno));
  else if (t->before)
    code = take_before(t);
  t->apart = code != OPTIONS_RUN;
  return code == OPTIONS_RUN ? go(r, t) : code;
}

/* A log that lacks lines is a failure even though the model is there. */
static int close_log(FILE *log, const char *path, int code) {
  if (!log)
    return code;
  bool broken = ferror(log);
  broken |= fclose(log) != 0;
  if (!broken || code)
    return code;
  return complain(EXIT_FAILED, "%s: the log could not be written in full; the model is there",
                  path);
}

int cmd_train(int argc, const char **argv) {
  request r = {.save_every = 25};
  arguments rest;
  int code = read_request(argc, argv, &r, &rest);
  if (code != OPTIONS_RUN)
    return code;
  train_state t = {0};
  code = team_begin(&t.team);
  if (code == OPTIONS_RUN)
    code = train(&r, &t);
  code = close_log(t.run.log, r.log, code);
  uint64_t worst = 0; /* all wait for all, until the model is written */
  team_end(&t.team, !t.apart && team_most(&t.team, &worst), code);
  og_trainer_free(t.run.trainer);
  train_checkpoint_free(&t.old);
  train_data_free(&t.data);
  train_recipe_free(t.recipe);
  free(t.recipe_text);
  free(t.checkpoint_path);
  free(t.before);
  arguments_free(&rest);
  return code;
}
