/* `oneglyph imagine`: new examples of a symbol, from one drawing of it. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "commands.h"
#include "complain.h"
#include "drawings.h"
#include "gunzip.h"
#include "imagine.h"
#include "imagine_sheet.h"
#include "ink/evenly.h"
#include "ink/imagine.h"
#include "ink_lines.h"
#include "json_read.h"
#include "options.h"
#include "output.h"
#include "svg_png.h"

enum { MOST_COUNT = 1000, MOST_DRAWINGS = 1000, MOST_TEXT = 1 << 26, PLACE = 512, PNG_ZOOM = 1 };

typedef struct request {
  const char *file, *out;
  uint64_t count, seed;
  double strength;
  bool sheet;
} request;

/* A line of an ink file. */
typedef struct drawing {
  json_object *json;
  const char *class; /* NULL: it has none */
  json_ink ink;
} drawing;

static void drawing_free(drawing *d) {
  json_ink_free(&d->ink);
  json_object_put(d->json);
}

static og_status read_drawing(const char *place, const char *text, size_t size, drawing *out,
                              og_error *error) {
  *out = (drawing){0};
  og_status status = json_read_object(place, text, size, &out->json, error);
  if (status)
    return status;
  out->class = json_plain_string(json_member(out->json, "class", json_type_string));
  status = json_strokes_read(json_object_object_get(out->json, "strokes"), &out->ink, error);
  if (status)
    error_at(error, place);
  return status;
}

static void write_line(FILE *out, const drawing *d, size_t example, const og_strokes *strokes) {
  const float *xy = strokes->xy;
  fputc('{', out);
  if (d->class) {
    fputs("\"class\":", out);
    output_json_string(out, d->class);
    fputc(',', out);
  }
  fprintf(out, "\"drawer\":\"imagined %zu\",\"strokes\":[", example);
  for (size_t i = 0; i < strokes->count; i++) {
    fputs(i ? ",[" : "[", out);
    for (size_t p = 0; p < strokes->lengths[i]; p++, xy += 2)
      fprintf(out, "%s[%.7g,%.7g]", p ? "," : "", (double)xy[0], (double)xy[1]);
    fputc(']', out);
  }
  fputs("]}\n", out);
}

static og_status imagine_all(const request *r, const drawing *d, size_t number, FILE *out,
                             og_error *error) {
  const og_strokes own = {d->ink.xy, d->ink.lengths, d->ink.strokes};
  float side = og_strokes_side(&own);
  if (r->sheet)
    sheet_draw(out, r->count, number, 0, &own, side);
  for (size_t k = 0; k < r->count; k++) {
    og_random random = og_random_stream(r->seed + k, 0);
    imagined made;
    og_status status = imagine_create(&own, r->strength, &random, &made, error);
    if (status)
      return status;
    const og_strokes strokes = imagined_strokes(&made);
    if (r->sheet)
      sheet_draw(out, r->count, number, k + 1, &strokes, side);
    else
      write_line(out, d, k + 1, &strokes);
    imagine_free(&made);
  }
  return OG_OK;
}

/* A sheet says first how large it is. */
static size_t count_lines(const char *text, size_t size) {
  ink_lines lines = {text, text + size, 0};
  size_t count = 0, length;
  while (ink_lines_next(&lines, &text, &length))
    count++;
  return count;
}

static og_status imagine_file(const request *r, const char *text, size_t size, FILE *out,
                              og_error *error) {
  ink_lines lines = {text, text + size, 0};
  og_status status = OG_OK;
  size_t length, number = 0, all = count_lines(text, size);
  if (!all)
    return og_fail(error, OG_ERROR_EMPTY, r->file, ": no drawing in it", NULL);
  if (all > MOST_DRAWINGS)
    return og_fail(error, OG_ERROR_TOO_LARGE, r->file, ": more than 1000 drawings", NULL);
  if (r->sheet)
    sheet_begin(out, all, r->count);
  while (!status && ink_lines_next(&lines, &text, &length)) {
    char place[PLACE];
    drawing d;
    drawing_place(r->file, lines.line, place, sizeof place);
    status = read_drawing(place, text, length, &d, error);
    if (!status && (status = imagine_all(r, &d, number++, out, error)) != OG_OK)
      error_at(error, place);
    drawing_free(&d);
  }
  if (r->sheet)
    sheet_end(out);
  return status;
}

static int run(const request *r) {
  uint8_t *text;
  size_t size;
  og_error error = {0};
  output o;
  if (file_read_unpacked(r->file, MOST_TEXT, &text, &size, &error))
    return complain_error(&error);
  int code = output_open(&o);
  if (!code) {
    if (imagine_file(r, (const char *)text, size, o.stream, &error))
      code = complain_error(&error);
    code = r->sheet ? output_close_drawing(&o, r->out, PNG_ZOOM, code)
                    : output_close(&o, r->out, code);
  }
  free(text);
  return code;
}

static int check(request *r) {
  const char *end = r->out ? strrchr(r->out, '.') : NULL;
  if (!r->out || (end && !strcmp(end, ".jsonl")))
    return EXIT_DONE;
  r->sheet = true;
  if (!end || (strcmp(end, ".svg") && strcmp(end, ".png")))
    return complain(EXIT_BAD, "imagine: --out %s: must end in .jsonl, .svg or .png", r->out);
  return svg_png_needed("imagine", r->out);
}

int cmd_imagine(int argc, const char **argv) {
  request r = {.count = 20, .seed = 1, .strength = (double)OG_IMAGINE_STRENGTH};
  const option table[] = {
      WHOLE_OPTION("count", &r.count, "N", "new drawings of each one (20)", 1, MOST_COUNT),
      WHOLE_OPTION("seed", &r.seed, "N", "of what is drawn by chance (1)", 0, 9007199254740992.0),
      REAL_OPTION("strength", &r.strength, "S",
                  "1 is as different as two people's drawings are (0.7)", 0, 4),
      TEXT_OPTION("out", &r.out, "FILE",
                  "FILE.jsonl, or a contact sheet, FILE.svg or FILE.png (JSON lines on stdout)"),
  };
  const command_spec spec = {"imagine",
                             "FILE",
                             "Draws new examples of symbols. FILE holds drawings as ink, one JSON "
                             "object a line; of each,\n"
                             "new ones are drawn as other people might have: bent, slanted and "
                             "placed a little otherwise,\n"
                             "by deviations measured on Omniglot's background strokes.",
                             "oneglyph imagine drawing.jsonl --count 9 --out sheet.svg",
                             table,
                             sizeof table / sizeof table[0],
                             1,
                             1};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  r.file = rest.list[0];
  code = check(&r);
  if (!code)
    code = run(&r);
  arguments_free(&rest);
  return code;
}
