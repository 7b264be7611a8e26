/* `oneglyph model calibrate`: makes a model ready for 16-bit inference, or fits the probabilities
 * of a committee. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "calibration_fit.h"
#include "commands.h"
#include "complain.h"
#include "dataset_load.h"
#include "embedding.h"
#include "files.h"
#include "isa.h"
#include "model_ranges.h"
#include "net/model.h"
#include "options.h"
#include "output.h"

typedef struct request {
  const char *data, *set, *out, *like;
  kernel_choice with;
  uint64_t drawings;
  calibration_choice choice;
} request;

/* The calibration of the model itself or of --like, with another weight. */
static og_status take_calibration(const request *r, const uint8_t *bytes, size_t size,
                                  char text[OG_CALIBRATION_TEXT], og_error *error) {
  og_model *model = NULL;
  og_status status = r->like ? model_read(r->like, &r->with, &model, error)
                             : og_model_load(bytes, size, r->with.isa, &model, error);
  if (status)
    return status;
  og_calibration calibration = og_model_get_info(model)->calibration;
  calibration_choose(&r->choice, &calibration);
  og_calibration_format(&calibration, text);
  og_model_free(model);
  return OG_OK;
}

/* What the file is to say anew, as far as the options ask for it. */
static int choose_metadata(const request *r, const char *path, const uint8_t *bytes, size_t size,
                           calibration_texts *texts, const char *metadata[4][2]) {
  og_error error = {0};
  metadata[0][0] = NULL;
  bool fits = r->choice.views || !isnan(r->choice.crowd);
  if (!fits && !r->like && isnan(r->choice.second_look))
    return EXIT_DONE;
  metadata[0][0] = "calibration";
  metadata[0][1] = texts->calibration;
  metadata[1][0] = NULL;
  if (!fits)
    return take_calibration(r, bytes, size, texts->calibration, &error) ? complain_error(&error)
                                                                        : EXIT_DONE;
  metadata[1][0] = "held_out_error";
  metadata[1][1] = texts->error;
  metadata[2][0] = "held_out_unknown";
  metadata[2][1] = texts->unknown;
  metadata[3][0] = NULL;
  return calibration_fit(path, r->data, &r->with, &r->choice, texts);
}

static int calibrate(const request *r, const char *path) {
  og_error error = {0};
  uint8_t *bytes = NULL, *out = NULL;
  size_t size = 0, out_size = 0, kept = 0;
  og_dataset *set = NULL;
  calibration_texts texts;
  const char *metadata[4][2];
  int code = EXIT_DONE;
  if (file_read(path, MODEL_LIMIT, &bytes, &size, &error) ||
      dataset_load(r->data, r->set, &set, &error))
    code = complain_error(&error);
  else
    code = choose_metadata(r, path, bytes, size, &texts, metadata);
  if (!code) {
    kept = set->drawings < r->drawings ? set->drawings : (size_t)r->drawings;
    og_status status = model_add_ranges(bytes, size, r->with.isa, set->rasters, set->drawings, kept,
                                        (const char *const(*)[2])metadata, &out, &out_size, &error);
    if (status)
      code =
          complain(status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", path, error.text);
  }
  if (!code && file_write_atomic(r->out ? r->out : path, out, out_size, &error))
    code = complain(EXIT_FAILED, "%s", error.text);
  if (!code)
    printf("%s: ranges of %zu drawings of %s, %zu bytes\n", r->out ? r->out : path, kept, r->set,
           out_size);
  og_dataset_free(set);
  free(out);
  free(bytes);
  return code;
}

static int in_one_folder(const char *a, const char *b) {
  const char *end_a = strrchr(a, '/'), *end_b = strrchr(b, '/');
  size_t length_a = end_a ? (size_t)(end_a - a) : 0, length_b = end_b ? (size_t)(end_b - b) : 0;
  return length_a == length_b && !memcmp(a, b, length_a);
}

static void put_text(json_object *list, const char *key, const char *text) {
  json_object_object_add(list, key, json_object_new_string(text));
}

static int calibrate_list(const request *r, const char *path, json_object *list) {
  if (r->out && !in_one_folder(path, r->out))
    return complain(EXIT_BAD,
                    "%s: a committee's files are beside it: --out must be in the same folder",
                    r->out);
  if (r->like)
    return complain(EXIT_BAD, "--like: a committee is fitted, not likened");
  calibration_texts texts;
  int code = calibration_fit(path, r->data, &r->with, &r->choice, &texts);
  output out;
  if (code || (code = output_open(&out)))
    return code;
  put_text(list, "calibration", texts.calibration);
  put_text(list, "held_out_error", texts.error);
  put_text(list, "held_out_unknown", texts.unknown);
  const int style = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE;
  fprintf(out.stream, "%s\n", json_object_to_json_string_ext(list, style));
  code = output_close(&out, r->out ? r->out : path, EXIT_DONE);
  if (!code)
    printf("%s: held-out error %s\n", r->out ? r->out : path,
           json_object_get_string(json_object_object_get(list, "held_out_error")));
  return code;
}

static int calibrate_any(const request *r, const char *path) {
  json_object *list = NULL;
  og_error error = {0};
  if (committee_list(path, &list, &error))
    return complain_error(&error);
  int code = list ? calibrate_list(r, path, list) : calibrate(r, path);
  json_object_put(list);
  return code;
}

int cmd_model_calibrate(int argc, const char **argv) {
  request r = {.set = "background",
               .drawings = RANGE_DRAWINGS,
               .choice = {.second_look = (double)NAN, .crowd = (double)NAN}};
  const option table[] = {
      TEXT_OPTION("data", &r.data, "DIR", "Omniglot's folder", .required = true),
      TEXT_OPTION("set", &r.set, "SET", "Omniglot's set (background)"),
      WHOLE_OPTION("drawings", &r.drawings, "N", "drawings to look at (4000)", 1, 1e7),
      TEXT_OPTION("like", &r.like, "MODEL", "take over the probabilities of this model"),
      REAL_OPTION("second-look", &r.choice.second_look, "W",
                  "weight of the second look (as it was)", 0, 100),
      WHOLE_OPTION("example-views", &r.choice.views, "V",
                   "views that an example is embedded in (as it was)", 1, OG_VIEWS),
      REAL_OPTION("crowd", &r.choice.crowd, "P",
                  "part of the mean similarity to the other classes by which the threshold rises"
                  " (as it was)",
                  0, 1),
      TEXT_OPTION("out", &r.out, "FILE", "write there instead of to the model file"),
      ISA_OPTION(r.with.isa_text),
  };
  const command_spec spec = {
      "model calibrate",
      "FILE",
      "Makes a model ready for --precision int16: runs it on drawings, measures how large the\n"
      "numbers become that are to be 16-bit integers, and stores that in the model file. Of a\n"
      "committee (JSON that lists models), it fits the probabilities instead, on the alphabets\n"
      "that its first member held out; with --example-views or --crowd, of a model too. --like is "
      "for a model "
      "that held out no alphabets: MODEL "
      "was\n"
      "trained likewise, and did.",
      "oneglyph model calibrate glyph.safetensors --data omniglot",
      table,
      sizeof table / sizeof table[0],
      1,
      1};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  if (r.like && (r.choice.views || !isnan(r.choice.crowd))) {
    arguments_free(&rest);
    return complain(EXIT_BAD, "model calibrate: --like goes with neither --example-views nor "
                              "--crowd, which need probabilities of their own");
  }
  code = kernel_choose(&r.with);
  if (code == OPTIONS_RUN)
    code = calibrate_any(&r, rest.list[0]);
  arguments_free(&rest);
  return code;
}
