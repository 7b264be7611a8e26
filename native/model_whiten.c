/* `oneglyph model whiten`: whitens the embedding of a trained model. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "files.h"
#include "model_alphabets.h"
#include "model_file.h"
#include "model_tensor.h"
#include "options.h"
#include "train/whiten.h"
#include "whiten_map.h"

typedef struct request {
  const char *data, *set, *out;
  kernel_choice with;
  uint64_t threads;
  double ridge;
} request;

/* Applies the map to weights or bias of `layer`, whose numbers are rows of `dim`. */
static og_status map_tensor(const char *layer, const float *map, size_t dim,
                            og_tensor_source *tensor, float *values) {
  size_t length = strlen(layer), count = 1;
  if (strncmp(tensor->name, layer, length) || tensor->name[length] != '.' ||
      !strcmp(tensor->name + length, ".range"))
    return OG_OK;
  for (size_t i = 0; i < tensor->dims; i++)
    count *= tensor->shape[i];
  return og_whitening_apply(map, dim, values, count / dim);
}

static og_status rewrite(const model_file *f, const float *map, const char *note, uint8_t **bytes,
                         size_t *size) {
  const og_layer *end = og_net_linear_end(&f->net);
  float *values[OG_ST_MAX_TENSORS] = {NULL};
  og_tensor_source tensors[OG_ST_MAX_TENSORS];
  const char *pairs[OG_ST_MAX_PAIRS + 1][2];
  size_t count = f->tensors->pairs;
  og_status status = count < OG_ST_MAX_PAIRS ? OG_OK : OG_ERROR_TOO_LARGE;
  for (size_t i = 0; !status && i < count; i++) {
    pairs[i][0] = f->tensors->key[i];
    pairs[i][1] = f->tensors->value[i];
  }
  pairs[count][0] = "whitened";
  pairs[count][1] = note;
  for (size_t i = 0; !status && i < f->tensors->tensors; i++) {
    status = model_tensor_copy(&f->tensors->tensor[i], &tensors[i], &values[i]);
    if (!status)
      status = map_tensor(end->name, map, end->channels, &tensors[i], values[i]);
  }
  if (!status)
    status = og_safetensors_write(tensors, f->tensors->tensors, (const char *const(*)[2])pairs,
                                  count + 1, bytes, size);
  for (size_t i = 0; i < f->tensors->tensors; i++)
    free(values[i]);
  return status;
}

static int check(const char *path, const model_file *f) {
  if (og_net_output(&f->net)->op != OG_OP_L2NORM || !og_net_linear_end(&f->net))
    return complain(EXIT_BAD, "%s: has no linear layer before l2norm that could take a map", path);
  if (og_model_metadata(f->model, "head"))
    return complain(EXIT_BAD, "%s: has a head, which was learnt for its embeddings as they are",
                    path);
  if (og_model_metadata(f->model, "whitened"))
    return complain(EXIT_BAD, "%s: is whitened already", path);
  return EXIT_DONE;
}

static int whiten(const request *r, const char *path, const model_file *f) {
  og_error error = {0};
  og_dataset *set = NULL;
  float *map = NULL;
  uint8_t *bytes = NULL;
  size_t size = 0;
  char note[128];
  snprintf(note, sizeof note, "within classes of %.40s, ridge %g", r->set, r->ridge);
  int code = check(path, f);
  if (code)
    return code;
  if (alphabets_load(r->data, r->set, path, &set, &error) ||
      whiten_map(f->bytes, f->size, r->with.isa, set, set->classes, (uint32_t)r->threads,
                 (float)r->ridge, &map, &error))
    code = complain_error(&error);
  else if (rewrite(f, map, note, &bytes, &size))
    code = complain(EXIT_FAILED, "%s: could not be rewritten; is memory short?", path);
  else if (file_write_atomic(r->out, bytes, size, &error))
    code = complain(EXIT_FAILED, "%s", error.text);
  else
    printf("%s: whitened %s, %zu bytes\n", r->out, note, size);
  og_dataset_free(set);
  free(map);
  free(bytes);
  return code;
}

int cmd_model_whiten(int argc, const char **argv) {
  request r = {.set = "training", .ridge = 0.3, .threads = processors()};
  const option table[] = {
      TEXT_OPTION("data", &r.data, "DIR", "Omniglot's folder", .required = true),
      TEXT_OPTION("out", &r.out, "FILE", "the model file to write", .required = true),
      TEXT_OPTION("set", &r.set, "SET", "Omniglot's set, or the model's own (training)"),
      REAL_OPTION("ridge", &r.ridge, "X", "towards no change, in mean variances (0.3)", 1e-6, 1e6),
      WHOLE_OPTION("threads", &r.threads, "T", "threads (one per processor)", 1, 1024),
      ISA_OPTION(r.with.isa_text),
  };
  const command_spec spec = {
      "model whiten",
      "FILE",
      "Changes a model's last layer so that drawings of one class scatter alike in all directions\n"
      "of the embedding: where hands differ counts less, where characters differ counts more. The\n"
      "trainer does it when a recipe says \"whiten\". Calibrate and quantize afterwards.",
      "oneglyph model whiten plain.safetensors --data omniglot --out white.safetensors",
      table,
      sizeof table / sizeof table[0],
      1,
      1};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  model_file f = {0};
  code = kernel_choose(&r.with);
  if (code == OPTIONS_RUN)
    code = model_file_open(rest.list[0], &r.with, &f);
  if (code == OPTIONS_RUN)
    code = whiten(&r, rest.list[0], &f);
  model_file_close(&f);
  arguments_free(&rest);
  return code;
}
