/* `oneglyph eval`: few-shot errors of a model or a baseline. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "eval_confusions_draw.h"
#include "eval_distort.h"
#include "eval_imagined.h"
#include "eval_instances.h"
#include "eval_verify.h"
#include "ink/imagine.h"
#include "isa.h"
#include "options.h"
#include "output.h"
#include "suggest.h"

typedef struct request {
  const char *model, *data, *task, *set, *alphabets, *drawers, *confusions, *distort;
  kernel_choice with;
  uint64_t way, shot, trials, seed, threads, pairs;
  double strength;
  bool assign, by_alphabet, json, csv, has_way, has_trials, has_set, has_pairs, has_strength;
  bool later; /* not the first task of a list: the head of a table is written */
} request;

/* What tasks on the same drawings share: each drawing is embedded once for all of them. */
typedef struct shared {
  og_dataset *set;
  judge *judge;
} shared;

enum { MOST_TASKS = 8 };
static const char *const tasks[TASKS] = {"lake",    "within", "across", "folder",   "ink",
                                         "unknown", "mnist",  "verify", "imagined", "instances"};

static int index_of(const char *word, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!strcmp(word, words[i]))
      return (int)i;
  return -1;
}

static bool ends_in(const char *name, const char *end) {
  size_t length = strlen(name), tail = strlen(end);
  return length > tail && !strcmp(name + length - tail, end);
}

/* Writes the sheet of --confusions; `set` is NULL for Lake's runs. */
static int draw(const request *r, const eval_about *about, const uint8_t *rasters,
                const og_dataset *set, const eval_count *count, const confusion_list *errors) {
  confused_pairs pairs;
  output o;
  const uint32_t *class_of = set ? set->class_of : NULL;
  if (confusion_pairs(errors, class_of, &pairs))
    return complain(EXIT_FAILED, "out of memory");
  const confusion_sheet sheet = {
      about, count, &pairs, r->pairs, rasters, class_of, set ? set->class_names : NULL};
  int code = output_open(&o);
  if (!code) {
    confusions_draw(o.stream, &sheet, ends_in(r->confusions, ".html"));
    code = output_close(&o, r->confusions, code);
  }
  confused_pairs_free(&pairs);
  return code;
}

/* What a line of results is written by, after the head where there is one. */
static eval_report *begin_report(const request *r, FILE *out) {
  if (r->csv && !r->later)
    eval_report_csv_head(out);
  return r->csv ? eval_report_csv : r->json ? eval_report_json : eval_report_text;
}

static void print_unknown(const request *r, const eval_about *about, const og_detection *found,
                          FILE *out) {
  if (r->csv)
    eval_report_unknown_csv(out, about, found);
  else
    eval_report_unknown(out, about, found, r->json);
}

static int print(const request *r, const eval_about *about, const og_dataset *set,
                 const eval_result *result) {
  output o;
  int code = output_open(&o);
  if (code)
    return code;
  if (!strcmp(r->task, "unknown")) {
    print_unknown(r, about, &result->detection, o.stream);
  } else {
    eval_report *report = begin_report(r, o.stream);
    report(o.stream, about, &result->alone, false);
    if (r->assign)
      report(o.stream, about, &result->assigned, true);
  }
  if (r->by_alphabet)
    eval_report_alphabets(o.stream, set, result->by_alphabet);
  return output_close(&o, NULL, EXIT_DONE);
}

/* Prints, then draws: a drawing that cannot be written costs no results. */
static int deliver(const request *r, const judge *j, const uint8_t *rasters, const og_dataset *set,
                   const char *set_name, const eval_settings *settings, const eval_result *result) {
  const eval_about about = {.task = r->task,
                            .model = r->model,
                            .set = set_name,
                            .way = r->way,
                            .shot = r->shot,
                            .seed = r->seed,
                            .milliseconds = judge_milliseconds(j),
                            .comparison = result->comparison};
  int code = print(r, &about, set, result);
  if (!code && r->confusions)
    code = draw(r, &about, rasters, set, &result->alone, settings->confusions);
  return code;
}

