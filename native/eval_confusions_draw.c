/* The most confused pairs, drawn. See eval_confusions_draw.h. */
#include "eval_confusions_draw.h"

#include <inttypes.h>
#include <string.h>

#include "eval_statistics.h"
#include "markup.h"

enum {
  TILE_WIDTH = 361,
  TILE_HEIGHT = 200,
  STEP = 127, /* from one drawing of a tile to the next */
  COLUMNS = 3,
  MARGIN = 24,
  HEADING = 74,
  NAME_ROOM = 20, /* characters that fit below a drawing */
};

/* For either kind of document; colours keep a contrast of 4.5 on their background. */
static const char style[] =
    "text{font:12px system-ui,sans-serif;fill:#1b1b1f}.head{font-size:18px;font-weight:600}"
    ".bold{font-weight:600}.small{font-size:10.5px}.soft{fill:#5a5a66}.wrong{fill:#a3261b}.paper{"
    "fill:#fff}"
    ".frame{fill:#fff;stroke:#c4c4ce}.ink{stroke:#1b1b1f;stroke-width:1;fill:none}"
    "@media(prefers-color-scheme:dark){text{fill:#ececf1}.soft{fill:#a9a9b6}.wrong{fill:#ff9d8f}"
    ".paper{fill:#16161a}.frame{fill:#1f1f25;stroke:#4a4a55}.ink{stroke:#ececf1}}";

/* The rows of a raster as lines one pixel wide: sharp at any size, in the reader's colour. */
static void draw_raster(FILE *out, const uint8_t *raster, int x) {
  fprintf(out,
          "<g transform=\"translate(%d 26)\"><rect class=\"frame\" width=\"105\" "
          "height=\"105\"/><path class=\"ink\" shape-rendering=\"crispEdges\" d=\"",
          x);
  for (int row = 0; row < OG_RASTER_SIDE; row++)
    for (int from = 0, to; from < OG_RASTER_SIDE; from = to) {
      const uint8_t *line = raster + row * OG_RASTER_SIDE;
      for (to = from; to < OG_RASTER_SIDE && line[to] == line[from]; to++)
        ;
      if (line[from])
        fprintf(out, "M%d %d.5h%d", from, row, to - from);
    }
  fputs("\"/></g>", out);
}

static void text_begin(FILE *out, const char *class, int x, int y) {
  fprintf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
}

/* Alphabet and character in lines of their own; the whole name as a tooltip. */
static void draw_name(FILE *out, const confusion_sheet *s, uint32_t class, int x) {
  char run[32], alphabet[256];
  snprintf(run, sizeof run, "run%02" PRIu32 "/class%02" PRIu32, class / RUN_WAYS + 1,
           class % RUN_WAYS + 1);
  const char *name = s->class_names ? s->class_names[class] : run;
  const char *slash = strchr(name, '/');
  snprintf(alphabet, sizeof alphabet, "%.*s", slash ? (int)(slash - name) : 0, name);
  fputs("<g><title>", out);
  markup_text(out, name);
  fputs("</title>", out);
  text_begin(out, "soft small", x, 160);
  markup_short(out, alphabet, NAME_ROOM);
  fputs("</text>", out);
  text_begin(out, "", x, 174);
  markup_short(out, slash ? slash + 1 : name, NAME_ROOM);
  fputs("</text></g>", out);
}

static void draw_score(FILE *out, const eval_about *about, float score, int x) {
  text_begin(out, "", x, 188);
  if (about->milliseconds < 0)
    fprintf(out, "score %.4g</text>", (double)score);
  else
    fprintf(out, "cosine %.3f</text>", (double)score);
}

