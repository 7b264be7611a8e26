/* What WebAssembly shows of the core, for lib/oneglyph.js.
 *
 * One module instance holds one model, one workspace and one error line, so the exported functions
 * take plain numbers only. The page asks oneglyph_alloc for memory, writes strokes, pixels or a
 * model file into it, and reads embeddings and answers back; nothing is copied twice. Addresses and
 * sizes are 32 bits. Functions that can fail return an og_status; oneglyph_error() has the line. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "ink/imagine.h"
#include "ink/ink.h"
#include "net/model.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

static og_model *model;
static og_workspace *workspace;
static og_error last_error;
static uint8_t raster[OG_RASTER_SIZE];

void *EXPORT(oneglyph_alloc)(size_t size) {
  return malloc(size);
}

void EXPORT(oneglyph_free)(void *memory) {
  free(memory);
}

/* The line that belongs to the last status other than OG_OK; zero-terminated. */
const char *EXPORT(oneglyph_error)(void) {
  return last_error.text;
}

/* Loads a model file in place of the one there was, which stays if this fails. */
og_status EXPORT(oneglyph_load)(const void *bytes, size_t size, og_precision precision) {
  og_model *fresh = NULL;
  og_workspace *room = NULL;
  og_status status = og_model_load_as(bytes, size, NULL, precision, &fresh, &last_error);
  if (!status && (status = og_workspace_create(fresh, &room)) != OG_OK)
    og_fail(&last_error, status, "out of memory", NULL);
  if (status) {
    og_model_free(fresh);
    return status;
  }
  og_workspace_free(workspace);
  og_model_free(model);
  model = fresh;
  workspace = room;
  return OG_OK;
}

static og_status no_model(void) {
  return og_fail(&last_error, OG_ERROR_ARGUMENT, "no model is loaded", NULL);
}

/* Numbers of the model: side, dim, parameters, multiply-adds; then temperature, threshold,
 * same_scale, same_bias. */
og_status EXPORT(oneglyph_info)(double out[8]) {
  if (!model)
    return no_model();
  const og_model_info *info = og_model_get_info(model);
  const og_calibration *c = &info->calibration;
  double values[8] = {(double)info->side,          (double)info->dim,      (double)info->parameters,
                      (double)info->multiply_adds, (double)c->temperature, (double)c->threshold,
                      (double)c->same_scale,       (double)c->same_bias};
  memcpy(out, values, sizeof values);
  return OG_OK;
}

const char *EXPORT(oneglyph_isa)(void) {
  return model ? og_model_get_info(model)->isa : NULL;
}

/* The value of a metadata key of the model file, or NULL. */
const char *EXPORT(oneglyph_metadata)(const char *key) {
  return model ? og_model_metadata(model, key) : NULL;
}

/* Drawings become rasters, of which the last is kept for what follows. `count` strokes: `xy` holds
 * their points one after the other, `lengths` how many points each has. */
og_status EXPORT(oneglyph_draw_strokes)(const float *xy, const uint32_t *lengths, size_t count) {
  og_strokes strokes = {xy, lengths, count};
  return og_raster_from_strokes(&strokes, OG_FRAME_FIT, raster, &last_error);
}

/* A picture of 4 bytes a pixel, as in ImageData. */
og_status EXPORT(oneglyph_draw_rgba)(const uint8_t *rgba, size_t width, size_t height) {
  return og_raster_from_rgba(rgba, width, height, raster, &last_error);
}

/* A raster of OG_RASTER_SIZE bytes as it is, without normalising what is on it. */
og_status EXPORT(oneglyph_draw_raster)(const uint8_t *given) {
  memcpy(raster, given, sizeof raster);
  return OG_OK;
}

/* Embeds the drawing drawn last; `embedding` has room for dim floats. */
og_status EXPORT(oneglyph_embed)(float *embedding) {
  if (!model)
    return no_model();
  og_status status = og_embed(model, workspace, raster, embedding);
  return status ? og_fail(&last_error, status, "drawing: nothing is drawn", NULL) : OG_OK;
}

/* The raster that the last drawing was turned into: OG_RASTER_SIZE bytes. */
const uint8_t *EXPORT(oneglyph_raster)(void) {
  return raster;
}

/* Support sets. NULL if memory is short. */
og_support *EXPORT(oneglyph_support_create)(void) {
  og_support *support = NULL;
  if (model)
    og_support_create_for(model, &support);
  return support;
}

void EXPORT(oneglyph_support_free)(og_support *support) {
  og_support_free(support);
}

/* Adds the drawing drawn last, as an example should be embedded and with what
 * oneglyph_support_look_again needs of it; if `quick`, embedded as a query is. `room` is for an
 * embedding. The id of the example, or 0 if the set is full or memory short. */
