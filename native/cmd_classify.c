/* `oneglyph classify`: which symbol of a support set is it? */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "commands.h"
#include "committee.h"
#include "comparer.h"
#include "complain.h"
#include "drawings.h"
#include "embedding.h"
#include "fewshot/support.h"
#include "isa.h"
#include "options.h"
#include "output.h"
#include "support_read.h"

typedef struct request {
  const char *model, *support, *out;
  kernel_choice with;
  double threshold;
  uint64_t top;
  bool json, csv;
} request;

/* Everything that stays the same from query to query. */
typedef struct classifier {
  committee *model;
  support_drawings drawings;
  og_support *support;
  og_match *matches; /* [drawings.classes] */
} classifier;

static void print_text(FILE *out, const request *r, const classifier *c, const char *place,
                       const og_answer *answer) {
  output_plain(out, place);
  fputs(": ", out);
  output_plain(out, answer->known ? c->drawings.labels[c->matches[0].class_id] : "none of these");
  fputc('\n', out);
  for (size_t i = 0; i < answer->count && i < r->top; i++) {
    const og_match *m = &c->matches[i];
    fprintf(out, "  %5.1f %%  similarity %6.3f  ", 100 * (double)m->probability,
            (double)m->similarity);
    output_plain(out, c->drawings.labels[m->class_id]);
    fputc('\n', out);
  }
  fprintf(out, "  %5.1f %%  none of these\n", 100 * (double)answer->none);
}

static void print_json(FILE *out, const classifier *c, const char *path, uint32_t line,
                       const og_answer *answer) {
  fputs("{\"file\":", out);
  output_json_string(out, path);
  if (line)
    fprintf(out, ",\"line\":%" PRIu32 ",\"label\":", line);
  else
    fputs(",\"line\":null,\"label\":", out);
  if (answer->known)
    output_json_string(out, c->drawings.labels[c->matches[0].class_id]);
  else
    fputs("null", out);
  fputs(",\"ranking\":[", out);
  for (size_t i = 0; i < answer->count; i++) {
    const og_match *m = &c->matches[i];
    fprintf(out, "%s{\"label\":", i ? "," : "");
    output_json_string(out, c->drawings.labels[m->class_id]);
    fprintf(out, ",\"probability\":%.9g,\"same\":%.9g,\"similarity\":%.9g,\"nearest\":%" PRIu32 "}",
            (double)m->probability, (double)m->same, (double)m->similarity, m->nearest);
  }
  fprintf(out, "],\"none\":%.9g}\n", (double)answer->none);
}

static void csv_begin(FILE *out, const char *path, uint32_t line, const char *label, double none) {
  output_csv_text(out, path);
  fputc(',', out);
  if (line)
    fprintf(out, "%" PRIu32, line);
  fputc(',', out);
  if (label)
    output_csv_text(out, label);
  fprintf(out, ",%.9g", none);
}

/* A row for each class, or one without a class where there is none. */
static void print_csv(FILE *out, const classifier *c, const char *path, uint32_t line,
                      const og_answer *answer) {
  const char *label = answer->known ? c->drawings.labels[c->matches[0].class_id] : NULL;
  for (size_t i = 0; i < answer->count; i++) {
    const og_match *m = &c->matches[i];
    csv_begin(out, path, line, label, (double)answer->none);
    fprintf(out, ",%zu,", i + 1);
    output_csv_text(out, c->drawings.labels[m->class_id]);
    fprintf(out, ",%.9g,%.9g,%.9g,%" PRIu32 "\n", (double)m->probability, (double)m->same,
            (double)m->similarity, m->nearest);
  }
  if (!answer->count) {
    csv_begin(out, path, line, label, (double)answer->none);
    fputs(",,,,,,\n", out);
  }
}

/* The committee's comparers, if it has any, with the examples and a file's drawings behind them. */
typedef struct second {
  uint8_t *rasters, *seen;
  uint32_t *examples;
  size_t *first;
  float *scores;
  comparer *comparer;
  comparer_thread *thread;
} second;

