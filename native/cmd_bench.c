/* `oneglyph bench`: how fast a model runs here, layer by layer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_support.h"
#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "isa.h"
#include "options.h"
#include "output.h"

/* What every kernel set is measured with. */
typedef struct bench_request {
  const char *model_path;
  kernel_choice with;
  bench_settings settings;
  bool json, list;
  support_load load; /* no classes: a model is measured */
} bench_request;

static int bench_set(FILE *out, const bench_request *request, const kernel_choice *with) {
  og_model *model = NULL;
  og_error error = {0};
  if (model_read(request->model_path, with, &model, &error))
    return complain_error(&error);
  bench_result *result = malloc(sizeof *result);
  og_status status = result ? bench_measure(model, &request->settings, result) : OG_ERROR_MEMORY;
  int code = OPTIONS_RUN;
  if (status == OG_ERROR_MEMORY)
    code = complain(EXIT_FAILED, "out of memory");
  else if (status == OG_ERROR_UNSUPPORTED)
    code = complain(EXIT_BAD, "%s: compares drawings and embeds none; bench times nets that embed",
                    request->model_path);
  else if (status)
    code = complain(EXIT_BAD, "%s: its embeddings are not finite numbers", request->model_path);
  else
    (request->json ? bench_json : bench_print)(out, request->model_path, model, &request->settings,
                                               result);
  free(result);
  og_model_free(model);
  return code;
}

/* Every set this machine can run, best first. */
static int bench_all(FILE *out, const bench_request *request) {
  size_t sets = 0;
  while (og_isa_name(sets))
    sets++;
  int code = OPTIONS_RUN;
  bool first = true;
  for (size_t i = sets; code == OPTIONS_RUN && i-- > 0;) {
    kernel_choice with = request->with;
    with.isa = og_isa_name(i);
    if (!og_isa_usable(with.isa))
      continue;
    fputs(first || request->json ? "" : "\n\n", out);
    first = false;
    code = bench_set(out, request, &with);
  }
  return code;
}

static int list(void) {
  output out;
  int code = output_open(&out);
  if (code)
    return code;
  for (size_t i = 0; og_isa_name(i); i++)
    fprintf(out.stream, "%s%s\n", og_isa_name(i),
            og_isa_usable(og_isa_name(i)) ? "" : " (not here)");
  return output_close(&out, NULL, EXIT_DONE);
}

static int bench(bench_request *request) {
  const bench_settings *s = &request->settings;
  const char *isa = request->with.isa_text;
  bool all = isa && !strcmp(isa, "all");
  if (s->threads > s->batch)
    return complain(EXIT_BAD, "bench: --threads %zu: more than drawings in a batch, --batch %zu",
                    s->threads, s->batch);
  if (all)
    request->with.isa_text = og_isa_name(0);
  int code = kernel_choose(&request->with);
  output out;
  if (code != OPTIONS_RUN || (code = output_open(&out)) != EXIT_DONE)
    return code;
  code = all ? bench_all(out.stream, request) : bench_set(out.stream, request, &request->with);
  return output_close(&out, NULL, code == OPTIONS_RUN ? EXIT_DONE : code);
}

static int bench_support(const bench_request *request) {
  support_result result;
  output out;
  og_status status = support_measure(&request->load, &result);
  if (status == OG_ERROR_TOO_LARGE)
    return complain(EXIT_BAD, "bench: --support times --shot: more than %d examples",
                    OG_MAX_EXAMPLES);
  if (status)
    return complain(EXIT_FAILED, "out of memory");
  int code = output_open(&out);
  if (code)
    return code;
  (request->json ? support_json : support_print)(out.stream, &request->load, &result);
  return output_close(&out, NULL, EXIT_DONE);
}

int cmd_bench(int argc, const char **argv) {
  bench_request request = {.settings = {1, 1, 1}, .load = {.shot = 5, .dim = 128, .queries = 1000}};
  uint64_t batch = 1, threads = 1;
  const option table[] = {
      TEXT_OPTION("model", &request.model_path, "MODEL", "the model file"),
      TEXT_OPTION("isa", &request.with.isa_text, "NAME",
                  "kernels to measure (ONEGLYPH_ISA, or the best of this machine); all: each"),
      PRECISION_OPTION(request.with.precision_text),
      WHOLE_OPTION("batch", &batch, "N", "drawings embedded together (1)", 1, 1024),
      WHOLE_OPTION("threads", &threads, "N", "that share a batch, or queries (1)", 1, 256),
      REAL_OPTION("seconds", &request.settings.seconds, "S",
                  "to time the net, and again to time its layers (1)", 0, 3600),
      WHOLE_OPTION("support", &request.load.classes, "N",
                   "measure a support set of N classes instead of a model", 1, OG_MAX_EXAMPLES),
      WHOLE_OPTION("shot", &request.load.shot, "K", "examples of each of its classes (5)", 1,
                   OG_MAX_EXAMPLES),
      WHOLE_OPTION("dim", &request.load.dim, "N", "numbers of its embeddings (128)", 1, 65536),
      WHOLE_OPTION("queries", &request.load.queries, "N", "that it is asked (1000)", 1, 1e9),
      FLAG_OPTION("list", &request.list, "only name the kernel sets, best last"),
      FLAG_OPTION("json", &request.json, "one JSON object in one line for each kernel set"),
  };
  const command_spec spec = {
      "bench",
      "",
      "Measures how fast a model runs on this machine: the time of an embedding, from its raster\n"
      "on; of each layer, run one by one on one drawing; and what part they are of the speed that\n"
      "multiply-adds have in the registers alone, measured in the same run (gemm: its matrix\n"
      "products by themselves). GFLOP/s are counted\n"
      "as direct convolutions would need them; `done` counts the products that the chosen form\n"
      "really takes, which are fewer. Equal signatures mean equal embeddings, bit for bit.\n"
      "--support measures instead how fast a support set of random embeddings answers, and the\n"
      "memory it takes.",
      "oneglyph bench --model models/glyph.safetensors --isa all\n"
      "oneglyph bench --support 10000 --shot 5 --queries 1000",
      table,
      sizeof table / sizeof table[0],
      0,
      0};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  request.settings.batch = (size_t)batch;
  request.settings.threads = (size_t)threads;
  request.load.threads = threads;
  if (request.list)
    code = list();
  else if (request.load.classes)
    code = bench_support(&request);
  else if (!request.model_path)
    code = complain(EXIT_BAD, "bench: --model is missing; see oneglyph bench --help");
  else
    code = bench(&request);
  arguments_free(&rest);
  return code;
}
