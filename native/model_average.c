/* `oneglyph model average`: the mean of models that began as one.
 *
 * Trainings that start from the same weights (a recipe's "start") end in one valley of the loss,
 * and the middle of it does better on new data than any of them, at the cost of one (Wortsman et
 * al., Model soups, ICML 2022). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "files.h"
#include "model_file.h"
#include "model_tensor.h"
#include "options.h"

enum { MOST_FILES = 64, ABOUT = 1024, EACH = 96 };

/* What stays true of the mean: all but what a training or a later step measured. */
static const char *const kept[] = {"format", "version",  "net",  "input", "head",    "name",
                                   "recipe", "held_out", "data", "tool",  "whitened"};
enum { KEPT = sizeof kept / sizeof kept[0] };

typedef struct mean {
  og_tensor_source tensors[OG_ST_MAX_TENSORS];
  float *values[OG_ST_MAX_TENSORS];
  size_t count;
  char about[ABOUT]; /* the models */
} mean;

static bool is_range(const char *name) {
  const char *dot = strrchr(name, '.');
  return dot && !strcmp(dot, ".range");
}

/* Both say the same of `key`, or nothing. */
static bool agree(const model_file *a, const model_file *b, const char *key) {
  const char *x = og_model_metadata(a->model, key), *y = og_model_metadata(b->model, key);
  return x && y ? !strcmp(x, y) : x == y;
}

static const char *said(const model_file *f, const char *key) {
  const char *value = og_model_metadata(f->model, key);
  return value ? value : "unknown";
}

static void name_file(mean *m, const model_file *f) {
  char one[EACH];
  size_t used = strlen(m->about);
  snprintf(one, sizeof one, "%s%s of seed %s, %s steps", used ? "; " : "", said(f, "name"),
           said(f, "seed"), said(f, "steps"));
  if (used + strlen(one) < ABOUT)
    memcpy(m->about + used, one, strlen(one) + 1);
}

static og_status begin(mean *m, const model_file *f) {
  for (size_t i = 0; i < f->tensors->tensors; i++) {
    if (is_range(f->tensors->tensor[i].name))
      continue;
    og_tensor_source *out = &m->tensors[m->count];
    og_status status = model_tensor_copy(&f->tensors->tensor[i], out, &m->values[m->count++]);
    if (status)
      return status;
    out->dtype = out->dims > 1 ? OG_F16 : OG_F32;
  }
  return OG_OK;
}

/* The `nth` model moves the mean by its share. Its tensors are those of the first: a model that
 * loads has all that its net asks for, and no others. */
static void include(mean *m, const model_file *f, size_t nth) {
  for (size_t i = 0; i < m->count; i++) {
    const og_tensor *tensor = og_safetensors_find(f->tensors, m->tensors[i].name);
    for (size_t k = 0; k < tensor->count; k++)
      m->values[i][k] += (og_tensor_value(tensor, k) - m->values[i][k]) / (float)nth;
  }
}

static int write_mean(const mean *m, const model_file *first, const char *path) {
  const char *pairs[KEPT + 1][2];
  size_t count = 0, size = 0;
  uint8_t *bytes = NULL;
  og_error error = {0};
  for (size_t i = 0; i < KEPT; i++)
    if (og_model_metadata(first->model, kept[i])) {
      pairs[count][0] = kept[i];
      pairs[count++][1] = og_model_metadata(first->model, kept[i]);
    }
  pairs[count][0] = "mean_of";
  pairs[count++][1] = m->about;
  if (og_safetensors_write(m->tensors, m->count, (const char *const(*)[2])pairs, count, &bytes,
                           &size))
    return complain(EXIT_FAILED, "out of memory");
  int code = file_write_atomic(path, bytes, size, &error) ? complain(EXIT_FAILED, "%s", error.text)
                                                          : EXIT_DONE;
  free(bytes);
  if (!code)
    printf("%s: the mean of %s; %zu bytes\n", path, m->about, size);
  return code;
}

static int average(const arguments *files, const kernel_choice *with, const char *out) {
  static const char *const same[] = {"net", "input", "head", "held_out"};
  model_file first = {0};
  mean m = {.count = 0};
  int code = model_file_open(files->list[0], with, &first);
  if (code == OPTIONS_RUN && begin(&m, &first))
    code = complain(EXIT_FAILED, "out of memory");
  if (code == OPTIONS_RUN)
    name_file(&m, &first);
  for (size_t i = 1; code == OPTIONS_RUN && i < files->count; i++) {
    model_file f = {0};
    code = model_file_open(files->list[i], with, &f);
    for (size_t k = 0; code == OPTIONS_RUN && k < sizeof same / sizeof same[0]; k++)
      if (!agree(&first, &f, same[k]))
        code = complain(EXIT_BAD, "%s: differs from %s in its \"%s\": they have no mean",
                        files->list[i], files->list[0], same[k]);
    if (code == OPTIONS_RUN) {
      include(&m, &f, i + 1);
      name_file(&m, &f);
    }
    model_file_close(&f);
  }
  if (code == OPTIONS_RUN)
    code = write_mean(&m, &first, out);
  for (size_t i = 0; i < m.count; i++)
    free(m.values[i]);
  model_file_close(&first);
  return code;
}

int cmd_model_average(int argc, const char **argv) {
  const char *out = NULL;
  kernel_choice with = {0};
  const option table[] = {
      TEXT_OPTION("out", &out, "FILE", "the model file to write", .required = true),
      ISA_OPTION(with.isa_text),
  };
  const command_spec spec = {
      "model average",
      "FILE FILE...",
      "Writes the mean of models that were trained from one start (a recipe's \"start\"), or that\n"
      "were the start: often better than any of them, and no larger. A file that is named twice\n"
      "counts twice. Weights are written in 16 bits; calibrate and quantize afterwards.",
      "oneglyph model average glyph.safetensors more.safetensors --out mean.safetensors",
      table,
      sizeof table / sizeof table[0],
      2,
      MOST_FILES};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  code = kernel_choose(&with);
  if (code == OPTIONS_RUN)
    code = average(&rest, &with, out);
  arguments_free(&rest);
  return code;
}
