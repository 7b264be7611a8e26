/* `oneglyph model`: what is in a model file. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "isa.h"
#include "layer_plan.h"
#include "model_file.h"
#include "onnx_command.h"
#include "options.h"
#include "output.h"

/* Numbers of one layer. */
typedef struct layer_facts {
  const char *op;
  size_t parameters, multiply_adds, bytes;
  const char *type; /* of its weights; "" if it has none */
} layer_facts;

static layer_facts facts_of(const model_file *f, size_t i) {
  const og_layer *l = &f->net.layers[i];
  static const char *const ops[] = {"input", "conv", "maxpool", "l2norm"};
  static const char *const types[OG_DTYPES] = {"f32", "f16", "int8", "int16"};
  layer_facts facts = {.op = l->fc ? "fc" : ops[l->op], .type = ""};
  size_t weights = og_layer_weights(&f->net, i);
  if (!weights)
    return facts;
  facts.parameters = weights + l->channels;
  facts.multiply_adds = weights * l->height * l->width;
  for (size_t t = 0; t < f->tensors->tensors; t++) {
    const og_tensor *tensor = &f->tensors->tensor[t];
    size_t length = strlen(l->name);
    if (strncmp(tensor->name, l->name, length) || tensor->name[length] != '.')
      continue;
    facts.bytes += tensor->count * og_dtype_size(tensor->dtype);
    facts.bytes += tensor->scales ? 4 * tensor->shape[tensor->dims - 1] : 0;
    if (tensor->dims > 1)
      facts.type = types[tensor->dtype];
  }
  return facts;
}

static void print_layers(FILE *out, const model_file *f) {
  fprintf(out, "\n%-8s %-8s %-14s %-7s %10s %12s %10s %s\n", "layer", "op", "output", "kernel",
          "parameters", "multiply-adds", "bytes", "type");
  for (size_t i = 0; i < f->net.count; i++) {
    const og_layer *l = &f->net.layers[i];
    layer_facts facts = facts_of(f, i);
    char shape[48], kernel[24] = "";
    snprintf(shape, sizeof shape, "%" PRIu32 "x%" PRIu32 "x%" PRIu32, l->height, l->width,
             l->channels);
    if (l->op == OG_OP_CONV)
      snprintf(kernel, sizeof kernel, "%" PRIu32 "x%" PRIu32, l->kernel_h, l->kernel_w);
    fprintf(out, "%-8s %-8s %-14s %-7s %10zu %12zu %10zu %s\n", l->name, facts.op, shape, kernel,
            facts.parameters, facts.multiply_adds, facts.bytes, facts.type);
  }
}

static uint32_t views_of(const og_calibration *c) {
  return c->example_views ? c->example_views : 1;
}

static void print_text(FILE *out, const char *path, const model_file *f) {
  const og_model_info *info = og_model_get_info(f->model);
  const og_calibration *c = &info->calibration;
  output_plain(out, path);
  fprintf(out,
          ": %zu bytes\nreads %zux%zu, gives %zu numbers; %zu parameters, %zu multiply-adds an"
          " embedding; kernels here: %s\n",
          f->size, info->side, info->side, info->dim, info->parameters, info->multiply_adds,
          info->isa);
  print_layers(out, f);
  fprintf(out,
          "\ncalibration%s: temperature %.6g, threshold %.6g, same_scale %.6g, same_bias %.6g,"
          " second_look %.6g, example_views %" PRIu32 ", crowd %.6g\n\n",
          og_model_metadata(f->model, "calibration") ? "" : " (never calibrated, middling values)",
          (double)c->temperature, (double)c->threshold, (double)c->same_scale, (double)c->same_bias,
          (double)c->second_look, views_of(c), (double)c->crowd);
  for (size_t i = 0; i < f->tensors->pairs; i++) {
    const char *key = f->tensors->key[i];
    /* These two are the table and the line above. */
    if (!strcmp(key, "net") || !strcmp(key, "calibration"))
      continue;
    output_plain(out, key);
    fputs(": ", out);
    output_plain(out, f->tensors->value[i]);
    fputc('\n', out);
  }
}

static void print_json_layers(FILE *out, const model_file *f) {
  for (size_t i = 0; i < f->net.count; i++) {
    const og_layer *l = &f->net.layers[i];
    layer_facts facts = facts_of(f, i);
    fprintf(out, "%s{\"name\":", i ? "," : "");
    output_json_string(out, l->name);
    fprintf(out, ",\"op\":\"%s\",\"shape\":[%" PRIu32 ",%" PRIu32 ",%" PRIu32 "]", facts.op,
            l->height, l->width, l->channels);
    if (l->op == OG_OP_CONV)
      fprintf(out, ",\"kernel\":[%" PRIu32 ",%" PRIu32 "],\"type\":\"%s\"", l->kernel_h,
              l->kernel_w, facts.type);
    fprintf(out, ",\"parameters\":%zu,\"multiply_adds\":%zu,\"bytes\":%zu}", facts.parameters,
            facts.multiply_adds, facts.bytes);
  }
}

