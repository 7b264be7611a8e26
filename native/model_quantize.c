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
#include "model_loss.h"
#include "model_tensor.h"
#include "options.h"
#include "output.h"

typedef struct request {
  const char *to, *out, *data, *isa;
  uint64_t threads;
  bool json;
} request;

static const struct {
  const char *name, *about;
  og_dtype dtype;
} types[] = {{"f16", "f16", OG_F16},
             {"int16", "int16 per output channel", OG_I16},
             {"int8", "int8 per output channel", OG_I8}};
enum { TYPES = sizeof types / sizeof types[0] };

/* A model file in memory, and what it holds. */
typedef struct model_tensors {
  model_bytes file;
  og_safetensors *tensors;
} model_tensors;

/* What the smaller numbers cost. */
typedef struct loss {
  double weight;   /* largest error of a weight */
  double relative; /* root of the squared errors over that of the squared weights */
  model_loss answers;
} loss;

static int check_model(const char *path, const model_tensors *m, const char *isa) {
  og_error error = {0};
  og_model *model = NULL;
  og_status status = og_model_load(m->file.bytes, m->file.size, isa, &model, &error);
  og_model_free(model);
  return status ? complain(status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", path,
                           error.text)
                : EXIT_DONE;
}

static void model_tensors_free(model_tensors *m) {
  og_safetensors_free(m->tensors);
  free(m->file.bytes);
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
static og_status quantise(const model_tensors *from, size_t type, model_tensors *to) {
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
                                  &to->file.bytes, &to->file.size);
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

static void print_json(FILE *out, const request *r, const char *path, const model_tensors *from,
                       const model_tensors *to, const loss *l) {
  fputs("{\"model\":", out);
  output_json_string(out, path);
  fputs(",\"file\":", out);
  output_json_string(out, r->out);
  fprintf(out,
          ",\"to\":\"%s\",\"bytes_before\":%zu,\"bytes\":%zu,\"largest_weight_error\":%.6g,"
          "\"relative_weight_error\":%.6g",
          r->to, from->file.size, to->file.size, l->weight, l->relative);
  if (r->data) {
    fputc(',', out);
    model_loss_json(out, &l->answers);
  }
  fputs("}\n", out);
}

static void print_text(FILE *out, const request *r, const model_tensors *from,
                       const model_tensors *to, const loss *l) {
  output_plain(out, r->out);
  fprintf(out,
          ": weights in %s, %zu bytes, %.1f %% of %zu; largest weight error %.3g, %.3g %% of the"
          " weights' size\n",
          r->to, to->file.size, 100 * (double)to->file.size / (double)from->file.size,
          from->file.size, l->weight, 100 * l->relative);
  if (r->data)
    model_loss_text(out, &l->answers);
  else
    fputs("errors not measured; --data DIR does, on the alphabets the recipe held out\n", out);
}

/* Writes the file only after everything about it could be measured. */
static int run(const request *r, const char *path, size_t type) {
  model_tensors from = {0}, to = {0};
  loss l = {0};
  output o;
  og_error error = {0};
  int code = EXIT_DONE;
  if (file_read(path, MODEL_LIMIT, &from.file.bytes, &from.file.size, &error))
    code = complain_error(&error);
  if (!code)
    code = check_model(path, &from, r->isa);
  if (!code && (og_safetensors_read(from.file.bytes, from.file.size, &from.tensors, &error) ||
                quantise(&from, type, &to) ||
                og_safetensors_read(to.file.bytes, to.file.size, &to.tensors, &error)))
    code = complain(EXIT_FAILED, "%s: %s", path, error.text[0] ? error.text : "out of memory");
  if (!code)
    code = check_model(r->out, &to, r->isa);
  if (!code)
    compare_weights(from.tensors, to.tensors, &l);
  if (!code && r->data)
    code = model_loss_measure(path, r->data, r->isa, (uint32_t)r->threads, &from.file, &to.file,
                              &l.answers);
  if (!code && file_write_atomic(r->out, to.file.bytes, to.file.size, &error))
    code = complain(EXIT_FAILED, "%s", error.text);
  if (!code && !(code = output_open(&o))) {
    if (r->json)
      print_json(o.stream, r, path, &from, &to, &l);
    else
      print_text(o.stream, r, &from, &to, &l);
    code = output_close(&o, NULL, code);
  }
  model_tensors_free(&from);
  model_tensors_free(&to);
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
