/* `oneglyph model factorise`: a large fully connected layer as two small ones. */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "factorised.h"
#include "files.h"
#include "model_alphabets.h"
#include "model_loss.h"
#include "options.h"
#include "output.h"

typedef struct request {
  const char *data, *set, *layer, *out;
  kernel_choice with;
  uint64_t rank, drawings, threads;
  bool json;
} request;

/* The layer, or the net's count after a message. */
static size_t choose_layer(const request *r, const char *path, const og_net *net) {
  size_t at = factorised_layer(net, r->layer);
  if (at == net->count) {
    complain(EXIT_BAD, "%s: has no fc layer%s%s", path, r->layer ? " called " : "",
             r->layer ? r->layer : "");
    return at;
  }
  const og_layer *l = &net->layers[at];
  size_t weights = og_layer_weights(net, at), inputs = weights / l->channels;
  size_t largest = (weights - 1) / (inputs + l->channels);
  if (net->count < OG_MAX_LAYERS && r->rank <= largest && r->rank < l->channels)
    return at;
  if (net->count >= OG_MAX_LAYERS)
    complain(EXIT_BAD, "%s: has %d layers, and there cannot be more", path, OG_MAX_LAYERS);
  else
    complain(EXIT_BAD, "--rank %llu: layer %s of %s gets smaller up to %zu only",
             (unsigned long long)r->rank, l->name, path, largest);
  return net->count;
}

static int report(const request *r, const char *path, const model_file *f, const og_layer *layer,
                  const model_bytes *to, const model_loss *loss) {
  output out;
  int code = output_open(&out);
  if (code)
    return code;
  if (r->json) {
    fputs("{\"model\":", out.stream);
    output_json_string(out.stream, path);
    fputs(",\"file\":", out.stream);
    output_json_string(out.stream, r->out);
    fprintf(out.stream, ",\"layer\":\"%s\",\"rank\":%llu,\"bytes_before\":%zu,\"bytes\":%zu,",
            layer->name, (unsigned long long)r->rank, f->size, to->size);
    model_loss_json(out.stream, loss);
    fputs("}\n", out.stream);
  } else {
    output_plain(out.stream, r->out);
    fprintf(out.stream, ": layer %s through %llu numbers, %zu bytes, %.1f %% of %zu\n", layer->name,
            (unsigned long long)r->rank, to->size, 100 * (double)to->size / (double)f->size,
            f->size);
    model_loss_text(out.stream, loss);
  }
  return output_close(&out, NULL, code);
}

static int factorise(const request *r, const char *path, const model_file *f) {
  og_error error = {0};
  og_dataset *set = NULL;
  model_bytes from = {f->bytes, f->size}, to = {0};
  model_loss loss;
  uint32_t threads = (uint32_t)r->threads;
  size_t at = choose_layer(r, path, &f->net);
  if (at == f->net.count)
    return EXIT_BAD;
  int code = EXIT_DONE;
  if (alphabets_load(r->data, r->set, path, &set, &error))
    code = complain_error(&error);
  else if (factorised_write(f, at, (size_t)r->rank, set, (size_t)r->drawings, threads, &to.bytes,
                            &to.size, &error))
    code = complain(error.status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", path,
                    error.text);
  if (!code)
    code = model_loss_measure(path, r->data, r->with.isa, threads, &from, &to, &loss);
  if (!code && file_write_atomic(r->out, to.bytes, to.size, &error))
    code = complain(EXIT_FAILED, "%s", error.text);
  if (!code)
    code = report(r, path, f, &f->net.layers[at], &to, &loss);
  og_dataset_free(set);
  free(to.bytes);
  return code;
}

int cmd_model_factorise(int argc, const char **argv) {
  request r = {.set = "training", .drawings = 4000, .threads = processors()};
  const option table[] = {
      TEXT_OPTION("data", &r.data, "DIR", "Omniglot's folder", .required = true),
      WHOLE_OPTION("rank", &r.rank, "R", "numbers between the two layers", 1, OG_MAX_CHANNELS,
                   .required = true),
      TEXT_OPTION("out", &r.out, "FILE", "the model file to write", .required = true),
      TEXT_OPTION("layer", &r.layer, "NAME", "the layer (the fc layer with most weights)"),
      TEXT_OPTION("set", &r.set, "SET", "Omniglot's set, or the model's own (training)"),
      WHOLE_OPTION("drawings", &r.drawings, "N", "drawings to look at (4000)", 1, 1e6),
      WHOLE_OPTION("threads", &r.threads, "T", "threads (one per processor)", 1, 1024),
      ISA_OPTION(r.with.isa_text),
      FLAG_OPTION("json", &r.json, "one JSON object instead of text"),
  };
  const command_spec spec = {
      "model factorise",
      "FILE",
      "Writes a model with a large fully connected layer as two, through R numbers: the principal\n"
      "components of what the layer sums up to on drawings. Koch's net, nearly all of whose\n"
      "38,951,745 numbers are in one layer, shrinks to a fifth that way. Says what it cost on the\n"
      "alphabets that the model's recipe held out. Calibrate and quantize afterwards.",
      "oneglyph model factorise koch.safetensors --data omniglot --rank 448 --out "
      "small.safetensors",
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
    code = factorise(&r, rest.list[0], &f);
  model_file_close(&f);
  arguments_free(&rest);
  return code;
}
