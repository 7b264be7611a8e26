/* JSON from files nobody vouches for. */
#ifndef JSON_READ_H
#define JSON_READ_H

#include <json-c/json.h>

#include "ink_distort.h"

/* Parses `text` as exactly one JSON object, strictly. `place` ("FILE" or "FILE: line 3") begins the
 * error. The caller puts the object. */
og_status json_read_object(const char *place, const char *text, size_t size, json_object **out,
                           og_error *error);

/* A string of at least one byte and without zero bytes, or NULL. Lives as long as `value`. */
const char *json_plain_string(json_object *value);

/* Member `key` of `object` if it has the type; NULL otherwise. */
json_object *json_member(json_object *object, const char *key, enum json_type type);

/* The points of "strokes", [[[x, y], ...], ...], a third number allowed; malloc. */
typedef struct json_ink {
  float *xy;
  uint32_t *lengths;
  size_t strokes, points;
} json_ink;
og_status json_strokes_read(json_object *strokes, json_ink *out, og_error *error);
void json_ink_free(json_ink *ink);

/* Draws the member "strokes" of a drawing, fitted. */
og_status json_strokes_raster(json_object *strokes, uint8_t raster[OG_RASTER_SIZE],
                              og_error *error);
/* The same as ink_raster does. */
og_status json_strokes_distorted(json_object *strokes, const ink_distortion *distortion,
                                 uint64_t number, uint8_t raster[OG_RASTER_SIZE], og_error *error);

/* Puts "PLACE: " before an error's text and returns its status. */
og_status error_at(og_error *error, const char *place);

#endif
