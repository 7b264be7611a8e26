/* Drawings from the files a person names. */
#include "drawings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "files.h"
#include "gunzip.h"
#include "ink_lines.h"
#include "json_read.h"

enum { PLACE_TEXT = 160 };
static const size_t file_limit = (size_t)1 << 28;

const char *drawing_place(const char *path, uint32_t line, char *text, size_t capacity) {
  if (line)
    snprintf(text, capacity, "%s: line %u", path, line);
  else
    snprintf(text, capacity, "%s", path);
  return text;
}

/* Room for one drawing more; NULL if memory is short. Grows by halves. */
static uint8_t *next_raster(drawings *d, size_t *room) {
  if (d->count == *room) {
    size_t more = *room + *room / 2 + 1;
    uint8_t *rasters = realloc(d->rasters, more * OG_RASTER_SIZE);
    d->rasters = rasters ? rasters : d->rasters;
    uint32_t *lines = rasters ? realloc(d->lines, more * sizeof *lines) : NULL;
    d->lines = lines ? lines : d->lines;
    if (!lines)
      return NULL;
    *room = more;
  }
  return d->rasters + d->count * OG_RASTER_SIZE;
}

static og_status read_ink_line(const char *place, const char *text, size_t size,
                               uint8_t raster[OG_RASTER_SIZE], og_error *error) {
  json_object *json, *strokes;
  og_status status = json_read_object(place, text, size, &json, error);
  if (status)
    return status;
  if (!json_object_object_get_ex(json, "strokes", &strokes))
    status = og_fail(error, OG_ERROR_FORMAT, place, ": no \"strokes\"", NULL);
  else if ((status = json_strokes_raster(strokes, raster, error)))
    error_at(error, place);
  json_object_put(json);
  return status;
}

static og_status read_ink(const char *path, const char *text, size_t size, drawings *out,
                          og_error *error) {
  ink_lines lines = {.at = text, .end = text + size};
  size_t room = 0, length;
  while (ink_lines_next(&lines, &text, &length)) {
    char place[PLACE_TEXT];
    uint8_t *raster = next_raster(out, &room);
    if (!raster)
      return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
    og_status status = read_ink_line(drawing_place(path, lines.line, place, sizeof place), text,
                                     length, raster, error);
    if (status)
      return status;
    out->lines[out->count++] = lines.line;
  }
  return out->count ? OG_OK : og_fail(error, OG_ERROR_EMPTY, path, ": no drawing in it", NULL);
}

static og_status read_picture(const char *path, const uint8_t *bytes, size_t size, drawings *out,
                              og_error *error) {
  size_t room = 0;
  uint8_t *raster = next_raster(out, &room);
  if (!raster)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  og_status status = og_raster_from_image(bytes, size, raster, error);
  if (status) {
    error_at(error, path);
    return status;
  }
  out->lines[out->count++] = 0;
  return OG_OK;
}

og_status drawings_read(const char *path, drawings *out, og_error *error) {
  *out = (drawings){0};
  uint8_t *bytes = NULL;
  size_t size = 0;
  og_status status = file_read_unpacked(path, file_limit, &bytes, &size, error);
  if (status)
    return status;
  size_t first = strspn((const char *)bytes, " \t\r\n");
  if (bytes[first] == '{')
    status = read_ink(path, (const char *)bytes, size, out, error);
  else
    status = read_picture(path, bytes, size, out, error);
  free(bytes);
  if (status)
    drawings_free(out);
  return status;
}

void drawings_free(drawings *d) {
  free(d->rasters);
  free(d->lines);
  *d = (drawings){0};
}
