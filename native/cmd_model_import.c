/* `oneglyph model import`: a net that PyTorch trained as a model file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "files.h"
#include "json_read.h"
#include "model_import.h"
#include "net/model.h"
#include "options.h"

enum { NET_LIMIT = 1 << 16, NET_TEXT = 1 << 14 };

/* What the weights do not say about themselves. */
typedef struct description {
  char lines[NET_TEXT], text[NET_TEXT]; /* the layer list as read, and without `bn` */
  char name[128], input[256];
  og_net net;
} description;

/* The lines of "net", joined. */
static og_status read_lines(json_object *recipe, description *d) {
  json_object *lines = json_member(recipe, "net", json_type_array);
  size_t count = lines ? json_object_array_length(lines) : 0, length = 0;
  for (size_t i = 0; i < count; i++) {
    const char *line = json_plain_string(json_object_array_get_idx(lines, i));
    size_t room = sizeof d->lines - length;
    int need = line ? snprintf(d->lines + length, room, "%s\n", line) : -1;
    if (need < 0 || (size_t)need >= room)
      return OG_ERROR_FORMAT;
    length += (size_t)need;
  }
  return length ? OG_OK : OG_ERROR_FORMAT;
}

static og_status read_text(json_object *recipe, const char *key, char *to, size_t room) {
  json_object *value = json_member(recipe, key, json_type_string);
  const char *text = value ? json_plain_string(value) : NULL;
  return text && (size_t)snprintf(to, room, "%s", text) < room ? OG_OK : OG_ERROR_FORMAT;
}

static int describe(const char *path, description *d) {
  uint8_t *bytes;
  size_t size;
  og_error error = {0};
  json_object *recipe = NULL;
  const char *wrong = NULL;
  if (file_read(path, NET_LIMIT, &bytes, &size, &error))
    return complain_error(&error);
  if (json_read_object(path, (const char *)bytes, size, &recipe, &error)) {
    free(bytes);
    return complain_error(&error);
  }
  if (read_lines(recipe, d))
    wrong = "\"net\": must be an array of the lines of a layer list";
  else if (read_text(recipe, "input", d->input, sizeof d->input))
    wrong = "\"input\": must say how a drawing becomes the input, as in models/glyph.recipe.json";
  else if (read_text(recipe, "name", d->name, sizeof d->name))
    wrong = "\"name\": must be a short text";
  else if (og_net_parse(d->lines, &d->net, &error))
    wrong = error.text;
  json_object_put(recipe);
  free(bytes);
  if (wrong)
    return complain(EXIT_BAD, "%s: %s", path, wrong);
  og_net_format(&d->net, d->text, sizeof d->text);
  return EXIT_DONE;
}

/* The bytes of the model file, which have been loaded once to see that they can be. */
static og_status build(const description *d, const imported *weights, uint8_t **bytes, size_t *size,
                       og_error *error) {
  const char *const pairs[][2] = {{"format", "oneglyph"}, {"version", "1"},
                                  {"net", d->text},       {"input", d->input},
                                  {"name", d->name},      {"tool", "oneglyph " OG_VERSION},
                                  {"data", "imported"}};
  og_model *model = NULL;
  if (og_safetensors_write(weights->tensors, weights->count, pairs, sizeof pairs / sizeof *pairs,
                           bytes, size))
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  og_status status = og_model_load(*bytes, *size, NULL, &model, error);
  og_model_free(model);
  return status;
}

static int import(const char *path, const char *prefix, const description *d, const char *out) {
  uint8_t *bytes = NULL, *made = NULL;
  size_t size, made_size = 0;
  og_safetensors *file = NULL;
  imported weights = {0};
  og_error error = {0};
  int code = EXIT_DONE;
  if (file_read(path, MODEL_LIMIT, &bytes, &size, &error))
    return complain_error(&error);
  if (og_safetensors_read(bytes, size, &file, &error) ||
      model_import(file, prefix, &d->net, &weights, &error) ||
      build(d, &weights, &made, &made_size, &error))
    code = complain(error.status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", path,
                    error.text);
  else if (file_write_atomic(out, made, made_size, &error))
    code = complain(EXIT_FAILED, "%s", error.text);
  else
    printf("%s: %zu of %zu tensors, %zu bytes; its probabilities are not calibrated\n", out,
           weights.used, file->tensors, made_size);
  free(weights.memory);
  free(made);
  og_safetensors_free(file);
  free(bytes);
  return code;
}

int cmd_model_import(int argc, const char **argv) {
  const char *recipe = NULL, *out = NULL, *prefix = "";
  const option table[] = {
      TEXT_OPTION("recipe", &recipe, "FILE", "JSON with name, net and input, as a recipe has",
                  .required = true),
      TEXT_OPTION("out", &out, "FILE", "the model file to write", .required = true),
      TEXT_OPTION("prefix", &prefix, "TEXT", "what stands before each tensor's name, as in net."),
  };
  const command_spec spec = {
      "model import",
      "FILE",
      "Makes a model file of weights that PyTorch trained: the state_dict as safetensors, in F32 "
      "or\n"
      "F16 (without the counters num_batches_tracked). For a layer NAME of the list there are\n"
      "NAME.weight and NAME.bias of nn.Conv2d, or of nn.Linear for fc; with bn also those of\n"
      "NAME.bn, an nn.BatchNorm2d, which is folded in. Or NAME is an nn.Sequential of the two.",
      "oneglyph model import --recipe models/glyph.recipe.json --out mine.safetensors"
      " torch.safetensors",
      table,
      sizeof table / sizeof table[0],
      1,
      1};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  description *d = calloc(1, sizeof *d);
  code = d ? describe(recipe, d) : complain(EXIT_FAILED, "out of memory");
  if (!code)
    code = import(rest.list[0], prefix, d, out);
  free(d);
  arguments_free(&rest);
  return code;
}
