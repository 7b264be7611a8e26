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
#include "isa.h"
#include "options.h"
#include "progress.h"
#include "train_stage.h"

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
    "The stages of a recipe's \"then\" follow one another in one run: each starts with the net of "
    "the\n"
    "one before it.\n"
    "A recipe with \"patience_epochs\" may end a run early; its best step becomes the model, and\n"
    "lies beside the checkpoint until then.\n"
    "Under mpirun (in a build with the preset mpi) several processes train together, each on its "
    "part\n"
    "of every batch; the first alone writes files. One that dies ends the run.\n"
    "--minutes ends this sitting early with a checkpoint and a model of what was learnt so far;\n"
    "the learning rate's schedule belongs to the steps of the recipe (or --steps), so for a good\n"
    "short run lower the steps instead.";

static int read_request(int argc, const char **argv, train_request *r, arguments *rest) {
  const option table[] = {
      TEXT_OPTION(
          "data", &r->data, "DIR",
          "Omniglot's zips or folders, or the word procedural: symbols made up on the spot"),
      TEXT_OPTION("recipe", &r->recipe, "FILE", "how to train", .required = true),
      TEXT_OPTION("out", &r->out, "MODEL", "the model file to write", .required = true),
      FLAG_OPTION("resume", &r->resume, "continue from the checkpoint"),
      REAL_OPTION("minutes", &r->minutes, "M", "stop after M minutes, with a checkpoint", 1e-3,
                  1e6),
      WHOLE_OPTION("steps", &r->steps, "N", "train N steps (of each stage) instead of the recipe's",
                   1, 1e9, .given = &r->has_steps),
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
static int prepare_recipe(train_request *r, train_state *t) {
  og_error error = {0};
  if (train_recipe_read(r->recipe, &t->recipe, &error))
    return complain_error(&error);
  if (r->has_steps) {
    t->recipe->core.steps = r->steps;
    for (size_t i = 0; i < t->recipe->stages; i++)
      t->recipe->then[i]->core.steps = r->steps;
  }
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
static int read_checkpoint(const train_request *r, train_state *t) {
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
static int prepare_checkpoint(train_request *r, train_state *t) {
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
static int settle_run(train_request *r, train_state *t, uint64_t threads) {
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
  if (t->old.stage > t->recipe->stages)
    return complain(EXIT_BAD, "%s: the checkpoint is of a stage that the recipe does not have",
                    r->checkpoint);
  t->stage = (size_t)t->old.stage;
  return OPTIONS_RUN;
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

/* All that can go wrong before there is anything to train, in the process that leads. */
static int prepare(train_request *r, train_state *t, uint64_t threads) {
  int code = isa_choose(r->isa, &t->run.isa);
  if (code == OPTIONS_RUN)
    code = prepare_recipe(r, t);
  if (code == OPTIONS_RUN)
    code = check_place(r->out);
  if (code == OPTIONS_RUN)
    code = prepare_checkpoint(r, t);
  if (code == OPTIONS_RUN)
    code = settle_run(r, t, threads);
  return code == OPTIONS_RUN && !r->resume ? train_stages_check(r, t) : code;
}

/* What another process needs before it can do as it is told. */
static int prepare_to_follow(train_request *r, train_state *t) {
  int code = isa_choose(r->isa, &t->run.isa);
  return code == OPTIONS_RUN ? prepare_recipe(r, t) : code;
}

/* The leader first, so that what is wrong for all is said once. */
static int prepare_team(train_request *r, train_state *t) {
  uint64_t here = t->team.here, share = processors() > here ? processors() / here : 1;
  r->threads = r->has_threads ? r->threads : share;
  uint64_t threads = r->threads;
  if (!team_sum(&t->team, &threads))
    t->apart = true;
  int code = train_agree(t, team_leads(&t->team) ? prepare(r, t, threads) : OPTIONS_RUN);
  if (code == OPTIONS_RUN && t->team.core.size > 1)
    code = train_agree(t, team_leads(&t->team) ? OPTIONS_RUN : prepare_to_follow(r, t));
  return code;
}

/* What only the leader does: the log, and the choice of a checkpoint. */
static int open_books(const train_request *r, train_state *t) {
  int code = OPTIONS_RUN;
  if (r->log && !(t->run.log = fopen(r->log, r->resume ? "a" : "w")))
    code = complain(EXIT_BAD, "%s: %s", r->log, strerror(errno));
  else if (t->before)
    code = take_before(t);
  t->apart = code != OPTIONS_RUN;
  return code;
}

static int train(train_request *r, train_state *t) {
  double begun = clock_seconds();
  int code = prepare_team(r, t);
  bool first = true;
  while (code == OPTIONS_RUN) {
    code = train_stage_enter(r, t);
    if (code == OPTIONS_RUN && first && team_leads(&t->team))
      code = open_books(r, t);
    if (code != OPTIONS_RUN)
      break;
    double left = 60 * r->minutes - (clock_seconds() - begun);
    t->run.minutes = first || !(r->minutes > 0) ? r->minutes : left > 0 ? left / 60 : 1e-9;
    first = false;
    code = train_stage_go(r, t);
    train_stage_leave(t);
    t->stage++;
  }
  return code;
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
  train_request r = {.save_every = 25};
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
  train_stage_leave(&t);
  train_checkpoint_free(&t.old);
  free(t.start);
  train_recipe_free(t.recipe);
  free(t.recipe_text);
  free(t.checkpoint_path);
  free(t.before);
  arguments_free(&rest);
  return code;
}
