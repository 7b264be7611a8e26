/* Support sets from disk. */
#include "support_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base64.h"
#include "dataset_load.h"
#include "files.h"
#include "json_read.h"

static const size_t file_limit = (size_t)1 << 28;
enum { MOST_DRAWINGS = 1 << 16 }; /* of 11 KB each */

static og_status out_of_memory(og_error *error) {
  return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}

static og_status allocate(support_drawings *s, size_t classes, size_t count, og_error *error) {
  s->labels = calloc(classes + 1, sizeof *s->labels);
  s->class_of = calloc(count + 1, sizeof *s->class_of);
  s->rasters = calloc(count + 1, OG_RASTER_SIZE);
  return s->labels && s->class_of && s->rasters ? OG_OK : out_of_memory(error);
}

void support_drawings_free(support_drawings *s) {
  for (size_t i = 0; i < s->classes; i++)
    free(s->labels[i]);
  free(s->labels);
  free(s->class_of);
  free(s->rasters);
  *s = (support_drawings){0};
}

/* The label of a class folder is its name, without the parts above it. */
static const char *last_part(const char *name) {
  const char *slash = strrchr(name, '/');
  return slash ? slash + 1 : name;
}

static og_status read_folder(const char *path, support_drawings *out, og_error *error) {
  og_dataset *set = NULL;
  og_status status = dataset_load_folder(path, &set, error);
  if (!status)
    status = allocate(out, set->classes, set->drawings, error);
  for (size_t c = 0; !status && c < set->classes; c++) {
    out->labels[c] = strdup(last_part(set->class_names[c]));
    out->classes++;
    if (!out->labels[c])
      status = out_of_memory(error);
  }
  if (!status) {
    out->count = set->drawings;
    memcpy(out->class_of, set->class_of, set->drawings * sizeof *out->class_of);
    memcpy(out->rasters, set->rasters, set->drawings * OG_RASTER_SIZE);
  }
  og_dataset_free(set);
  return status;
}

static og_status read_data_url(json_object *value, uint8_t raster[OG_RASTER_SIZE],
                               og_error *error) {
  static const char *const heads[] = {"data:image/png;base64,", "data:image/jpeg;base64,"};
  const char *text = json_plain_string(value);
  size_t skip = 0;
  for (size_t i = 0; text && i < 2; i++)
    if (!strncmp(text, heads[i], strlen(heads[i])))
      skip = strlen(heads[i]);
  if (!skip)
    return og_fail(error, OG_ERROR_FORMAT, "\"image\" must be data:image/png;base64,...", NULL);
  size_t length = strlen(text + skip);
  uint8_t *bytes = malloc(length + 1);
  if (!bytes)
    return out_of_memory(error);
  size_t size = base64_decode(text + skip, length, bytes);
  og_status status = size == SIZE_MAX
                         ? og_fail(error, OG_ERROR_FORMAT, "\"image\" is not Base64", NULL)
                         : og_raster_from_image(bytes, size, raster, error);
  free(bytes);
  return status;
}

static og_status read_example(json_object *example, uint8_t raster[OG_RASTER_SIZE],
                              og_error *error) {
  json_object *strokes = NULL, *image = NULL;
  if (json_object_is_type(example, json_type_object)) {
    json_object_object_get_ex(example, "strokes", &strokes);
    json_object_object_get_ex(example, "image", &image);
  }
  if (!strokes == !image)
    return og_fail(error, OG_ERROR_FORMAT, "must have either \"strokes\" or \"image\"", NULL);
  return strokes ? json_strokes_raster(strokes, raster, error)
                 : read_data_url(image, raster, error);
}

/* Class `index`; its examples go behind those that are there. */
static og_status read_class(json_object *class, size_t index, support_drawings *out,
                            og_error *error) {
  json_object *label = json_member(class, "label", json_type_string);
  json_object *examples = json_member(class, "examples", json_type_array);
  const char *text = label ? json_plain_string(label) : NULL;
  if (!text || !examples)
    return og_fail(error, OG_ERROR_FORMAT, "must have a \"label\" and \"examples\"", NULL);
  for (size_t c = 0; c < index; c++)
    if (!strcmp(out->labels[c], text))
      return og_fail(error, OG_ERROR_FORMAT, "the same label as class ",
                     og_number_text((char[OG_NUMBER_TEXT]){0}, c + 1), NULL);
  out->classes++;
  if (!(out->labels[index] = strdup(text)))
    return out_of_memory(error);
  for (size_t e = 0; e < json_object_array_length(examples); e++) {
    uint8_t *raster = out->rasters + out->count * OG_RASTER_SIZE;
    og_status status = read_example(json_object_array_get_idx(examples, e), raster, error);
    if (status) {
      char place[48];
      snprintf(place, sizeof place, "example %zu", e + 1);
      return error_at(error, place);
    }
    out->class_of[out->count++] = (uint32_t)index;
  }
  return OG_OK;
}

/* Examples in all, or SIZE_MAX if there are more than anybody drew. */
static size_t count_examples(json_object *classes) {
  size_t count = 0;
  for (size_t c = 0; c < json_object_array_length(classes); c++) {
    json_object *examples =
        json_member(json_object_array_get_idx(classes, c), "examples", json_type_array);
    count += examples ? json_object_array_length(examples) : 0;
  }
  return count <= MOST_DRAWINGS ? count : SIZE_MAX;
}

static og_status read_set(json_object *json, support_drawings *out, og_error *error) {
  json_object *format = json_member(json, "format", json_type_string);
  json_object *version = json_member(json, "version", json_type_int);
  json_object *classes = json_member(json, "classes", json_type_array);
  if (!format || strcmp(json_object_get_string(format), "oneglyph-support"))
    return og_fail(error, OG_ERROR_FORMAT, "not a saved support set", NULL);
  if (!version || json_object_get_int64(version) != 1)
    return og_fail(error, OG_ERROR_UNSUPPORTED, "support set of an unknown version", NULL);
  if (!classes)
    return og_fail(error, OG_ERROR_FORMAT, "no \"classes\"", NULL);
  size_t count = count_examples(classes);
  if (count == SIZE_MAX)
    return og_fail(error, OG_ERROR_TOO_LARGE, "too many examples", NULL);
  og_status status = allocate(out, json_object_array_length(classes), count, error);
  for (size_t c = 0; !status && c < json_object_array_length(classes); c++) {
    status = read_class(json_object_array_get_idx(classes, c), c, out, error);
    if (status && status != OG_ERROR_MEMORY) {
      char place[48];
      snprintf(place, sizeof place, "class %zu", c + 1);
      error_at(error, place);
    }
  }
  return status;
}

static og_status read_file(const char *path, support_drawings *out, og_error *error) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  og_status status = file_read(path, file_limit, &bytes, &size, error);
  if (status)
    return status;
  json_object *json = NULL;
  status = json_read_object(path, (const char *)bytes, size, &json, error);
  free(bytes);
  if (!status && (status = read_set(json, out, error)) && status != OG_ERROR_MEMORY)
    error_at(error, path);
  json_object_put(json);
  return status;
}

og_status support_read(const char *path, support_drawings *out, og_error *error) {
  struct stat about;
  *out = (support_drawings){0};
  og_status status = !stat(path, &about) && S_ISDIR(about.st_mode) ? read_folder(path, out, error)
                                                                   : read_file(path, out, error);
  if (status)
    support_drawings_free(out);
  return status;
}
