/* `oneglyph sweep`: accuracy against the number of classes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "files.h"
#include "isa.h"
#include "options.h"
#include "output.h"
#include "svg_png.h"
#include "sweep.h"

enum { FILES = 8, PNG_ZOOM = 2 };
enum { SVG, PNG, CSV, JSON, FORMATS };
static const char *const endings[FORMATS] = {".svg", ".png", ".csv", ".json"};

typedef struct request {
  const char *models, *data, *task, *ways, *out;
  kernel_choice with;
  uint64_t shot, trials, seed, threads;
} request;

/* Parts of a text with commas, each a string of its own in a copy. */
typedef struct list {
  char *copy;
  char *part[FILES];
  size_t count;
} list;

/* Splits "A,B" into at most `most` parts, none of them empty. */
static int split(const char *name, const char *text, size_t most, list *out) {
  *out = (list){.copy = strdup(text)};
  if (!out->copy)
    return complain(EXIT_FAILED, "out of memory");
  for (char *at = out->copy, *next; at; at = next) {
    next = strchr(at, ',');
    if (next)
      *next++ = 0;
    if (!*at)
      return complain(EXIT_BAD, "sweep: --%s %s: nothing between two commas", name, text);
    if (out->count == most)
      return complain(EXIT_BAD, "sweep: --%s: more than %zu", name, most);
    out->part[out->count++] = at;
  }
  return EXIT_DONE;
}

/* "MODEL@SET" or "MODEL": the last @ counts, and what follows it is a word. */
static void read_curve(char *text, sweep_curve *out) {
  char *at = strrchr(text, '@');
  *out = (sweep_curve){.model = text, .set = "evaluation"};
  if (!at || at == text || !at[1] || strpbrk(at, "/."))
    return;
  *at = 0;
  out->set = at + 1;
}

static int format_of(const char *path) {
  size_t length = strlen(path);
  for (int i = 0; i < FORMATS; i++) {
    size_t tail = strlen(endings[i]);
    if (length > tail && !strcmp(path + length - tail, endings[i]))
      return i;
  }
  return -1;
}

static int read_ways(const char *text, sweep *s) {
  char *end = NULL;
  unsigned long first = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0, last = first;
  if (first && !strncmp(end, "..", 2) && isdigit((unsigned char)end[2]))
    last = strtoul(end + 2, &end, 10);
  if (first < 2 || *end || last < first || last > OG_MAX_WAY || last - first >= SWEEP_WAYS)
    return complain(EXIT_BAD, "sweep: --ways %s: must be like 2..60, from 2 on, at most %d values",
                    text, SWEEP_WAYS);
  s->first_way = first;
  s->ways = last - first + 1;
  return EXIT_DONE;
}

static int check(const request *r, const list *files) {
  if (strcmp(r->task, "across") != 0 && strcmp(r->task, "within") != 0)
    return complain(EXIT_BAD, "sweep: --task %s: must be across or within", r->task);
  for (size_t i = 0; i < files->count; i++) {
    int format = format_of(files->part[i]);
    if (format < 0)
      return complain(EXIT_BAD, "sweep: --out %s: must end in .svg, .png, .csv or .json",
                      files->part[i]);
    int code = svg_png_needed("sweep", files->part[i]);
    if (code)
      return code;
  }
  return EXIT_DONE;
}

static int write_file(const sweep *s, const char *path) {
  static void (*const write[FORMATS])(FILE *, const sweep *) = {
      [SVG] = sweep_svg, [PNG] = sweep_svg, [CSV] = sweep_csv, [JSON] = sweep_json};
  output o;
  int code = output_open(&o);
  if (code)
    return code;
  write[format_of(path)](o.stream, s);
  return output_close_drawing(&o, path, PNG_ZOOM, code);
}

static int run(const request *r, sweep *s) {
  list models = {0}, files = {0};
  og_error error = {0};
  int code = split("model", r->models, SWEEP_CURVES, &models);
  if (!code)
    code = split("out", r->out, FILES, &files);
  if (!code)
    code = check(r, &files);
  if (!code)
    code = read_ways(r->ways, s);
  for (; !code && s->curves < models.count; s->curves++)
    read_curve(models.part[s->curves], &s->curve[s->curves]);
  if (!code && sweep_measure(s, r->data, &r->with, (uint32_t)r->threads, &error))
    code = complain_error(&error);
  for (size_t i = 0; !code && i < files.count; i++)
    code = write_file(s, files.part[i]);
  free(models.copy);
  free(files.copy);
  return code;
}

int cmd_sweep(int argc, const char **argv) {
  request r = {.task = "across",
               .ways = "2..60",
               .shot = 1,
               .trials = 2000,
               .seed = 1,
               .threads = processors()};
  const option table[] = {
      TEXT_OPTION("model", &r.models, "M[@SET],..", "models as in eval; SET too (evaluation)",
                  .required = true),
      TEXT_OPTION("data", &r.data, "DIR", "Omniglot's folder", .required = true),
      TEXT_OPTION("out", &r.out, "FILE,..", "FILE.svg, .png, .csv or .json", .required = true),
      TEXT_OPTION("ways", &r.ways, "A..B", "numbers of classes (2..60)"),
      TEXT_OPTION("task", &r.task, "TASK", "across (default) or within"),
      WHOLE_OPTION("shot", &r.shot, "K", "examples of each class (1)", 1, OG_MAX_SHOT),
      WHOLE_OPTION("trials", &r.trials, "N", "queries to judge for each point (2000)", 1, 1e8),
      WHOLE_OPTION("seed", &r.seed, "N", "of the drawing of trials (1)", 0, 9007199254740992.0),
      WHOLE_OPTION("threads", &r.threads, "T", "threads (one per processor)", 1, 1024),
      KERNEL_OPTIONS(r.with),
  };
  const command_spec spec = {
      "sweep",
      "",
      "Measures accuracy for every number of classes from A to B and draws it, with chance. A "
      "model\n"
      "may be followed by @ and a set of Omniglot, or @training or @held-out, which are the\n"
      "alphabets its recipe trained on and held out.",
      "oneglyph sweep --model glyph.safetensors,glyph.safetensors@training,pixel --data omniglot"
      " --out sweep.svg,sweep.json",
      table,
      sizeof table / sizeof table[0],
      0,
      0};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  if ((code = kernel_choose(&r.with)) == OPTIONS_RUN) {
    sweep *s = calloc(1, sizeof *s);
    if (s) {
      s->task = r.task, s->shot = r.shot, s->trials = r.trials, s->seed = r.seed;
      code = run(&r, s);
    } else {
      code = complain(EXIT_FAILED, "out of memory");
    }
    free(s);
  }
  arguments_free(&rest);
  return code;
}