static void print_json(FILE *out, const char *path, const model_file *f) {
  const og_model_info *info = og_model_get_info(f->model);
  const og_calibration *c = &info->calibration;
  fputs("{\"file\":", out);
  output_json_string(out, path);
  fprintf(out,
          ",\"bytes\":%zu,\"side\":%zu,\"dim\":%zu,\"parameters\":%zu,\"multiply_adds\":%zu,"
          "\"isa\":\"%s\",\"calibration\":",
          f->size, info->side, info->dim, info->parameters, info->multiply_adds, info->isa);
  if (og_model_metadata(f->model, "calibration"))
    fprintf(out,
            "{\"temperature\":%.9g,\"threshold\":%.9g,\"same_scale\":%.9g,\"same_bias\":%.9g,"
            "\"second_look\":%.9g,\"example_views\":%" PRIu32 ",\"crowd\":%.9g}",
            (double)c->temperature, (double)c->threshold, (double)c->same_scale,
            (double)c->same_bias, (double)c->second_look, views_of(c), (double)c->crowd);
  else
    fputs("null", out);
  fputs(",\"layers\":[", out);
  print_json_layers(out, f);
  fputs("],\"metadata\":{", out);
  for (size_t i = 0; i < f->tensors->pairs; i++) {
    fputs(i ? "," : "", out);
    output_json_string(out, f->tensors->key[i]);
    fputc(':', out);
    output_json_string(out, f->tensors->value[i]);
  }
  fputs("}}\n", out);
}

static int info(int argc, const char **argv) {
  bool json = false, plan = false;
  kernel_choice with = {0};
  const option table[] = {
      FLAG_OPTION("json", &json, "JSON instead of text: one object, or with --plan one array"),
      FLAG_OPTION("plan", &plan, "only how each layer is computed, and the memory that takes"),
      KERNEL_OPTIONS(with),
  };
  const command_spec spec = {"model info",
                             "FILE",
                             "Shows a model file: layers with shapes and costs, calibration, and"
                             " where it came from.",
                             "oneglyph model info models/glyph.safetensors",
                             table,
                             sizeof table / sizeof table[0],
                             1,
                             1};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  model_file f = {0};
  output out;
  code = kernel_choose(&with);
  if (code == OPTIONS_RUN)
    code = model_file_open(rest.list[0], &with, &f);
  if (code == OPTIONS_RUN && !(code = output_open(&out))) {
    if (plan)
      (json ? layer_plans_json : layer_plans_print)(out.stream, f.model);
    else
      (json ? print_json : print_text)(out.stream, rest.list[0], &f);
    code = output_close(&out, NULL, code);
  }
  model_file_close(&f);
  arguments_free(&rest);
  return code;
}

int cmd_model(int argc, const char **argv) {
  if (argc > 1 && !strcmp(argv[1], "info"))
    return info(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "average"))
    return cmd_model_average(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "calibrate"))
    return cmd_model_calibrate(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "quantize"))
    return cmd_model_quantize(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "factorise"))
    return cmd_model_factorise(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "whiten"))
    return cmd_model_whiten(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "import"))
    return cmd_model_import(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "export"))
    return model_export(argc - 1, argv + 1);
  const command_spec spec = {"model",
                             "info|average|calibrate|quantize|factorise|whiten|import|export FILE",
                             "Commands (each has a --help):\n"
                             "  info       what is in a model file\n"
                             "  average    the mean of models that began as one\n"
                             "  calibrate  make it ready for 16-bit inference\n"
                             "  quantize   write its weights as smaller numbers\n"
                             "  factorise  write a large layer as two small ones\n"
                             "  whiten     make its embedding scatter evenly within classes\n"
                             "  import     weights that PyTorch trained as a model file\n"
                             "  export     a model file for other programs: ONNX",
                             "oneglyph model info models/glyph.safetensors",
                             NULL,
                             0,
                             0,
                             0};
  if (argc > 1 && argv[1][0] != '-')
    return complain(EXIT_BAD,
                    "model: %s: unknown command; there are info, average, calibrate, quantize, "
                    "factorise, whiten, import and export",
                    argv[1]);
  arguments rest;
  int code = argc > 1 ? options_parse(&spec, argc, argv, &rest) : OPTIONS_RUN;
  if (code != OPTIONS_RUN)
    return code;
  return complain(EXIT_BAD, "model: which command? See oneglyph model --help");
}
