/* `oneglyph model export --onnx`: a model file for other programs. */
#include "onnx_command.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "model_file.h"
#include "options.h"

#ifdef ONEGLYPH_ONNX
#include "files.h"
#include "onnx_graph.h"

static int write_onnx(const char *path, const char *model, size_t batch) {
  model_file file;
  uint8_t *bytes = NULL;
  size_t size = 0;
  og_error error = {0};
  int code = model_file_open(model, NULL, &file);
  if (code == OPTIONS_RUN) {
    og_status status = onnx_graph(&file, batch, &bytes, &size, &error);
    if (status)
      code =
          complain(status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", model, error.text);
    else
      code = file_write_atomic(path, bytes, size, &error) ? complain(EXIT_FAILED, "%s", error.text)
                                                          : 0;
  }
  free(bytes);
  model_file_close(&file);
  return code;
}
#else
static int write_onnx(const char *path, const char *model, size_t batch) {
  (void)path, (void)model, (void)batch;
  return complain(EXIT_BAD, "model export: built without ONNX; install protobuf-c-compiler,"
                            " libprotobuf-c-dev and libonnx-dev, then configure anew");
}
#endif

/* "dynamic" is 0, which no number of drawings is. */
static int read_batch(const char *text, size_t *batch) {
  enum { MOST = 1 << 20 };
  char *end;
  unsigned long number = strtoul(text, &end, 10);
  *batch = 0;
  if (!strcmp(text, "dynamic"))
    return OPTIONS_RUN;
  if (text[0] < '0' || text[0] > '9' || *end || number < 1 || number > MOST)
    return complain(EXIT_BAD,
                    "model export: --batch %s: neither dynamic nor a whole number between 1 and %d",
                    text, MOST);
  *batch = number;
  return OPTIONS_RUN;
}

int model_export(int argc, const char **argv) {
  const char *onnx = NULL, *model = NULL, *batch_text = "dynamic";
  const option table[] = {
      TEXT_OPTION("onnx", &onnx, "OUT", "the ONNX file to write", .required = true),
      TEXT_OPTION("model", &model, "MODEL", "the model file", .required = true),
      TEXT_OPTION("batch", &batch_text, "N",
                  "drawings a run takes: a number, or dynamic (default): any"),
  };
  const command_spec spec = {
      "model export",
      "",
      "Writes the net of a model file as ONNX (opset 13, float32), for other programs. Its input\n"
      "has the shape N x 1 x side x side: the moment-normalised drawing that the core feeds its\n"
      "net, row by row from the top left, about 0 for paper and 1 for ink (the curve is in the\n"
      "metadata `input`). Its output, N x numbers, is the embedding that oneglyph embed prints.\n"
      "All metadata of the model file are kept.",
      "oneglyph model export --onnx glyph.onnx --model models/glyph.safetensors",
      table,
      sizeof table / sizeof table[0],
      0,
      0};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  size_t batch;
  code = read_batch(batch_text, &batch);
  if (code == OPTIONS_RUN)
    code = write_onnx(onnx, model, batch);
  arguments_free(&rest);
  return code;
}