/* Says no before anything is embedded. */
static int try_plan(const request *r, const og_dataset *set, const og_episode_plan *plan) {
  og_episodes *trial = NULL;
  og_error error = {0};
  og_status status = og_episodes_create(set, plan, &trial, &error);
  og_episodes_free(trial);
  return status ? complain(status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD,
                           "%s: %s; try a smaller --way or --shot", r->data, error.text)
                : EXIT_DONE;
}

static int run_remade(const request *r, const eval_source *source, const og_dataset *set,
                      const og_episode_plan *plan, const eval_settings *settings) {
  const eval_about about = {.task = r->task,
                            .model = r->model,
                            .set = eval_set_name(source),
                            .way = r->way,
                            .shot = r->shot,
                            .seed = r->seed};
  output o;
  int code = output_open(&o);
  if (code)
    return code;
  code = r->distort ? eval_distorted(source, set, plan, settings, &r->with, r->distort, &about,
                                     begin_report(r, o.stream), o.stream)
                    : eval_imagined(source, set, plan, settings, &r->with, r->strength, &about,
                                    begin_report(r, o.stream), o.stream);
  return output_close(&o, NULL, code);
}

static int run_sampled(const request *r, int task, const eval_settings *settings, shared *with) {
  static const char *const drawers[] = {"other", "same", "any"};
  const og_task kinds[TASKS] = {[TASK_WITHIN] = OG_TASK_WITHIN,  [TASK_ACROSS] = OG_TASK_ACROSS,
                                [TASK_FOLDER] = OG_TASK_CLASSES, [TASK_INK] = OG_TASK_CLASSES,
                                [TASK_UNKNOWN] = OG_TASK_WITHIN, [TASK_MNIST] = OG_TASK_CLASSES,
                                [TASK_IMAGINED] = OG_TASK_WITHIN};
  const og_episode_plan plan = {kinds[task], r->way, r->shot,
                                (og_drawers)index_of(r->drawers, drawers, 3), task == TASK_UNKNOWN};
  eval_result result = {0};
  og_error error = {0};
  const eval_source source = {(eval_task)task, r->model, r->data, r->set, r->alphabets, r->seed};
  int code = with->set ? EXIT_DONE : eval_load(&source, NULL, &with->set);
  const og_dataset *set = with->set;
  if (!code)
    code = try_plan(r, set, &plan);
  if (!code && (r->distort || task == TASK_IMAGINED))
    return run_remade(r, &source, set, &plan, settings);
  if (!code && !with->judge &&
      judge_create(r->model, &r->with, set->rasters, set->drawings, settings->threads, &with->judge,
                   &error))
    code = complain_error(&error);
  if (!code && eval_sampled(with->judge, set, &plan, settings, &result, &error))
    code = complain_error(&error);
  if (!code)
    code = deliver(r, with->judge, set->rasters, set, eval_set_name(&source), settings, &result);
  eval_result_free(&result);
  return code;
}

static int run_lake(const request *r, const eval_settings *settings) {
  run_set *runs = NULL;
  judge *j = NULL;
  eval_result result = {0};
  og_error error = {0};
  int code = EXIT_DONE;
  if (runs_load(r->data, &runs, &error))
    return complain_error(&error);
  size_t half = runs->runs * RUN_WAYS;
  uint8_t *rasters = malloc(2 * half * OG_RASTER_SIZE);
  if (rasters) {
    memcpy(rasters, runs->support, half * OG_RASTER_SIZE);
    memcpy(rasters + half * OG_RASTER_SIZE, runs->query, half * OG_RASTER_SIZE);
  } else {
    code = complain(EXIT_FAILED, "out of memory");
  }
  if (!code &&
      (judge_create(r->model, &r->with, rasters, 2 * half, settings->threads, &j, &error) ||
       eval_runs(j, runs, settings, &result, &error)))
    code = complain_error(&error);
  if (!code)
    code = deliver(r, j, rasters, NULL, "all_runs", settings, &result);
  eval_result_free(&result);
  judge_free(j);
  free(rasters);
  runs_free(runs);
  return code;
}

static int run_verify(const request *r, const eval_source *source, const eval_settings *settings) {
  eval_result result = {0};
  eval_about about = {.task = r->task,
                      .model = r->model,
                      .set = eval_set_name(source),
                      .way = 2,
                      .shot = 1,
                      .seed = r->seed};
  int code = eval_verify(source, &r->with, settings, &result.alone, &about.milliseconds);
  return code ? code : print(r, &about, NULL, &result);
}

