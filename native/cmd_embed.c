/* `oneglyph embed`: embeddings of drawings, as JSON lines or a NumPy array. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "committee.h"
#include "complain.h"
#include "drawings.h"
#include "embedding.h"
#include "isa.h"
#include "options.h"
#include "output.h"

/* NumPy's format: magic, version 1.0, length of the header, header padded to 64 bytes. */
enum { NPY_HEADER = 128 };

static void write_npy_header(FILE *out, size_t rows, size_t columns) {
  char header[NPY_HEADER];
  memset(header, ' ', sizeof header);
  memcpy(header, "\x93NUMPY\x01\x00", 8);
  header[8] = (char)(NPY_HEADER - 10);
  header[9] = 0;
  int length =
      snprintf(header + 10, NPY_HEADER - 10,
               "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu), }", rows, columns);
  header[10 + length] = ' ';
  header[NPY_HEADER - 1] = '\n';
  fwrite(header, 1, sizeof header, out);
}

/* Little endian, whatever the machine. */
static void write_npy_row(FILE *out, const float *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    for (int shift = 0; shift < 32; shift += 8)
      fputc((int)(bits >> shift & 255), out);
  }
}

/* Nine digits give every float back exactly. */
static void write_json_row(FILE *out, const char *path, uint32_t line, const float *values,
                           size_t count) {
  fputs("{\"file\":", out);
  output_json_string(out, path);
  if (line)
    fprintf(out, ",\"line\":%" PRIu32 ",\"embedding\":[", line);
  else
    fputs(",\"line\":null,\"embedding\":[", out);
  for (size_t i = 0; i < count; i++)
    fprintf(out, "%s%.9g", i ? "," : "", (double)values[i]);
  fputs("]}\n", out);
}

/* One file; *rows counts the embeddings written. */
static int embed_file(FILE *out, const committee *model, const char *path, bool npy, size_t *rows) {
  drawings d;
  og_error error = {0};
  if (drawings_read(path, &d, &error))
    return complain_error(&error);
  size_t dim = committee_dim(model);
  float *values = malloc(d.count * dim * sizeof *values);
  int code = EXIT_DONE;
  if (!values || committee_embed(model, d.rasters, NULL, d.count, processors(), values))
    code = complain(EXIT_FAILED, "out of memory");
  for (size_t i = 0; !code && i < d.count; i++)
    if (npy)
      write_npy_row(out, values + i * dim, dim);
    else
      write_json_row(out, path, d.lines[i], values + i * dim, dim);
  *rows += d.count;
  free(values);
  drawings_free(&d);
  return code;
}

/* All files, gathered, so that a bad one leaves nothing half-written. */
static int embed_files(const committee *model, const arguments *files, bool npy, const char *path) {
  output body, all;
  size_t rows = 0;
  int code = output_open(&body);
  if (code)
    return code;
  for (size_t i = 0; !code && i < files->count; i++)
    code = embed_file(body.stream, model, files->list[i], npy, &rows);
  if (!npy || code)
    return output_close(&body, path, code);
  /* The header comes first but is known last. */
  fflush(body.stream);
  code = output_open(&all);
  if (!code) {
    write_npy_header(all.stream, rows, committee_dim(model));
    fwrite(body.bytes, 1, body.size, all.stream);
    code = output_close(&all, path, code);
  }
  output_discard(&body);
  return code;
}

int cmd_embed(int argc, const char **argv) {
  kernel_choice with = {0};
  const char *model_path = NULL, *format = "json", *out = NULL;
  const option table[] = {
      TEXT_OPTION("model", &model_path, "MODEL", "the model file", .required = true),
      TEXT_OPTION("format", &format, "FORMAT", "json: one object a drawing (default); npy: NumPy"),
      TEXT_OPTION("out", &out, "FILE", "write there instead of to standard output"),
      KERNEL_OPTIONS(with),
  };
  const command_spec spec = {
      "embed",
      "FILE...",
      "Prints the embedding of every drawing in the files: pictures (PNG, JPEG), or ink as JSON\n"
      "lines, one {\"strokes\": [[[x, y], ...], ...]} a line. JSON output has one line a drawing:\n"
      "{\"file\": ..., \"line\": ... or null, \"embedding\": [...]}, with nine digits, which give\n"
      "back exactly the numbers computed.",
      "oneglyph embed --model models/glyph.safetensors drawing.png ink.jsonl",
      table,
      sizeof table / sizeof table[0],
      1,
      SIZE_MAX};
  arguments files;
  int code = options_parse(&spec, argc, argv, &files);
  if (code != OPTIONS_RUN)
    return code;
  committee *model = NULL;
  og_error error = {0};
  bool npy = !strcmp(format, "npy");
  if (!npy && strcmp(format, "json"))
    code = complain(EXIT_BAD, "embed: --format %s: must be json or npy", format);
  if (code == OPTIONS_RUN)
    code = kernel_choose(&with);
  if (code == OPTIONS_RUN && committee_read(model_path, &with, &model, &error))
    code = complain_error(&error);
  if (code == OPTIONS_RUN)
    code = embed_files(model, &files, npy, out);
  committee_free(model);
  arguments_free(&files);
  return code;
}
