/* `oneglyph model quantize`: smaller weights, and what they cost. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "files.h"
#include "isa.h"
#include "model_alphabets.h"
#include "model_tensor.h"
#include "options.h"
#include "output.h"
#include "train_validate.h"

typedef struct request {
  const char *to, *out, *data, *isa;
  uint64_t threads;
  bool json;
} request;

/* Rounds of validation; 20 queries each. */
enum { ROUNDS = 500, SEED = 1 };

static const struct {
  const char *name, *about;
  og_dtype dtype;
} types[] = {{"f16", "f16", OG_F16},
             {"int16", "int16 per output channel", OG_I16},
             {"int8", "int8 per output channel", OG_I8}};
enum { TYPES = sizeof types / sizeof types[0] };

/* A model file in memory. */
typedef struct model_bytes {
  uint8_t *bytes;
  size_t size;
  og_safetensors *tensors;
} model_bytes;

/* What the smaller numbers cost. */
typedef struct loss {
  double weight;   /* largest error of a weight */
  double relative; /* root of the squared errors over that of the squared weights */
  double cosine;   /* least between the embeddings of one drawing; 0: not measured */
  trial_count before, after;
} loss;

static int check_model(const char *path, const model_bytes *m, const char *isa) {
  og_error error = {0};
  og_model *model = NULL;
  og_status status = og_model_load(m->bytes, m->size, isa, &model, &error);
  og_model_free(model);
  return status ? complain(status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", path,
                           error.text)
                : EXIT_DONE;
}

static void model_bytes_free(model_bytes *m) {
  og_safetensors_free(m->tensors);
  free(m->bytes);
}

/* Values of every tensor; weights, which have more than one dimension, get the new type. */
static og_status take_tensors(const og_safetensors *file, og_dtype dtype, og_tensor_source *out,
                              float **values) {
  for (size_t i = 0; i < file->tensors; i++) {
    og_status status = model_tensor_copy(&file->tensor[i], &out[i], &values[i]);
    if (status)
      return status;
    out[i].dtype = out[i].dims > 1 ? dtype : out[i].dtype;
  }
  return OG_OK;
}

/* The same file with smaller weights and a note of that among its metadata. */
static og_status quantise(const model_bytes *from, size_t type, model_bytes *to) {
  const og_safetensors *file = from->tensors;
  float *values[OG_ST_MAX_TENSORS] = {NULL};
  og_tensor_source tensors[OG_ST_MAX_TENSORS];
  const char *pairs[OG_ST_MAX_PAIRS + 1][2];
  size_t count = 0;
  for (size_t i = 0; i < file->pairs; i++)
    if (strcmp(file->key[i], "quantized") != 0) {
      pairs[count][0] = file->key[i];
      pairs[count++][1] = file->value[i];
    }
  pairs[count][0] = "quantized";
  pairs[count++][1] = types[type].about;
  og_status status = take_tensors(file, types[type].dtype, tensors, values);
  if (!status && count > OG_ST_MAX_PAIRS)
    status = OG_ERROR_TOO_LARGE;
  if (!status)
    status = og_safetensors_write(tensors, file->tensors, (const char *const(*)[2])pairs, count,
                                  &to->bytes, &to->size);
  for (size_t i = 0; i < file->tensors; i++)
    free(values[i]);
  return status;
}

static void compare_weights(const og_safetensors *a, const og_safetensors *b, loss *out) {
  double off = 0, all = 0;
  for (size_t i = 0; i < a->tensors; i++)
    for (size_t k = 0; a->tensor[i].dims > 1 && k < a->tensor[i].count; k++) {
      double x = (double)og_tensor_value(&a->tensor[i], k);
      double error = fabs(x - (double)og_tensor_value(&b->tensor[i], k));
      out->weight = fmax(out->weight, error);
      off += error * error;
      all += x * x;
    }
  out->relative = all > 0 ? sqrt(off / all) : 0;
}

static double least_cosine(const embeddings *a, const embeddings *b) {
  double least = 1;
  for (size_t i = 0; i < a->count; i++) {
    double sum = 0;
    for (size_t k = 0; k < a->dim; k++)
      sum += (double)a->values[i * a->dim + k] * (double)b->values[i * a->dim + k];
    least = fmin(least, sum);
  }
  return least;
}

/* Errors of both on the alphabets that the model's recipe held out. */
static int compare_errors(const request *r, const char *path, const model_bytes *from,
                          const model_bytes *to, loss *out) {
  og_dataset *set = NULL;
  embeddings a = {0}, b = {0};
  og_error error = {0};
  uint32_t threads = (uint32_t)r->threads;
  int code = EXIT_DONE;
  if (alphabets_load(r->data, "held-out", path, &set, &error) ||
      embeddings_of(from->bytes, from->size, r->isa, set, 1, threads, &a, &error) ||
      embeddings_of(to->bytes, to->size, r->isa, set, 1, threads, &b, &error) ||
      validate(set, &a, ROUNDS, SEED, &out->before, &error) ||
      validate(set, &b, ROUNDS, SEED, &out->after, &error))
    code = complain_error(&error);
  else
    out->cosine = least_cosine(&a, &b);
  embeddings_free(&a);
  embeddings_free(&b);
  og_dataset_free(set);
  return code;
}

