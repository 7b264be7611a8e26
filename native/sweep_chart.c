/* The chart of a sweep, as SVG text. See sweep.h.
 *
 * Every curve carries its name at its end, so nothing needs to be looked up; names that would lie
 * on each other are pushed apart. Curves differ in colour and in dashes. */
#include <inttypes.h>
#include <string.h>

#include "eval_statistics.h"
#include "markup.h"
#include "sweep.h"

enum {
  WIDTH = 900,
  HEIGHT = 500,
  LEFT = 64,
  RIGHT = 660, /* names stand to the right of it */
  TOP = 76,
  BOTTOM = 436,
  NAME_HEIGHT = 34, /* two lines */
  CHANCE = SWEEP_CURVES,
  LINES,
};

static const char style[] =
    "text{font:13px system-ui,sans-serif;fill:#211e1a}.head{font-size:19px;font-weight:600}"
    ".soft{fill:#6b6358}.paper{fill:#fffdf8}.grid{stroke:#e2dacb}.axis{stroke:#211e1a}"
    ".line{fill:none;stroke-width:2;stroke-linejoin:round}.band{stroke:none;opacity:.18}"
    ".k0{stroke:#c8371b;fill:#c8371b}.k1{stroke:#1f6aa8;fill:#1f6aa8}"
    ".k2{stroke:#47782f;fill:#47782f}.k3{stroke:#8a5a00;fill:#8a5a00}"
    ".k4{stroke:#7b4fa3;fill:#7b4fa3}.k5{stroke:#00757a;fill:#00757a}"
    ".k6{stroke:#a82c6c;fill:#a82c6c}.k7{stroke:#4d5560;fill:#4d5560}"
    ".k8{stroke:#6b6358;fill:#6b6358}.line{fill:none}text{stroke:none}"
    "@media(prefers-color-scheme:dark){text{fill:#efe8db}.soft{fill:#a89e90}"
    ".paper{fill:#201d19}.grid{stroke:#37322b}.axis{stroke:#efe8db}"
    ".k0{stroke:#ff7d5c;fill:#ff7d5c}.k1{stroke:#6fb3ef;fill:#6fb3ef}"
    ".k2{stroke:#9fce84;fill:#9fce84}.k3{stroke:#e0b45c;fill:#e0b45c}"
    ".k4{stroke:#c7a0ee;fill:#c7a0ee}.k5{stroke:#5fd0d4;fill:#5fd0d4}"
    ".k6{stroke:#f58fc0;fill:#f58fc0}.k7{stroke:#b8c0cc;fill:#b8c0cc}"
    ".k8{stroke:#a89e90;fill:#a89e90}.line{fill:none}text{stroke:none}}";

static const char *const dashes[LINES] = {"none", "7 4",      "2 3", "9 3 2 3", "12 4",
                                          "4 4",  "12 3 3 3", "3 6", "1 4"};

static double x_of(const sweep *s, size_t way) {
  double span = s->ways > 1 ? (double)(s->ways - 1) : 1;
  return LEFT + (RIGHT - LEFT) * (double)(way - s->first_way) / span;
}

/* Percent right to pixels. */
static double y_of(double accuracy) {
  return BOTTOM - (BOTTOM - TOP) * accuracy / 100;
}

static double accuracy(const sweep *s, size_t line, size_t i) {
  if (line == CHANCE)
    return 100.0 / (double)(s->first_way + i);
  const eval_count *c = &s->curve[line].count[i];
  return 100 - 100 * (double)c->errors / (double)c->trials;
}

static void draw_axes(FILE *out, const sweep *s) {
  for (int percent = 0; percent <= 100; percent += 20) {
    double y = y_of(percent);
    fprintf(out,
            "<path class=\"%s\" d=\"M%d %.1fH%d\"/><text class=\"soft\" text-anchor=\"end\" "
            "x=\"%d\" y=\"%.1f\">%d</text>\n",
            percent ? "grid" : "axis", LEFT, y, RIGHT, LEFT - 8, y + 4, percent);
  }
  size_t last = s->first_way + s->ways - 1, step = s->ways > 120 ? 50 : s->ways > 12 ? 10 : 1;
  for (size_t way = s->first_way; way <= last; way++)
    if (way == s->first_way || (way % step == 0 && x_of(s, way) > LEFT + 20))
      fprintf(out,
              "<path class=\"axis\" d=\"M%.1f %dv5\"/><text class=\"soft\" text-anchor=\"middle\" "
              "x=\"%.1f\" y=\"%d\">%zu</text>\n",
              x_of(s, way), BOTTOM, x_of(s, way), BOTTOM + 20, way);
  fprintf(out,
          "<text text-anchor=\"middle\" x=\"%d\" y=\"%d\">classes to choose from (N)</text>\n"
          "<text text-anchor=\"middle\" transform=\"translate(18 %d) rotate(-90)\">accuracy, "
          "%%</text>\n",
          (LEFT + RIGHT) / 2, BOTTOM + 44, (TOP + BOTTOM) / 2);
}