static void second_leave(second *s) {
  comparer_leave(s->thread);
  comparer_free(s->comparer);
  free(s->rasters);
  free(s->seen);
  free(s->examples);
  free(s->first);
  free(s->scores);
}

static og_status second_enter(const classifier *c, const drawings *d, second *s, og_error *error) {
  const comparing_nets *how = committee_comparers(c->model);
  const support_drawings *set = &c->drawings;
  if (!how->count)
    return OG_OK;
  s->rasters = malloc((set->count + d->count) * OG_RASTER_SIZE);
  s->seen = calloc(set->classes + 1, sizeof *s->seen);
  s->examples = calloc(set->count + 1, sizeof *s->examples);
  s->first = calloc(set->classes + 1, sizeof *s->first);
  s->scores = calloc(set->classes + 1, sizeof *s->scores);
  if (!s->rasters || !s->seen || !s->examples || !s->first || !s->scores)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  memcpy(s->rasters, set->rasters, set->count * OG_RASTER_SIZE);
  memcpy(s->rasters + set->count * OG_RASTER_SIZE, d->rasters, d->count * OG_RASTER_SIZE);
  for (uint32_t i = 0; i < set->count; i++) {
    s->examples[i] = i;
    s->first[set->class_of[i] + 1] = i + 1;
  }
  for (size_t i = 0; i < set->classes; i++) /* those without examples end where they begin */
    s->first[i + 1] = s->first[i + 1] ? s->first[i + 1] : s->first[i];
  og_status status =
      comparer_create(how, s->rasters, set->count + d->count, processors(), &s->comparer, error);
  if (!status && !(s->thread = comparer_enter(s->comparer)))
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  return status;
}

/* Lets it look at drawing `i` of the file. */
static void second_ask(const request *r, const classifier *c, const second *s, size_t i,
                       og_answer *answer) {
  const og_calibration *calibration = committee_calibration(c->model);
  const comparer_set set = {s->examples, s->first, c->drawings.classes, s->seen};
  for (size_t k = 0; k < answer->count; k++)
    s->scores[c->matches[k].class_id] = c->matches[k].similarity;
  comparer_look_again(s->thread, &set, (uint32_t)(c->drawings.count + i), s->scores);
  for (size_t k = 0; k < answer->count; k++)
    c->matches[k].similarity = s->scores[c->matches[k].class_id];
  og_answer_settle(calibration, isnan(r->threshold) ? calibration->threshold : (float)r->threshold,
                   c->matches, answer);
}

/* All drawings of one file. */
static int classify_file(FILE *out, const request *r, const classifier *c, const char *path) {
  size_t dim = committee_dim(c->model);
  og_error error = {0};
  drawings d;
  second s = {0};
  if (drawings_read(path, &d, &error))
    return complain_error(&error);
  float *values = malloc(d.count * dim * sizeof *values);
  int code = EXIT_DONE;
  if (!values || committee_embed(c->model, d.rasters, NULL, d.count, processors(), values))
    code = complain(EXIT_FAILED, "out of memory");
  if (!code && second_enter(c, &d, &s, &error))
    code = complain_error(&error);
  for (size_t i = 0; !code && i < d.count; i++) {
    og_answer answer;
    char place[512];
    og_status status =
        og_support_classify(c->support, values + i * dim, committee_calibration(c->model),
                            (float)r->threshold, c->matches, c->drawings.classes, &answer);
    if (!status)
      status = og_support_look_again(c->support, d.rasters + i * OG_RASTER_SIZE,
                                     committee_calibration(c->model), c->matches, &answer);
    if (!status && s.thread)
      second_ask(r, c, &s, i, &answer);
    if (status)
      code = complain(EXIT_BAD, "%s: could not be compared with the support set", path);
    else if (r->json)
      print_json(out, c, path, d.lines[i], &answer);
    else if (r->csv)
      print_csv(out, c, path, d.lines[i], &answer);
    else
      print_text(out, r, c, drawing_place(path, d.lines[i], place, sizeof place), &answer);
  }
  second_leave(&s);
  free(values);
  drawings_free(&d);
  return code;
}

