/* The drawings that an evaluation asks for. See eval_load.h. */
#include "eval_load.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "complain.h"
#include "dataset_idx.h"
#include "eval_judge.h"
#include "model_alphabets.h"
#include "suggest.h"

/* Fills `keep` from "A,B"; every name must be there. */
static int mark_alphabets(const og_dataset *set, const char *names, uint8_t *keep) {
  for (const char *at = names; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    size_t length = strcspn(at, ",");
    bool found = false;
    for (size_t a = 0; a < set->alphabets; a++)
      if (strlen(set->alphabet_names[a]) == length && !memcmp(set->alphabet_names[a], at, length)) {
        keep[a] = 1;
        found = true;
      }
    if (found)
      continue;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), at);
    const char *near = suggest(name, (const char *const *)set->alphabet_names, set->alphabets);
    return near ? complain(EXIT_BAD, "eval: --alphabets: no alphabet %s here; did you mean %s?",
                           name, near)
                : complain(EXIT_BAD,
                           "eval: --alphabets: no alphabet %s here; see oneglyph data info", name);
  }
  return EXIT_DONE;
}

static bool is_procedural(const eval_source *source) {
  return !strcmp(source->data, "procedural");
}

static bool is_ink(const eval_source *source) {
  return source->task == TASK_INK || source->task == TASK_IMAGINED ||
         (source->task == TASK_VERIFY && is_procedural(source));
}

static bool is_folder(const char *path) {
  struct stat status;
  return !stat(path, &status) && S_ISDIR(status.st_mode);
}

static og_status load_ink(const eval_source *source, const ink_distortion *distortion,
                          og_dataset **out, og_error *error) {
  if (is_procedural(source))
    return dataset_invent_strokes(source->seed, distortion, out, error);
  if (is_folder(source->data))
    return dataset_load_strokes(source->data, source->set, distortion, out, error);
  return dataset_load_ink(source->data, distortion, out, error);
}

int eval_load(const eval_source *source, const ink_distortion *distortion, og_dataset **out) {
  og_error error = {0};
  og_dataset *all = NULL;
  og_status status;
  *out = NULL;
  if (source->task == TASK_FOLDER)
    status = dataset_load_folder(source->data, &all, &error);
  else if (source->task == TASK_MNIST)
    status = dataset_load_idx(source->data, source->set, &all, &error);
  else if (is_ink(source))
    status = load_ink(source, distortion, &all, &error);
  else
    status = alphabets_load(source->data, source->set, judge_file(source->model), &all, &error);
  if (status)
    return complain_error(&error);
  if (!source->alphabets) {
    *out = all;
    return EXIT_DONE;
  }
  uint8_t *keep = calloc(all->alphabets + 1, 1);
  int code =
      keep ? mark_alphabets(all, source->alphabets, keep) : complain(EXIT_FAILED, "out of memory");
  if (!code && og_dataset_select(all, keep, out))
    code = complain(EXIT_FAILED, "out of memory");
  free(keep);
  og_dataset_free(all);
  return code;
}

const char *eval_set_name(const eval_source *source) {
  if (source->task == TASK_FOLDER)
    return "folder";
  if (!is_ink(source))
    return source->set;
  return is_procedural(source) ? "procedural" : is_folder(source->data) ? source->set : "ink";
}
