/* Accuracy by instance. See eval_instances.h. */
#include "eval_instances.h"

#include <inttypes.h>
#include <stdlib.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "eval_statistics.h"
#include "instances.h"
#include "net/model.h"
#include "output.h"

static double percent(const instance_count *c) {
  return 100 * (double)(c->trials - c->errors) / (double)c->trials;
}

static void print_json(FILE *out, const eval_source *source, size_t way,
                       const instance_count counts[INSTANCES]) {
  fputs("{\"task\":\"instances\",\"model\":", out);
  output_json_string(out, source->model);
  fprintf(out, ",\"way\":%zu,\"seed\":%" PRIu64 ",\"set\":", way, source->seed);
  output_json_string(out, source->set);
  for (size_t i = 0; i < INSTANCES; i++) {
    double interval[2];
    wilson_interval(counts[i].errors, counts[i].trials, interval);
    fprintf(out,
            "%s{\"instance\":%zu,\"trials\":%" PRIu64 ",\"errors\":%" PRIu64
            ",\"accuracy_percent\":%.4f,\"ci95\":[%.4f,%.4f]}",
            i ? "," : ",\"instances\":[", i + 1, counts[i].trials, counts[i].errors,
            percent(&counts[i]), 100 - interval[1], 100 - interval[0]);
  }
  fputs("]}\n", out);
}

static void print_text(FILE *out, const eval_source *source, size_t way,
                       const instance_count counts[INSTANCES]) {
  output_plain(out, source->model);
  fputs(" on instances (", out);
  output_plain(out, source->set);
  fprintf(out, "), %zu classes, right answers by instance:\n", way);
  for (size_t i = 0; i < INSTANCES; i++) {
    double interval[2];
    wilson_interval(counts[i].errors, counts[i].trials, interval);
    fprintf(out, "%3zu  %6.2f %%  (95 %%: %.2f to %.2f; %" PRIu64 " errors in %" PRIu64 ")\n",
            i + 1, percent(&counts[i]), 100 - interval[1], 100 - interval[0], counts[i].errors,
            counts[i].trials);
  }
}

static int measure(const eval_source *source, const og_model *model, const og_dataset *set,
                   uint64_t trials, uint32_t threads, instance_count counts[INSTANCES]) {
  og_error error = {0};
  size_t dim = og_model_get_info(model)->dim;
  uint64_t length = INSTANCES * model->head.classes;
  float *embeddings = malloc(set->drawings * dim * sizeof *embeddings);
  og_status status = embeddings ? embed_rasters(model, 1, set->rasters, NULL, set->drawings,
                                                threads, embeddings, dim)
                                : OG_ERROR_MEMORY;
  int code = status ? complain(EXIT_FAILED, "out of memory") : EXIT_DONE;
  if (!code && instances_measure(model, embeddings, set, (trials + length - 1) / length,
                                 source->seed, counts, &error))
    code = complain(EXIT_BAD, "%s: %s", source->data, error.text);
  free(embeddings);
  return code;
}

int eval_instances(const eval_source *source, const kernel_choice *with, uint64_t trials,
                   uint32_t threads, bool json) {
  og_error error = {0};
  og_model *model = NULL;
  og_dataset *set = NULL;
  instance_count counts[INSTANCES];
  int code = model_read(source->model, with, &model, &error) ? complain_error(&error) : EXIT_DONE;
  if (!code && model->head.kind != OG_HEAD_MEMORY)
    code = complain(EXIT_BAD, "%s: the model has no memory", source->model);
  if (!code)
    code = eval_load(source, NULL, &set);
  if (!code)
    code = measure(source, model, set, trials, threads, counts);
  output o;
  if (!code && !(code = output_open(&o))) {
    (json ? print_json : print_text)(o.stream, source, model->head.classes, counts);
    code = output_close(&o, NULL, EXIT_DONE);
  }
  og_dataset_free(set);
  og_model_free(model);
  return code;
}