/* The tasks of a list, of which there may be `most`; one that is none is negative. */
static size_t split_tasks(const char *text, int *list, size_t most) {
  size_t count = 0;
  for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    size_t length = strcspn(at, ",");
    if (count == most)
      return most + 1;
    list[count] = -1;
    for (int i = 0; i < TASKS; i++)
      if (strlen(tasks[i]) == length && !strncmp(at, tasks[i], length))
        list[count] = i;
    count++;
  }
  return count;
}

/* Options that are fine alone but not together. */
static int check(const request *r, int task) {
  static const char *const drawers[] = {"other", "same", "any"};
  if (task < 0) {
    const char *near = suggest(r->task, tasks, TASKS);
    return complain(EXIT_BAD,
                    "eval: --task %s: must be lake, within, across, folder, ink, "
                    "unknown, mnist, verify, imagined or instances%s%s%s",
                    r->task, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
  }
  if (index_of(r->drawers, drawers, 3) < 0)
    return complain(EXIT_BAD, "eval: --drawers %s: must be other, same or any", r->drawers);
  if (strcmp(r->drawers, "other") && task != TASK_INK)
    return complain(EXIT_BAD, "eval: --drawers is for --task ink");
  if (task == TASK_LAKE && (r->way != 20 || r->shot != 1 || r->has_trials || r->has_set ||
                            r->alphabets || r->by_alphabet))
    return complain(EXIT_BAD, "eval: --task lake is 20 fixed 20-way 1-shot runs; leave out --way, "
                              "--shot, --trials, --set, --alphabets and --by-alphabet");
  const char *file = judge_file(r->model);
  if (file != r->model && !*file)
    return complain(EXIT_BAD, "eval: --model %s needs a model file behind the colon", r->model);
  if (task == TASK_VERIFY && file != r->model)
    return complain(EXIT_BAD, "eval: --task verify asks for probabilities, which %s has not",
                    r->model);
  if (task == TASK_INSTANCES && (file != r->model || r->has_way || r->shot != 1 || r->assign ||
                                 r->by_alphabet || r->confusions || r->distort))
    return complain(EXIT_BAD, "eval: --task instances takes none of --way, --shot, --assign, "
                              "--by-alphabet, --confusions, --distort and --model refit:FILE");
  if (task == TASK_VERIFY &&
      (r->has_way || r->shot != 1 || r->assign || r->by_alphabet || r->confusions))
    return complain(EXIT_BAD, "eval: --task verify takes none of --way, --shot, --assign, "
                              "--by-alphabet and --confusions");
  const eval_source source = {.task = (eval_task)task, .data = r->data, .set = r->set};
  if (r->has_set && eval_set_name(&source) != r->set)
    return complain(EXIT_BAD, "eval: --set is for Omniglot, not for --task %s", r->task);
  if (r->distort && (task != TASK_INK || r->assign || r->by_alphabet || r->confusions))
    return complain(EXIT_BAD, "eval: --distort is for --task ink, without --assign, --by-alphabet "
                              "and --confusions");
  if (r->has_strength && task != TASK_IMAGINED)
    return complain(EXIT_BAD, "eval: --strength is for --task imagined");
  if (task == TASK_IMAGINED &&
      (r->shot != 1 || r->assign || r->by_alphabet || r->confusions || r->csv))
    return complain(EXIT_BAD, "eval: --task imagined is 1-shot, without --assign, --by-alphabet, "
                              "--confusions and --csv");
  if (r->assign && (task == TASK_ACROSS || task == TASK_UNKNOWN))
    return complain(EXIT_BAD,
                    "eval: --assign needs one query of every class, which --task %s "
                    "has not",
                    r->task);
  if (r->json && r->csv)
    return complain(EXIT_BAD, "eval: --json and --csv: choose one");
  if (r->by_alphabet && (r->json || r->csv || task == TASK_UNKNOWN))
    return complain(EXIT_BAD,
                    "eval: --by-alphabet goes neither with --json or --csv nor --task unknown");
  if (r->has_pairs && !r->confusions)
    return complain(EXIT_BAD, "eval: --pairs says how many pairs --confusions draws; give both");
  if (!r->confusions)
    return EXIT_DONE;
  if (task == TASK_UNKNOWN)
    return complain(EXIT_BAD,
                    "eval: --task unknown confuses no characters; leave out --confusions");
  if (!ends_in(r->confusions, ".html") && !ends_in(r->confusions, ".svg"))
    return complain(EXIT_BAD, "eval: --confusions %s: must end in .html or .svg", r->confusions);
  return EXIT_DONE;
}

/* Sets and numbers that tasks bring along, unless others are said. */
static void fill_in(request *r, int task) {
  if ((task == TASK_INK || task == TASK_IMAGINED) && !r->has_set)
    r->set = "background_small1";
  if (task == TASK_MNIST && !r->has_set)
    r->set = "test";
  if (task == TASK_MNIST && !r->has_way)
    r->way = 10;
}

static int run_task(const request *r, int task, shared *with) {
  confusion_list errors = {0};
  const eval_settings settings = {
      r->trials, r->seed, (uint32_t)r->threads, r->assign, r->confusions ? &errors : NULL,
      0,         false};
  const eval_source source = {(eval_task)task, r->model, r->data, r->set, r->alphabets, r->seed};
  int code;
  if (task == TASK_INSTANCES)
    code = eval_instances(&source, &r->with, r->trials, settings.threads, r->json);
  else if (task == TASK_VERIFY)
    code = run_verify(r, &source, &settings);
  else
    code = task == TASK_LAKE ? run_lake(r, &settings) : run_sampled(r, task, &settings, with);
  confusion_list_free(&errors);
  return code;
}

/* Several tasks: only those that draw other trials from the same drawings. */
static int check_list(const request *r, const int *list, size_t count) {
  for (size_t i = 0; count > 1 && i < count; i++)
    if (list[i] != TASK_WITHIN && list[i] != TASK_ACROSS && list[i] != TASK_UNKNOWN)
      return complain(EXIT_BAD, "eval: --task %s: only within, across and unknown go together",
                      r->task);
  for (size_t i = 0; count > 1 && r->csv && i < count; i++)
    if (list[i] == TASK_UNKNOWN)
      return complain(EXIT_BAD,
                      "eval: --csv: the columns of --task unknown are its own; ask for it "
                      "alone");
  if (count > 1 && r->confusions)
    return complain(EXIT_BAD, "eval: --confusions draws the errors of one --task, not of %s",
                    r->task);
  return EXIT_DONE;
}

static int run_all(request *r) {
  int list[MOST_TASKS];
  size_t count = split_tasks(r->task, list, MOST_TASKS);
  shared with = {0};
  if (count > MOST_TASKS)
    return complain(EXIT_BAD, "eval: --task %s: more than %d tasks", r->task, MOST_TASKS);
  int code = check_list(r, list, count);
  for (size_t i = 0; !code && i < count; i++) {
    r->task = list[i] < 0 ? r->task : tasks[list[i]];
    fill_in(r, list[i]);
    code = check(r, list[i]);
  }
  if (!code)
    code = kernel_choose(&r->with);
  if (code == OPTIONS_RUN)
    code = EXIT_DONE;
  for (size_t i = 0; !code && i < count; i++) {
    r->task = tasks[list[i]];
    r->later = i > 0;
    code = run_task(r, list[i], &with);
  }
  judge_free(with.judge);
  og_dataset_free(with.set);
  return code;
}

int cmd_eval(int argc, const char **argv) {
  request r = {.task = "within",
               .set = "evaluation",
               .drawers = "other",
               .way = 20,
               .shot = 1,
               .trials = 10000,
               .seed = 1,
               .threads = processors(),
               .pairs = 24,
               .strength = (double)OG_IMAGINE_STRENGTH};
  const option table[] = {
      TEXT_OPTION("model", &r.model, "MODEL",
                  "model file, refit:FILE, or random, pixel, hausdorff or idm", .required = true),
      TEXT_OPTION("data", &r.data, "DIR",
                  "Omniglot's folder; the folder or file of other tasks; ink: also procedural",
                  .required = true),
      TEXT_OPTION("task", &r.task, "TASK",
                  "lake, within (default), across, folder, ink, unknown, mnist, verify, imagined or"
                  " instances; within, across and unknown may be a list, as within,across"),
      WHOLE_OPTION("way", &r.way, "N", "classes to choose from (20; mnist: 10)", 2, OG_MAX_WAY,
                   .given = &r.has_way),
      WHOLE_OPTION("shot", &r.shot, "K", "examples of each class (1)", 1, OG_MAX_SHOT),
      WHOLE_OPTION("trials", &r.trials, "N", "queries to judge (10000)", 2, 1e8,
                   .given = &r.has_trials),
      TEXT_OPTION(
          "set", &r.set, "SET",
          "Omniglot's set (evaluation), or the model's own training or held-out; mnist: test"
          " (default) or train",
          .given = &r.has_set),
      TEXT_OPTION("alphabets", &r.alphabets, "A,B", "only these alphabets"),
      WHOLE_OPTION("seed", &r.seed, "N", "of the drawing of trials (1)", 0, 9007199254740992.0),
      TEXT_OPTION("drawers", &r.drawers, "WHO",
                  "ink: who drew a query: other (default), same or any, as its examples"),
      TEXT_OPTION("distort", &r.distort, "D,..",
                  "ink: other pens and hands for the queries: speed, coarse, dense, thick,"
                  " offset, scale, rotate or all, as rotate:25"),
      REAL_OPTION("strength", &r.strength, "S",
                  "imagined: 1 is as different as two people's drawings are (0.7)", 0, 4,
                  .given = &r.has_strength),
      FLAG_OPTION("assign", &r.assign, "also match an episode's queries one to one, separately"),
      FLAG_OPTION("by-alphabet", &r.by_alphabet, "also print the errors of every alphabet"),
      TEXT_OPTION("confusions", &r.confusions, "FILE",
                  "draw the most confused pairs into FILE.html or FILE.svg"),
      WHOLE_OPTION("pairs", &r.pairs, "N", "how many of them (24)", 1, 10000,
                   .given = &r.has_pairs),
      WHOLE_OPTION("threads", &r.threads, "T", "threads (one per processor)", 1, 1024),
      KERNEL_OPTIONS(r.with),
      FLAG_OPTION("json", &r.json, "one JSON object a line"),
      FLAG_OPTION("csv", &r.csv, "the same as a CSV, its names in the first line"),
  };
  const command_spec spec = {
      "eval",
      "",
      "Measures how often a model picks the wrong class for a drawing when it has seen K examples\n"
      "of each of N. lake: the 20 published runs; within: characters of one alphabet, two people;\n"
      "across: characters of all alphabets; folder: DIR/CLASS/*.png; ink: JSON lines or pen "
      "strokes; unknown: "
      "how\n"
      "well characters that are not among the N are noticed. Ties count as errors.\n\n"
      "mnist: Koch's transfer test, by a model that never saw a digit. DIR has "
      "t10k-images-idx3-ubyte\n"
      "and t10k-labels-idx1-ubyte, plain or gzipped. A trial shows one image of each of the ten\n"
      "digits, all at random from the test set, and asks for one more; each image's ink is found "
      "and\n"
      "drawn anew with Omniglot's pen, as of any picture. Nothing is fitted to MNIST. Koch's net "
      "made\n"
      "29.7 % errors in such trials, his nearest neighbour 73.5 %.\n\n"
      "verify: whether two drawings show one character; half of the pairs do, by two people, the\n"
      "others show any two characters. The model's probability decides, at one half: way is 2.\n"
      "Koch's net made 6.6 % errors in such pairs (Koch et al. 2015, table 1).\n\n"
      "imagined: as within, on pen strokes (--data as for ink), with queries by other people, and "
      "with\n"
      "queries that oneglyph imagine draws of the examples themselves; the likeness of both to "
      "the\n"
      "examples says whether imagined drawings vary as people's do.\n\n"
      "instances: accuracy of a network with memory by instance, 1st to 10th, in sequences of\n"
      "drawings of five characters, each label told one step late (Santoro et al. 2016).\n\n"
      "A model refit:FILE is the embedding of FILE with a softmax layer that is fitted to each\n"
      "support set: transfer from a trained classifier. It has no probability of two drawings "
      "alone,\n"
      "so --task verify does not take it.",
      "oneglyph eval --model glyph.safetensors --data omniglot --task lake",
      table,
      sizeof table / sizeof table[0],
      0,
      0};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  code = run_all(&r);
  arguments_free(&rest);
  return code;
}
