/* Results, gathered first and written when the command has succeeded. */
#include "output.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "files.h"
#include "svg_png.h"

int output_open(output *o) {
  *o = (output){0};
  o->stream = open_memstream(&o->bytes, &o->size);
  return o->stream ? EXIT_DONE : complain(EXIT_FAILED, "out of memory");
}

int output_close(output *o, const char *path, int code) {
  int broken = ferror(o->stream);
  broken |= fclose(o->stream);
  og_error error = {0};
  if (!code && broken)
    code = complain(EXIT_FAILED, "out of memory");
  if (!code && path && file_write_atomic(path, o->bytes, o->size, &error))
    code = complain(EXIT_FAILED, "%s", error.text);
  if (!code && !path && fwrite(o->bytes, 1, o->size, stdout) != o->size)
    code = EXIT_FAILED; /* main says so when it flushes */
  free(o->bytes);
  return code;
}

int output_close_drawing(output *o, const char *path, unsigned zoom, int code) {
  const char *end = strrchr(path, '.');
  uint8_t *png = NULL;
  size_t size = 0;
  og_error error = {0};
  if (code || !end || strcmp(end, ".png"))
    return output_close(o, path, code);
  int broken = ferror(o->stream);
  broken |= fclose(o->stream);
  if (broken || svg_png(o->bytes, o->size, zoom, &png, &size, &error) ||
      file_write_atomic(path, png, size, &error))
    code = complain(EXIT_FAILED, "%s", error.text[0] ? error.text : "out of memory");
  free(png);
  free(o->bytes);
  return code;
}

void output_discard(output *o) {
  fclose(o->stream);
  free(o->bytes);
}

void output_json_string(FILE *stream, const char *text) {
  json_object *value = json_object_new_string(text);
  fputs(json_object_to_json_string_ext(value,
                                       JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
        stream);
  json_object_put(value);
}

void output_csv_text(FILE *stream, const char *text) {
  fputc('"', stream);
  for (; *text; text++) {
    if (*text == '"')
      fputc('"', stream);
    fputc(*text, stream);
  }
  fputc('"', stream);
}

void output_plain(FILE *stream, const char *text) {
  for (; *text; text++)
    fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, stream);
}
