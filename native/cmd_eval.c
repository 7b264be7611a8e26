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
#include "eval_request.h"
#include "eval_verify.h"
#include "ink/imagine.h"
#include "options.h"
#include "output.h"

/* What tasks on the same drawings share: each drawing is embedded once for all of them. */
typedef struct shared {
  og_dataset *set;
  judge *judge;
} shared;

/* Writes the sheet of --confusions; `set` is NULL for Lake's runs. */
static int draw(const eval_request *r, const eval_about *about, const uint8_t *rasters,
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
    confusions_draw(o.stream, &sheet, eval_ends_in(r->confusions, ".html"));
    code = output_close(&o, r->confusions, code);
  }
  confused_pairs_free(&pairs);
  return code;
}

/* What a line of results is written by, after the head where there is one. */
static eval_report *begin_report(const eval_request *r, FILE *out) {
  if (r->csv && !r->later)
    eval_report_csv_head(out);
  return r->csv ? eval_report_csv : r->json ? eval_report_json : eval_report_text;
}

static void print_unknown(const eval_request *r, const eval_about *about, const og_detection *found,
                          FILE *out) {
  if (r->csv)
    eval_report_unknown_csv(out, about, found);
  else
    eval_report_unknown(out, about, found, r->json);
}

static int print(const eval_request *r, const eval_about *about, const og_dataset *set,
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
static int deliver(const eval_request *r, const judge *j, const uint8_t *rasters,
                   const og_dataset *set, const char *set_name, const eval_settings *settings,
                   const eval_result *result) {
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
static int try_plan(const eval_request *r, const og_dataset *set, const og_episode_plan *plan) {
  og_episodes *trial = NULL;
  og_error error = {0};
  og_status status = og_episodes_create(set, plan, &trial, &error);
  og_episodes_free(trial);
  return status ? complain(status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD,
                           "%s: %s; try a smaller --way or --shot", r->data, error.text)
                : EXIT_DONE;
}

static int run_remade(const eval_request *r, const eval_source *source, const og_dataset *set,
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

static int run_sampled(const eval_request *r, int task, const eval_settings *settings,
                       shared *with) {
  const og_task kinds[TASKS] = {[TASK_WITHIN] = OG_TASK_WITHIN,  [TASK_ACROSS] = OG_TASK_ACROSS,
                                [TASK_FOLDER] = OG_TASK_CLASSES, [TASK_INK] = OG_TASK_CLASSES,
                                [TASK_UNKNOWN] = OG_TASK_WITHIN, [TASK_MNIST] = OG_TASK_CLASSES,
                                [TASK_IMAGINED] = OG_TASK_WITHIN};
  const og_episode_plan plan = {kinds[task], r->way, r->shot, (og_drawers)eval_drawers(r->drawers),
                                task == TASK_UNKNOWN};
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

static int run_lake(const eval_request *r, const eval_settings *settings) {
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

static int run_verify(const eval_request *r, const eval_source *source,
                      const eval_settings *settings) {
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

static int run_task(const eval_request *r, int task, shared *with) {
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

static int run_all(eval_request *r) {
  int list[MOST_TASKS];
  size_t count;
  shared with = {0};
  int code = eval_request_check(r, list, &count);
  if (!code)
    code = kernel_choose(&r->with);
  if (code == OPTIONS_RUN)
    code = EXIT_DONE;
  for (size_t i = 0; !code && i < count; i++) {
    r->task = eval_task_names[list[i]];
    r->later = i > 0;
    code = run_task(r, list[i], &with);
  }
  judge_free(with.judge);
  og_dataset_free(with.set);
  return code;
}

int cmd_eval(int argc, const char **argv) {
  eval_request r = {.task = "within",
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
