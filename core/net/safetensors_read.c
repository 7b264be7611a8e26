/* Reading safetensors. See safetensors.h. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/half.h"
#include "net/quantise.h"
#include "net/safetensors.h"
#include "net/safetensors_text.h"

const char *const og_dtype_name[OG_DTYPES] = {"F32", "F16", "I8", "I16"};

typedef struct reader {
  og_st_text text;
  const uint8_t *data;
  size_t data_size, taken; /* taken: bytes of data that tensors lay claim to */
  og_safetensors *file;
  og_error *error;
} reader;

static og_status broken(og_error *error, const char *what, const char *name) {
  return og_fail(error, OG_ERROR_FORMAT, "not a usable safetensors file: ", what, *name ? " '" : "",
                 name, *name ? "'" : "", NULL);
}

static og_status read_metadata(reader *r) {
  og_safetensors *f = r->file;
  const char *key;
  for (char before = '{'; (key = og_st_key(&r->text, &before)) != NULL;) {
    if (f->pairs == OG_ST_MAX_PAIRS)
      return broken(r->error, "too much in __metadata__", "");
    if (og_st_peek(&r->text) != '"')
      return broken(r->error, "__metadata__ holds other than strings", "");
    f->key[f->pairs] = key;
    f->value[f->pairs++] = og_st_string(&r->text);
  }
  return OG_OK;
}

/* Finds the tensor's numbers in the data. */
static og_status place_tensor(reader *r, og_tensor *t, const size_t offsets[2]) {
  size_t bytes = og_dtype_size(t->dtype);
  for (size_t d = 0; d < t->dims; d++) {
    if (t->shape[d] && bytes > r->data_size / t->shape[d])
      return broken(r->error, "larger than the file is tensor", t->name);
    bytes *= t->shape[d];
  }
  if (offsets[0] > offsets[1] || offsets[1] > r->data_size || offsets[1] - offsets[0] != bytes)
    return broken(r->error, "offsets do not fit the shape of tensor", t->name);
  t->count = bytes / og_dtype_size(t->dtype);
  t->data = r->data + offsets[0];
  r->taken += bytes;
  return OG_OK;
}

static og_status read_tensor(reader *r, const char *name) {
  og_safetensors *f = r->file;
  if (f->tensors == OG_ST_MAX_TENSORS)
    return broken(r->error, "too many tensors", "");
  if (og_safetensors_find(f, name))
    return broken(r->error, "two tensors are called", name);
  og_tensor *t = &f->tensor[f->tensors];
  t->name = name;
  const char *key, *dtype = NULL;
  size_t offsets[2], offset_count = 0;
  int shaped = 0;
  for (char before = '{'; (key = og_st_key(&r->text, &before)) != NULL;) {
    if (strcmp(key, "dtype") == 0) {
      dtype = og_st_string(&r->text);
    } else if (strcmp(key, "shape") == 0) {
      t->dims = og_st_sizes(&r->text, t->shape, OG_ST_MAX_DIMS);
      shaped = 1;
    } else if (strcmp(key, "data_offsets") == 0) {
      offset_count = og_st_sizes(&r->text, offsets, 2);
    } else
      return broken(r->error, "bad description of tensor", name);
  }
  if (r->text.broken)
    return OG_OK; /* which read_header reports */
  if (!dtype || !shaped || offset_count != 2)
    return broken(r->error, "incomplete description of tensor", name);
  for (t->dtype = 0; strcmp(dtype, og_dtype_name[t->dtype]) != 0;)
    if (++t->dtype == OG_DTYPES)
      return broken(r->error, "neither F32, F16, I8 nor I16 is tensor", name);
  f->tensors++;
  return place_tensor(r, t, offsets);
}

/* Every byte of data belongs to exactly one tensor: they are as many bytes as there are, and lie
 * one behind the other. */
static og_status check_cover(const reader *r) {
  const og_safetensors *f = r->file;
  size_t covered = 0, before;
  do {
    before = covered;
    for (size_t i = 0; i < f->tensors; i++)
      if (f->tensor[i].data == r->data + covered)
        covered += f->tensor[i].count * og_dtype_size(f->tensor[i].dtype);
  } while (covered != before);
  return covered == r->data_size && covered == r->taken
             ? OG_OK
             : broken(r->error, "holes, overlaps or extra bytes in its data", "");
}

static og_status read_header(reader *r) {
  const char *begin = r->text.at, *key;
  for (char before = '{'; (key = og_st_key(&r->text, &before)) != NULL;) {
    og_status status = strcmp(key, "__metadata__") == 0 ? read_metadata(r) : read_tensor(r, key);
    if (status)
      return status;
  }
  og_st_end(&r->text);
  if (!r->text.broken)
    return check_cover(r);
  char number[OG_NUMBER_TEXT];
  og_number_text(number, (uint64_t)(r->text.broken - begin));
  return broken(r->error, "the header is not good JSON at byte", number);
}

og_status og_safetensors_read(const void *bytes, size_t size, og_safetensors **out,
                              og_error *error) {
  const uint8_t *b = bytes;
  *out = NULL;
  if (size < 8)
    return broken(error, "it is too short", "");
  uint64_t header = 0;
  for (int i = 7; i >= 0; i--)
    header = header << 8 | b[i];
  if (header > OG_ST_MAX_HEADER || header > size - 8)
    return broken(error, "the header's length is wrong", "");
  size_t length = (size_t)header;
  og_safetensors *file = calloc(1, sizeof *file);
  if (file)
    file->text = malloc(length + 1);
  if (!file || !file->text) {
    og_safetensors_free(file);
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  }
  const char *header_text = (const char *)b + 8;
  reader r = {.text = {header_text, header_text + length, file->text, NULL},
              .data = b + 8 + length,
              .data_size = size - 8 - length,
              .file = file,
              .error = error};
  og_status status = read_header(&r);
  if (!status)
    status = og_tensors_bind_scales(file, error);
  if (status)
    og_safetensors_free(file);
  else
    *out = file;
  return status;
}

void og_safetensors_free(og_safetensors *file) {
  if (file)
    free(file->text);
  free(file);
}

const char *og_safetensors_metadata(const og_safetensors *file, const char *key) {
  for (size_t i = 0; i < file->pairs; i++)
    if (strcmp(file->key[i], key) == 0)
      return file->value[i];
  return NULL;
}

const og_tensor *og_safetensors_find(const og_safetensors *file, const char *name) {
  for (size_t i = 0; i < file->tensors; i++)
    if (strcmp(file->tensor[i].name, name) == 0)
      return &file->tensor[i];
  return NULL;
}

float og_tensor_value(const og_tensor *t, size_t i) {
  if (t->scales)
    return og_dequantise(t, i);
  if (t->dtype == OG_F16)
    return og_half_to_float((uint16_t)(t->data[2 * i] | t->data[2 * i + 1] << 8));
  const uint8_t *b = t->data + 4 * i;
  uint32_t bits = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

void og_tensor_values(const og_tensor *t, og_real *values) {
  if (t->scales)
    og_dequantise_all(t, values);
  for (size_t i = 0; !t->scales && i < t->count; i++)
    values[i] = og_tensor_value(t, i);
}
