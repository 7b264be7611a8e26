/* `oneglyph bench`: how fast a model runs here. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "isa.h"
#include "options.h"
#include "output.h"

typedef struct request {
  const char *model;
  kernel_choice with;
  uint64_t batch, threads;
  double seconds;
  bool json, list, all;
} request;

/* What one set of kernels did. */
typedef struct report {
  const request *request;
  const og_model *model;
  const bench_result *result;
  double products, conv_ms; /* of all convolutions */
} report;

static double gflops(double products, double ms) {
  return ms > 0 ? 2e-6 * products / ms : 0;
}

static double images_per_second(const report *r) {
  return (double)r->request->batch * 1e3 / r->result->batch.median;
}

static void print_json(FILE *out, const report *r) {
  const bench_result *b = r->result;
  const og_model_info *info = og_model_get_info(r->model);
  char cpu[100];
  bench_cpu(cpu);
  fputs("{\"cpu\":", out);
  output_json_string(out, cpu);
  fprintf(out, ",\"isa\":\"%s\",\"precision\":\"%s\",\"threads\":%" PRIu64 ",\"model\":", info->isa,
          precision_name(info->precision), r->request->threads);
  output_json_string(out, r->request->model);
  fprintf(out,
          ",\"embed_ms\":{\"min\":%.6g,\"median\":%.6g},\"net_ms\":{\"min\":%.6g,\"median\":%.6g},"
          "\"images_per_second\":{\"batch\":%" PRIu64 ",\"value\":%.6g},\"gflops\":%.6g,"
          "\"peak_gflops\":%.6g,\"fraction_of_peak\":%.4g,\"layers\":[",
          b->embed.min, b->embed.median, b->net.min, b->net.median, r->request->batch,
          images_per_second(r), gflops(r->products, b->net.min), b->peak_gflops[info->precision],
          b->ideal_ms / r->conv_ms);
  for (size_t i = 0; i < b->layers; i++) {
    const og_layer *l = &r->model->net.layers[i];
    const bench_layer *t = &b->layer[i];
    fprintf(out, "%s{\"name\":", i ? "," : "");
    output_json_string(out, l->name);
    fprintf(out,
            ",\"form\":\"%s\",\"shape\":[%" PRIu32 ",%" PRIu32 ",%" PRIu32
            "],\"ms\":{\"min\":%.6g,\"median\":%.6g},\"gflops\":%.6g,\"products\":%.0f,"
            "\"gemm_fraction_of_peak\":%.4g}",
            og_model_layer_form(r->model, i), l->height, l->width, l->channels, t->time.min,
            t->time.median, gflops(t->products, t->time.min), t->done, t->gemm_fraction);
  }
  fprintf(out, "],\"signature\":\"%016" PRIx64 "\"}\n", b->signature);
}

static void print_text(FILE *out, const report *r) {
  const bench_result *b = r->result;
  const og_model_info *info = og_model_get_info(r->model);
  fprintf(out,
          "%s, %s: %.4f ms a drawing (median %.4f), net alone %.4f (%.4f); %.0f drawings a second"
          " (batch %" PRIu64 ", %" PRIu64 " threads); peak %.1f GFLOP/s; signature %016" PRIx64
          "\n  %-8s %-16s %-12s %9s %7s %9s %6s\n",
          info->isa, precision_name(info->precision), b->embed.min, b->embed.median, b->net.min,
          b->net.median, images_per_second(r), r->request->batch, r->request->threads,
          b->peak_gflops[info->precision], b->signature, "layer", "form", "output", "ms", "share",
          "GFLOP/s", "gemm");
  double all = 0;
  for (size_t i = 0; i < b->layers; i++)
    all += b->layer[i].time.min;
  for (size_t i = 0; i < b->layers; i++) {
    const og_layer *l = &r->model->net.layers[i];
    const bench_layer *t = &b->layer[i];
    char shape[40];
    snprintf(shape, sizeof shape, "%" PRIu32 "x%" PRIu32 "x%" PRIu32, l->height, l->width,
             l->channels);
    fprintf(out, "  %-8s %-16s %-12s %9.4f %5.1f %% ", l->name, og_model_layer_form(r->model, i),
            shape, t->time.min, 100 * t->time.min / all);
    if (t->products > 0)
      fprintf(out, "%9.1f %4.0f %%", gflops(t->products, t->time.min), 100 * t->gemm_fraction);
    fputc('\n', out);
  }
}