uint32_t EXPORT(oneglyph_support_add_drawing)(og_support *support, uint32_t class_id, int quick,
                                              float *room) {
  uint32_t id = 0;
  if (!model || (quick ? og_embed : og_embed_example)(model, workspace, raster, room) ||
      og_support_add(support, class_id, room, &id))
    return 0;
  if (og_model_get_info(model)->calibration.second_look > 0 &&
      og_support_keep_drawing(support, id, raster)) {
    og_support_remove(support, id);
    return 0;
  }
  return id;
}

og_status EXPORT(oneglyph_support_remove)(og_support *support, uint32_t example_id) {
  return og_support_remove(support, example_id);
}

og_status EXPORT(oneglyph_support_remove_class)(og_support *support, uint32_t class_id) {
  return og_support_remove_class(support, class_id);
}

/* Ranks the classes for `query`; see og_support_classify. */
og_status EXPORT(oneglyph_support_classify)(const og_support *support, const float *query,
                                            float threshold, og_match *matches, size_t capacity,
                                            og_answer *answer) {
  if (!model)
    return no_model();
  return og_support_classify(support, query, &og_model_get_info(model)->calibration, threshold,
                             matches, capacity, answer);
}

/* Looks again at the best, with the drawing drawn last; see og_support_look_again. */
og_status EXPORT(oneglyph_support_look_again)(const og_support *support, og_match *matches,
                                              og_answer *answer) {
  if (!model)
    return no_model();
  return og_support_look_again(support, raster, &og_model_get_info(model)->calibration, matches,
                               answer);
}

/* The map of a set; see og_support_map. */
void EXPORT(oneglyph_support_map)(const og_support *support, float *frame) {
  og_support_map(support, frame);
}

size_t EXPORT(oneglyph_support_places)(const og_support *support, const float *frame, uint32_t *ids,
                                       float *xy) {
  return og_support_places(support, frame, ids, xy);
}

void EXPORT(oneglyph_map_place)(const float *frame, const float *embedding, float *xy) {
  if (model)
    og_map_place(frame, og_model_get_info(model)->dim, embedding, xy);
}

/* Symbol `symbol` of the procedural alphabet `seed` in the hand of `drawer`: an og_drawing, which
 * lib/engine.js reads by these numbers. Valid until the next. */
_Static_assert(OG_DRAWING_POINTS == 512 && OG_DRAWING_STROKES == 8 &&
                   offsetof(og_drawing, lengths) == 4096 && offsetof(og_drawing, strokes) == 4128,
               "DRAWING in lib/engine.js");
const og_drawing *EXPORT(oneglyph_invent)(uint32_t seed, uint32_t symbol, uint32_t drawer) {
  static og_drawing drawing;
  og_symbol_draw(OG_SYMBOL_JOINED, seed, symbol, drawer, &drawing);
  return &drawing;
}

/* A new example of a drawing of `count` strokes, as `oneglyph imagine --seed SEED` draws the first:
 * how many points each stroke has, then the points, in memory to be freed. NULL: see
 * oneglyph_error. */
uint32_t *EXPORT(oneglyph_imagine)(const float *xy, const uint32_t *lengths, size_t count,
                                   float strength, uint32_t seed) {
  const og_strokes strokes = {xy, lengths, count};
  uint32_t *made = malloc((count + 1) * sizeof *made);
  size_t points = made ? og_imagine_lengths(&strokes, made, &last_error) : 0;
  if (made && !points) {
    free(made);
    return NULL;
  }
  uint32_t *out = made ? malloc(count * sizeof *out + 2 * points * sizeof(float)) : NULL;
  if (out) {
    og_random random = og_random_stream(seed, 0);
    memcpy(out, made, count * sizeof *out);
    og_imagine(&strokes, &og_background_hands, strength, &random, out, (float *)(out + count));
  } else {
    og_fail(&last_error, OG_ERROR_MEMORY, "out of memory", NULL);
  }
  free(made);
  return out;
}

/* ---- For benchmarks, once a drawing was embedded ---- */

/* Layer i of the net, or NULL past the last. app/bench-measure.js reads it by these offsets. */
_Static_assert(offsetof(og_layer, op) == 16 && offsetof(og_layer, input) == 20 &&
                   offsetof(og_layer, height) == 28 && offsetof(og_layer, kernel_h) == 40,
               "LAYER in app/bench-measure.js");
const og_layer *EXPORT(oneglyph_layer)(size_t i) {
  return model && i < model->net.count ? &model->net.layers[i] : NULL;
}

/* How it is computed. */
const char *EXPORT(oneglyph_form)(size_t i) {
  return og_model_layer_form(model, i);
}

/* Runs it again; in order, each as often as one likes. */
void EXPORT(oneglyph_run_layer)(size_t i) {
  og_model_run_layer(model, workspace, i);
}