static void print_json(FILE *out, const request *r, const char *path, const model_bytes *from,
                       const model_bytes *to, const loss *l) {
  fputs("{\"model\":", out);
  output_json_string(out, path);
  fputs(",\"file\":", out);
  output_json_string(out, r->out);
  fprintf(out,
          ",\"to\":\"%s\",\"bytes_before\":%zu,\"bytes\":%zu,\"largest_weight_error\":%.6g,"
          "\"relative_weight_error\":%.6g",
          r->to, from->size, to->size, l->weight, l->relative);
  if (r->data)
    fprintf(out,
            ",\"held_out\":{\"way\":%zu,\"trials\":%" PRIu64 ",\"errors_before\":%" PRIu64
            ",\"errors\":%" PRIu64 ",\"error_percent_before\":%.4f,\"error_percent\":%.4f,"
            "\"least_cosine\":%.6f}",
            l->after.way, l->after.trials, l->before.errors, l->after.errors,
            trial_percent(l->before), trial_percent(l->after), l->cosine);
  fputs("}\n", out);
}

static void print_text(FILE *out, const request *r, const model_bytes *from, const model_bytes *to,
                       const loss *l) {
  output_plain(out, r->out);
  fprintf(out,
          ": weights in %s, %zu bytes, %.1f %% of %zu; largest weight error %.3g, %.3g %% of the"
          " weights' size\n",
          r->to, to->size, 100 * (double)to->size / (double)from->size, from->size, l->weight,
          100 * l->relative);
  if (r->data)
    fprintf(
        out,
        "held-out alphabets, within, %zu-way 1-shot: %.2f %% errors before, %.2f %% now (%" PRIu64
        " and %" PRIu64 " of %" PRIu64 "); cosine of old and new embeddings at"
        " least %.5f\n",
        l->after.way, trial_percent(l->before), trial_percent(l->after), l->before.errors,
        l->after.errors, l->after.trials, l->cosine);
  else
    fputs("errors not measured; --data DIR does, on the alphabets the recipe held out\n", out);
}

/* Writes the file only after everything about it could be measured. */
static int run(const request *r, const char *path, size_t type) {
  model_bytes from = {0}, to = {0};
  loss l = {0};
  output o;
  og_error error = {0};
  int code = EXIT_DONE;
  if (file_read(path, MODEL_LIMIT, &from.bytes, &from.size, &error))
    code = complain_error(&error);
  if (!code)
    code = check_model(path, &from, r->isa);
  if (!code &&
      (og_safetensors_read(from.bytes, from.size, &from.tensors, &error) ||
       quantise(&from, type, &to) || og_safetensors_read(to.bytes, to.size, &to.tensors, &error)))
    code = complain(EXIT_FAILED, "%s: %s", path, error.text[0] ? error.text : "out of memory");
  if (!code)
    code = check_model(r->out, &to, r->isa);
  if (!code)
    compare_weights(from.tensors, to.tensors, &l);
  if (!code && r->data)
    code = compare_errors(r, path, &from, &to, &l);
  if (!code && file_write_atomic(r->out, to.bytes, to.size, &error))
    code = complain(EXIT_FAILED, "%s", error.text);
  if (!code && !(code = output_open(&o))) {
    if (r->json)
      print_json(o.stream, r, path, &from, &to, &l);
    else
      print_text(o.stream, r, &from, &to, &l);
    code = output_close(&o, NULL, code);
  }
  model_bytes_free(&from);
  model_bytes_free(&to);
  return code;
}

int cmd_model_quantize(int argc, const char **argv) {
  request r = {.threads = processors()};
  const option table[] = {
      TEXT_OPTION("to", &r.to, "TYPE", "f16, int16 or int8", .required = true),
      TEXT_OPTION("out", &r.out, "FILE", "the model file to write", .required = true),
      TEXT_OPTION("data", &r.data, "DIR", "Omniglot's folder: measure the errors before and after"),
      WHOLE_OPTION("threads", &r.threads, "T", "threads (one per processor)", 1, 1024),
      ISA_OPTION(r.isa),
      FLAG_OPTION("json", &r.json, "one JSON object instead of text"),
  };
  const command_spec spec = {
      "model quantize",
      "FILE",
      "Writes a model with its weights as smaller numbers: 16-bit floats, or integers with a "
      "scale\n"
      "for each output channel. Biases stay as they are, and so does the arithmetic: weights "
      "become\n"
      "floats again when the file is read. Says what it cost, with --data on the alphabets that "
      "the\n"
      "model's recipe held out.",
      "oneglyph model quantize models/glyph.safetensors --to int8 --out glyph-int8.safetensors",
      table,
      sizeof table / sizeof table[0],
      1,
      1};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  size_t type = 0;
  const char *isa = r.isa;
  while (type < TYPES && strcmp(types[type].name, r.to) != 0)
    type++;
  if (type == TYPES)
    code = complain(EXIT_BAD, "model quantize: --to %s: must be f16, int16 or int8", r.to);
  else
    code = isa_choose(isa, &r.isa);
  if (code == OPTIONS_RUN)
    code = run(&r, rest.list[0], type);
  arguments_free(&rest);
  return code;
}
