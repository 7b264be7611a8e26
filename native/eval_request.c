/* What eval is asked for. See eval_request.h. */
#include "eval_request.h"

#include <string.h>

#include "commands.h"
#include "complain.h"
#include "eval_judge.h"
#include "suggest.h"

const char *const eval_task_names[TASKS] = {"lake",    "within", "across", "folder",   "ink",
                                            "unknown", "mnist",  "verify", "imagined", "instances"};

static int index_of(const char *word, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!strcmp(word, words[i]))
      return (int)i;
  return -1;
}

bool eval_ends_in(const char *name, const char *end) {
  size_t length = strlen(name), tail = strlen(end);
  return length > tail && !strcmp(name + length - tail, end);
}

int eval_drawers(const char *word) {
  static const char *const drawers[] = {"other", "same", "any"};
  return index_of(word, drawers, 3);
}

/* The tasks of a list; one that is none is negative. */
static size_t split_tasks(const char *text, int list[MOST_TASKS]) {
  size_t count = 0;
  for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    size_t length = strcspn(at, ",");
    if (count == MOST_TASKS)
      return MOST_TASKS + 1;
    list[count] = -1;
    for (int i = 0; i < TASKS; i++)
      if (strlen(eval_task_names[i]) == length && !strncmp(at, eval_task_names[i], length))
        list[count] = i;
    count++;
  }
  return count;
}

/* Options that are fine alone but not with this task. */
static int check_task(const eval_request *r, int task) {
  if (task < 0) {
    const char *near = suggest(r->task, eval_task_names, TASKS);
    return complain(EXIT_BAD,
                    "eval: --task %s: must be lake, within, across, folder, ink, "
                    "unknown, mnist, verify, imagined or instances%s%s%s",
                    r->task, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
  }
  if (eval_drawers(r->drawers) < 0)
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
  return EXIT_DONE;
}

/* What is asked for of the results. */
static int check_report(const eval_request *r, int task) {
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
  if (!eval_ends_in(r->confusions, ".html") && !eval_ends_in(r->confusions, ".svg"))
    return complain(EXIT_BAD, "eval: --confusions %s: must end in .html or .svg", r->confusions);
  return EXIT_DONE;
}

/* Sets and numbers that tasks bring along, unless others are said. */
static void fill_in(eval_request *r, int task) {
  if ((task == TASK_INK || task == TASK_IMAGINED) && !r->has_set)
    r->set = "background_small1";
  if (task == TASK_MNIST && !r->has_set)
    r->set = "test";
  if (task == TASK_MNIST && !r->has_way)
    r->way = 10;
}

/* Several tasks: only those that draw other trials from the same drawings. */
static int check_list(const eval_request *r, const int *list, size_t count) {
  if (count > MOST_TASKS)
    return complain(EXIT_BAD, "eval: --task %s: more than %d tasks", r->task, MOST_TASKS);
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

int eval_request_check(eval_request *r, int list[MOST_TASKS], size_t *count) {
  *count = split_tasks(r->task, list);
  int code = check_list(r, list, *count);
  for (size_t i = 0; !code && i < *count; i++) {
    r->task = list[i] < 0 ? r->task : eval_task_names[list[i]];
    fill_in(r, list[i]);
    code = check_task(r, list[i]);
    code = code ? code : check_report(r, list[i]);
  }
  return code;
}