static void draw_band(FILE *out, const sweep *s, size_t line) {
  double interval[2];
  fprintf(out, "<path class=\"band k%zu\" d=\"", line);
  for (size_t i = 0; i < 2 * s->ways; i++) {
    int back = i >= s->ways;
    size_t at = back ? 2 * s->ways - 1 - i : i;
    const eval_count *c = &s->curve[line].count[at];
    wilson_interval(c->errors, c->trials, interval);
    fprintf(out, "%c%.1f %.1f", i ? 'L' : 'M', x_of(s, s->first_way + at),
            y_of(100 - interval[back]));
  }
  fputs("Z\"/>\n", out);
}

static void draw_line(FILE *out, const sweep *s, size_t line) {
  fprintf(out, "<path class=\"line k%zu\" stroke-dasharray=\"%s\" d=\"", line, dashes[line]);
  for (size_t i = 0; i < s->ways; i++)
    fprintf(out, "%c%.1f %.2f", i ? 'L' : 'M', x_of(s, s->first_way + i),
            y_of(accuracy(s, line, i)));
  fputs("\"/>\n", out);
}

/* Where names go: beside the lines' ends, from top to bottom, none over another. */
static void place_names(const sweep *s, const size_t *lines, size_t count, double *y,
                        size_t *order) {
  for (size_t n = 0; n < count; n++) {
    size_t at = n;
    double own = y_of(accuracy(s, lines[n], s->ways - 1));
    for (; at > 0 && y[at - 1] > own; at--) {
      y[at] = y[at - 1];
      order[at] = order[at - 1];
    }
    y[at] = own;
    order[at] = lines[n];
  }
  for (size_t n = 1; n < count; n++)
    y[n] = y[n] < y[n - 1] + NAME_HEIGHT ? y[n - 1] + NAME_HEIGHT : y[n];
  double limit = BOTTOM;
  for (size_t n = count; n-- > 0; limit = y[n] - NAME_HEIGHT)
    y[n] = y[n] > limit ? limit : y[n];
}

/* "models/glyph.safetensors" is "glyph" to a reader, and "refit:models/..." "glyph, refit". */
static void write_model(FILE *out, const char *model) {
  char name[256];
  const char *file = judge_file(model), *slash = strrchr(file, '/');
  snprintf(name, sizeof name, "%s", slash ? slash + 1 : file);
  char *dot = strrchr(name, '.');
  if (dot && dot != name)
    *dot = 0;
  markup_short(out, name, 24);
  if (file != model)
    fputs(", refit", out);
}

static void draw_name(FILE *out, const sweep *s, size_t line, double y) {
  double end = y_of(accuracy(s, line, s->ways - 1));
  fprintf(out,
          "<path class=\"line k%zu\" stroke-dasharray=\"%s\" d=\"M%d %.1fL%d %.1fh24\"/>"
          "<text x=\"%d\" y=\"%.1f\">",
          line, dashes[line], RIGHT + 4, end, RIGHT + 18, y, RIGHT + 50, y + 1);
  if (line == CHANCE)
    fputs("chance", out);
  else
    write_model(out, s->curve[line].model);
  fprintf(out, " %.1f %%</text><text class=\"soft\" x=\"%d\" y=\"%.1f\">",
          accuracy(s, line, s->ways - 1), RIGHT + 50, y + 16);
  if (line == CHANCE)
    fputs("1 in N", out);
  else if (!strcmp(s->curve[line].set, "training"))
    fputs("its training alphabets", out);
  else if (!strcmp(s->curve[line].set, "held-out"))
    fputs("its held-out alphabets", out);
  else
    markup_short(out, s->curve[line].set, 26);
  fputs("</text>\n", out);
}

void sweep_svg(FILE *out, const sweep *s) {
  size_t lines[LINES], order[LINES], count = 0;
  double y[LINES];
  fprintf(out,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
          "viewBox=\"0 0 %d %d\" role=\"img\">\n<style>%s</style>\n"
          "<title>Accuracy against the number of classes</title>\n"
          "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n",
          WIDTH, HEIGHT, WIDTH, HEIGHT, style, WIDTH, HEIGHT);
  fprintf(out,
          "<text class=\"head\" x=\"%d\" y=\"32\">Accuracy against the number of classes</text>\n"
          "<text class=\"soft\" x=\"%d\" y=\"54\">Task %s, %" PRIu64 "-shot, %" PRIu64
          " trials a point, seed %" PRIu64 "; bands are 95 %% intervals</text>\n",
          LEFT, LEFT, s->task, s->shot, s->trials, s->seed);
  draw_axes(out, s);
  for (size_t c = 0; c < s->curves; c++)
    draw_band(out, s, lines[count++] = c);
  lines[count++] = CHANCE;
  for (size_t n = count; n-- > 0;)
    draw_line(out, s, lines[n]);
  place_names(s, lines, count, y, order);
  for (size_t n = 0; n < count; n++)
    draw_name(out, s, order[n], y[n]);
  fputs("</svg>\n", out);
}