/* Embeds the examples and puts them into the set. */
static int fill_support(classifier *c) {
  size_t dim = committee_dim(c->model), count = c->drawings.count;
  float *values = malloc((count + 1) * dim * sizeof *values);
  c->matches = calloc(c->drawings.classes + 1, sizeof *c->matches);
  og_status status =
      values && c->matches ? committee_support(c->model, &c->support) : OG_ERROR_MEMORY;
  if (!status)
    status = committee_embed_examples(c->model, 0, c->drawings.rasters, NULL, count, processors(),
                                      values);
  for (size_t i = 0; !status && i < count; i++) {
    uint32_t id;
    status = og_support_add(c->support, c->drawings.class_of[i], values + i * dim, &id);
    if (!status && committee_calibration(c->model)->second_look > 0)
      status = og_support_keep_drawing(c->support, id, c->drawings.rasters + i * OG_RASTER_SIZE);
  }
  free(values);
  if (status == OG_ERROR_UNSUPPORTED)
    return complain(EXIT_BAD, "classify: a network with memory judges no support sets");
  return status ? complain(EXIT_FAILED, "out of memory") : OPTIONS_RUN;
}

static int prepare(request *r, classifier *c) {
  og_error error = {0};
  int code = kernel_choose(&r->with);
  if (code != OPTIONS_RUN)
    return code;
  if (committee_read(r->model, &r->with, &c->model, &error) ||
      support_read(r->support, &c->drawings, &error))
    return complain_error(&error);
  return fill_support(c);
}

static int run(request *r, const arguments *files) {
  classifier c = {0};
  output out;
  int code = prepare(r, &c);
  if (code == OPTIONS_RUN && !(code = output_open(&out))) {
    if (r->csv)
      fputs("file,line,label,none,rank,class,probability,same,similarity,nearest\n", out.stream);
    for (size_t i = 0; !code && i < files->count; i++)
      code = classify_file(out.stream, r, &c, files->list[i]);
    code = output_close(&out, r->out, code);
  }
  og_support_free(c.support);
  free(c.matches);
  support_drawings_free(&c.drawings);
  committee_free(c.model);
  return code;
}

int cmd_classify(int argc, const char **argv) {
  request r = {.threshold = (double)NAN, .top = 5};
  const option table[] = {
      TEXT_OPTION("model", &r.model, "MODEL", "the model file", .required = true),
      TEXT_OPTION("support", &r.support, "DIR|FILE",
                  "DIR/label/*.png|jpg, or a saved support set (JSON)", .required = true),
      REAL_OPTION("threshold", &r.threshold, "X",
                  "similarity below which \"none of these\" is likelier (the model's)", -1, 1),
      WHOLE_OPTION("top", &r.top, "N", "classes to show in text (5); the others have all", 1, 1e6),
      FLAG_OPTION("json", &r.json, "one JSON object a drawing instead of text"),
      FLAG_OPTION("csv", &r.csv, "a CSV with a row for each drawing and class instead"),
      TEXT_OPTION("out", &r.out, "FILE", "write there instead of to standard output"),
      KERNEL_OPTIONS(r.with),
  };
  const command_spec spec = {
      "classify",
      "FILE...",
      "Ranks the classes of a support set for every drawing in the files (pictures, or ink as\n"
      "JSON lines), with the probability of each class and of \"none of these\". In JSON and CSV,\n"
      "\"nearest\" is the example most like the drawing, counted from 1 through the support set,\n"
      "and \"label\" is null (empty) for none of these.",
      "oneglyph classify --model models/glyph.safetensors --support symbols drawing.png",
      table,
      sizeof table / sizeof table[0],
      1,
      SIZE_MAX};
  arguments files;
  int code = options_parse(&spec, argc, argv, &files);
  if (code != OPTIONS_RUN)
    return code;
  code = r.json && r.csv ? complain(EXIT_BAD, "classify: --json and --csv: choose one")
                         : run(&r, &files);
  arguments_free(&files);
  return code;
}
