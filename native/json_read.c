/* JSON from files nobody vouches for. */
#include "json_read.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

og_status error_at(og_error *error, const char *place) {
  if (!error)
    return OG_ERROR_FORMAT;
  char text[sizeof error->text];
  memcpy(text, error->text, sizeof text);
  return og_fail(error, error->status, place, ": ", text, NULL);
}

og_status json_read_object(const char *place, const char *text, size_t size, json_object **out,
                           og_error *error) {
  *out = NULL;
  if (size > INT_MAX)
    return og_fail(error, OG_ERROR_TOO_LARGE, place, ": too large for JSON", NULL);
  json_tokener *tokener = json_tokener_new();
  if (!tokener)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  json_object *value = json_tokener_parse_ex(tokener, text, (int)size);
  enum json_tokener_error code = json_tokener_get_error(tokener);
  int whole = code == json_tokener_success && json_object_is_type(value, json_type_object);
  for (size_t i = json_tokener_get_parse_end(tokener); whole && i < size; i++)
    whole = text[i] && strchr(" \t\r\n", text[i]);
  json_tokener_free(tokener);
  if (whole) {
    *out = value;
    return OG_OK;
  }
  json_object_put(value);
  return og_fail(error, OG_ERROR_FORMAT, place, ": not a JSON object (",
                 code == json_tokener_success    ? "something else, or more than one value"
                 : code == json_tokener_continue ? "it ends too early"
                                                 : json_tokener_error_desc(code),
                 ")", NULL);
}

const char *json_plain_string(json_object *value) {
  if (!json_object_is_type(value, json_type_string))
    return NULL;
  const char *text = json_object_get_string(value);
  size_t length = (size_t)json_object_get_string_len(value);
  return length && strlen(text) == length ? text : NULL;
}

json_object *json_member(json_object *object, const char *key, enum json_type type) {
  json_object *value = NULL;
  if (!json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, type))
    return NULL;
  return value;
}

static int is_number(json_object *value) {
  return json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double);
}

/* Points of all strokes and their lengths, from JSON; 0 if anything is not as it should be. */
static int read_points(json_object *strokes, float *xy, uint32_t *lengths) {
  for (size_t s = 0; s < json_object_array_length(strokes); s++) {
    json_object *stroke = json_object_array_get_idx(strokes, s);
    lengths[s] = (uint32_t)json_object_array_length(stroke);
    for (size_t p = 0; p < lengths[s]; p++) {
      json_object *point = json_object_array_get_idx(stroke, p);
      if (!json_object_is_type(point, json_type_array) || json_object_array_length(point) < 2 ||
          json_object_array_length(point) > 3)
        return 0;
      for (size_t k = 0; k < 2; k++) {
        json_object *number = json_object_array_get_idx(point, k);
        if (!is_number(number))
          return 0;
        *xy++ = (float)json_object_get_double(number);
      }
    }
  }
  return 1;
}

og_status json_strokes_raster(json_object *strokes, uint8_t raster[OG_RASTER_SIZE],
                              og_error *error) {
  return json_strokes_distorted(strokes, NULL, 0, raster, error);
}

og_status json_strokes_read(json_object *strokes, json_ink *out, og_error *error) {
  static const char why[] = "\"strokes\" must be [[[x, y], ...], ...]";
  *out = (json_ink){0};
  if (!json_object_is_type(strokes, json_type_array))
    return og_fail(error, OG_ERROR_FORMAT, why, NULL);
  out->strokes = json_object_array_length(strokes);
  for (size_t s = 0; s < out->strokes; s++) {
    json_object *stroke = json_object_array_get_idx(strokes, s);
    if (!json_object_is_type(stroke, json_type_array))
      return og_fail(error, OG_ERROR_FORMAT, why, NULL);
    out->points += json_object_array_length(stroke);
  }
  if (out->strokes > OG_MAX_STROKES || out->points > OG_MAX_POINTS)
    return og_fail(error, OG_ERROR_TOO_LARGE, "too many strokes or points", NULL);
  out->xy = malloc((out->points + 1) * 2 * sizeof *out->xy);
  out->lengths = malloc((out->strokes + 1) * sizeof *out->lengths);
  og_status status = OG_OK;
  if (!out->xy || !out->lengths)
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  else if (!read_points(strokes, out->xy, out->lengths))
    status = og_fail(error, OG_ERROR_FORMAT, why, NULL);
  if (status)
    json_ink_free(out);
  return status;
}

void json_ink_free(json_ink *ink) {
  free(ink->xy);
  free(ink->lengths);
  *ink = (json_ink){0};
}

og_status json_strokes_distorted(json_object *strokes, const ink_distortion *distortion,
                                 uint64_t number, uint8_t raster[OG_RASTER_SIZE], og_error *error) {
  json_ink ink;
  og_status status = json_strokes_read(strokes, &ink, error);
  if (status)
    return status;
  og_strokes drawn = {ink.xy, ink.lengths, ink.strokes};
  status = ink_raster(distortion, number, &drawn, raster, error);
  json_ink_free(&ink);
  return status;
}