static int measure(const request *r, const char *isa, FILE *out) {
  const kernel_choice with = {.isa = isa, .precision = r->with.precision};
  const bench_settings settings = {(size_t)r->batch, (uint32_t)r->threads, r->seconds};
  og_model *model = NULL;
  og_error error = {0};
  bench_result result;
  if (model_read(r->model, &with, &model, &error))
    return complain_error(&error);
  og_status status = bench_run(model, &settings, &result);
  int code = EXIT_DONE;
  if (status)
    code =
        status == OG_ERROR_MEMORY
            ? complain(EXIT_FAILED, "out of memory")
            : complain(EXIT_BAD, "%s: gives numbers that are not finite; train it again", r->model);
  report summary = {r, model, &result, 0, 0};
  for (size_t i = 0; i < result.layers; i++)
    if (result.layer[i].products > 0) {
      summary.products += result.layer[i].products;
      summary.conv_ms += result.layer[i].time.min;
    }
  if (!code)
    (r->json ? print_json : print_text)(out, &summary);
  og_model_free(model);
  return code;
}

/* All usable sets, or the one that was asked for. */
static int measure_sets(const request *r, FILE *out) {
  if (r->with.isa && !r->all)
    return measure(r, r->with.isa, out);
  int code = EXIT_DONE;
  for (size_t i = 0; !code && og_isa_name(i); i++)
    if (og_isa_usable(og_isa_name(i)))
      code = measure(r, og_isa_name(i), out);
  return code;
}

static void list(FILE *out) {
  for (size_t i = 0; og_isa_name(i); i++)
    fprintf(out, "%s%s\n", og_isa_name(i), og_isa_usable(og_isa_name(i)) ? "" : " (not here)");
}

int cmd_bench(int argc, const char **argv) {
  request r = {.batch = 1, .threads = 1, .seconds = 2};
  const option table[] = {
      TEXT_OPTION("model", &r.model, "MODEL", "the model file"),
      TEXT_OPTION("isa", &r.with.isa_text, "NAME",
                  "kernels to measure (ONEGLYPH_ISA, or all that run here); all: all"),
      PRECISION_OPTION(r.with.precision_text),
      WHOLE_OPTION("batch", &r.batch, "N", "drawings at once for the rate (1)", 1, 65536),
      WHOLE_OPTION("threads", &r.threads, "T", "threads that share a batch (1)", 1, 1024),
      REAL_OPTION("seconds", &r.seconds, "S", "to spend on each set of kernels (2)", 0.001, 3600),
      FLAG_OPTION("list", &r.list, "only list the sets of kernels"),
      FLAG_OPTION("json", &r.json, "one JSON object a line"),
  };
  const command_spec spec = {"bench",
                             "",
                             "Times a model with every set of kernels that runs here (or --isa): a "
                             "drawing from raster to\n"
                             "embedding, the net alone, every layer, and how much of this "
                             "machine's peak (measured in the\n"
                             "same run) its matrix products reach by themselves. The signature is "
                             "a hash of embeddings of\n"
                             "fixed drawings: equal wherever the arithmetic is.",
                             "oneglyph bench --model models/glyph.safetensors",
                             table,
                             sizeof table / sizeof table[0],
                             0,
                             0};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  output o;
  r.all = r.with.isa_text && !strcmp(r.with.isa_text, "all");
  if (r.all)
    r.with.isa_text = NULL;
  code = kernel_choose(&r.with);
  if (code == OPTIONS_RUN && r.threads > r.batch)
    code = complain(EXIT_BAD, "bench: --threads %" PRIu64 ": more than drawings, --batch %" PRIu64,
                    r.threads, r.batch);
  if (code == OPTIONS_RUN && !r.model && !r.list)
    code = complain(EXIT_BAD, "bench: --model is missing; see oneglyph bench --help");
  if (code == OPTIONS_RUN && !(code = output_open(&o))) {
    if (r.list)
      list(o.stream);
    else
      code = measure_sets(&r, o.stream);
    code = output_close(&o, NULL, code);
  }
  arguments_free(&rest);
  return code;
}