static void draw_tile(FILE *out, const confusion_sheet *s, const confused_pair *pair) {
  const confusion *c = pair->widest;
  uint32_t right = s->class_of ? s->class_of[c->right] : c->right;
  int forth = right == pair->first;
  size_t here = forth ? pair->forth : pair->back, back = forth ? pair->back : pair->forth;
  const uint32_t drawings[] = {c->query, c->right, c->wrong};
  text_begin(out, "bold", 0, 16);
  fprintf(out, "%zu %s</text>", here + back, here + back == 1 ? "error" : "errors");
  text_begin(out, "soft", STEP, 16);
  fprintf(out, "%zu as here, %zu the other way round</text>", here, back);
  for (int i = 0; i < 3; i++)
    draw_raster(out, s->rasters + (size_t)drawings[i] * OG_RASTER_SIZE, i * STEP);
  text_begin(out, "", 0, 146);
  fputs("the query</text>", out);
  text_begin(out, "", STEP, 146);
  fputs("is one of</text>", out);
  text_begin(out, "wrong", 2 * STEP, 146);
  fputs("was taken for</text>", out);
  draw_name(out, s, right, STEP);
  draw_name(out, s, forth ? pair->second : pair->first, 2 * STEP);
  draw_score(out, s->about, c->right_score, STEP);
  draw_score(out, s->about, c->wrong_score, 2 * STEP);
}

static void title(FILE *out, const eval_about *about) {
  fputs("Confused by ", out);
  markup_text(out, about->model);
}

/* How many pairs there are to show. */
static size_t shown(const confusion_sheet *s) {
  return s->pairs->count < s->most ? s->pairs->count : s->most;
}

static void summary(FILE *out, const confusion_sheet *s) {
  const eval_about *about = s->about;
  fprintf(out, "Task %s (", about->task);
  markup_text(out, about->set);
  fprintf(out,
          "), %zu-way %zu-shot, seed %" PRIu64 ": %" PRIu64 " errors in %" PRIu64
          " trials, among %zu pairs of characters. ",
          about->way, about->shot, about->seed, s->count->errors, s->count->trials,
          s->pairs->count);
  if (s->pairs->count)
    fprintf(out, "The %zu most frequent, each with its clearest error.", shown(s));
}

static void draw_html(FILE *out, const confusion_sheet *s) {
  fputs("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>",
        out);
  title(out, s->about);
  fprintf(out,
          "</title>\n<style>%sbody{font:15px/1.5 system-ui,sans-serif;margin:1.5rem}"
          "ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:1.5rem 3rem}"
          "svg{max-width:100%%;height:auto}</style>\n<h1>",
          style);
  title(out, s->about);
  fputs("</h1>\n<p>", out);
  summary(out, s);
  fputs("</p>\n<ul>\n", out);
  for (size_t i = 0; i < shown(s); i++) {
    fprintf(out, "<li><svg width=\"%d\" height=\"%d\" viewBox=\"-1 -1 %d %d\" role=\"img\">",
            TILE_WIDTH, TILE_HEIGHT, TILE_WIDTH, TILE_HEIGHT);
    draw_tile(out, s, &s->pairs->pair[i]);
    fputs("</svg></li>\n", out);
  }
  fputs("</ul>\n</html>\n", out);
}

static void draw_svg(FILE *out, const confusion_sheet *s) {
  int rows = ((int)shown(s) + COLUMNS - 1) / COLUMNS;
  int width = COLUMNS * (TILE_WIDTH + MARGIN) + MARGIN;
  int height = HEADING + rows * (TILE_HEIGHT + MARGIN) + MARGIN;
  fprintf(out,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
          "viewBox=\"0 0 %d %d\">\n<style>%s</style>\n<title>",
          width, height, width, height, style);
  title(out, s->about);
  fprintf(out, "</title>\n<rect class=\"paper\" width=\"%d\" height=\"%d\"/>", width, height);
  text_begin(out, "head", MARGIN, 36);
  title(out, s->about);
  fputs("</text>", out);
  text_begin(out, "soft", MARGIN, 58);
  summary(out, s);
  fputs("</text>\n", out);
  for (size_t i = 0; i < shown(s); i++) {
    fprintf(out, "<g transform=\"translate(%d %d)\">",
            MARGIN + (int)i % COLUMNS * (TILE_WIDTH + MARGIN),
            HEADING + (int)i / COLUMNS * (TILE_HEIGHT + MARGIN));
    draw_tile(out, s, &s->pairs->pair[i]);
    fputs("</g>\n", out);
  }
  fputs("</svg>\n", out);
}

void confusions_draw(FILE *out, const confusion_sheet *sheet, bool html) {
  (html ? draw_html : draw_svg)(out, sheet);
}
