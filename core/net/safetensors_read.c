/* Reading safetensors. See safetensors.h. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/half.h"
#include "net/quantise.h"
#include "net/safetensors.h"

#define JSMN_STATIC
#define JSMN_STRICT
#include <jsmn.h>

enum { MAX_TOKENS = 1 << 14 };

const char *const og_dtype_name[OG_DTYPES] = {"F32", "F16", "I8", "I16"};

typedef struct reader {
  const char *json;
  jsmntok_t *tokens;
  int count;
  const uint8_t *data;
  size_t data_size;
  og_safetensors *file;
  char *text; /* where the next metadata string goes */
  og_error *error;
} reader;

static og_status broken(og_error *error, const char *what, const char *name) {
  return og_fail(error, OG_ERROR_FORMAT, "not a usable safetensors file: ", what, *name ? " '" : "",
                 name, *name ? "'" : "", NULL);
}

/* The token after token i and everything inside it. */
static int skip(const reader *r, int i) {
  int end = r->tokens[i].end;
  while (i < r->count && r->tokens[i].start < end)
    i++;
  return i;
}

static int equals(const reader *r, int i, const char *word) {
  const jsmntok_t *t = &r->tokens[i];
  size_t length = strlen(word);
  return t->type == JSMN_STRING && (size_t)(t->end - t->start) == length &&
         memcmp(r->json + t->start, word, length) == 0;
}

static int hex4(const char *s, uint32_t *out) {
  *out = 0;
  for (int i = 0; i < 4; i++) {
    char c = s[i];
    uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                            : 16;
    if (digit > 15)
      return 0;
    *out = *out * 16 + digit;
  }
  return 1;
}

static char *put_utf8(char *to, uint32_t code) {
  if (code < 0x80) {
    *to++ = (char)code;
  } else if (code < 0x800) {
    *to++ = (char)(0xc0 | code >> 6);
    *to++ = (char)(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *to++ = (char)(0xe0 | code >> 12);
    *to++ = (char)(0x80 | (code >> 6 & 0x3f));
    *to++ = (char)(0x80 | (code & 0x3f));
  } else {
    *to++ = (char)(0xf0 | code >> 18);
    *to++ = (char)(0x80 | (code >> 12 & 0x3f));
    *to++ = (char)(0x80 | (code >> 6 & 0x3f));
    *to++ = (char)(0x80 | (code & 0x3f));
  }
  return to;
}

/* Copies a string token without its escapes, never growing it; NULL if an escape is malformed or
 * the string holds a zero. jsmn has checked that every escape is whole. */
static char *take_string(reader *r, int i) {
  const char *s = r->json + r->tokens[i].start, *end = r->json + r->tokens[i].end;
  char *first = r->text, *to = first;
  while (s < end) {
    if (*s != '\\') {
      if (*s == 0)
        return NULL;
      *to++ = *s++;
      continue;
    }
    static const char from_escape[] = "\"\\/bfnrt", to_char[] = "\"\\/\b\f\n\r\t";
    const char *simple = s[1] ? strchr(from_escape, s[1]) : NULL;
    if (simple) {
      *to++ = to_char[simple - from_escape];
      s += 2;
      continue;
    }
    uint32_t code, low;
    if (end - s < 6 || !hex4(s + 2, &code) || code == 0)
      return NULL;
    s += 6;
    if (code >= 0xd800 && code < 0xdc00 && end - s >= 6 && s[0] == '\\' && s[1] == 'u' &&
        hex4(s + 2, &low) && low >= 0xdc00 && low < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      s += 6;
    }
    to = put_utf8(to, code);
  }
  *to++ = 0;
  r->text = to;
  return first;
}

static og_status read_metadata(reader *r, int i) {
  og_safetensors *f = r->file;
  if (r->tokens[i].type != JSMN_OBJECT)
    return broken(r->error, "__metadata__ is not an object", "");
  int end = skip(r, i);
  for (i++; i < end; i = skip(r, i + 1)) {
    if (i + 1 >= end || r->tokens[i].type != JSMN_STRING || r->tokens[i + 1].type != JSMN_STRING)
      return broken(r->error, "__metadata__ holds something other than strings", "");
    if (f->pairs == OG_ST_MAX_PAIRS)
      return broken(r->error, "too much in __metadata__", "");
    f->key[f->pairs] = take_string(r, i);
    f->value[f->pairs] = take_string(r, i + 1);
    if (!f->key[f->pairs] || !f->value[f->pairs])
      return broken(r->error, "bad escape in __metadata__", "");
    f->pairs++;
  }
  return OG_OK;
}

/* A whole number below 2^53 in a primitive token. */
static int take_size(const reader *r, int i, size_t *out) {
  const jsmntok_t *t = &r->tokens[i];
  if (t->type != JSMN_PRIMITIVE || t->end - t->start > 15)
    return 0;
  uint64_t value = 0;
  for (int c = t->start; c < t->end; c++) {
    if (r->json[c] < '0' || r->json[c] > '9')
      return 0;
    value = value * 10 + (uint64_t)(r->json[c] - '0');
  }
  *out = (size_t)value;
  return (uint64_t)*out == value;
}

static int take_sizes(const reader *r, int i, size_t *out, size_t most, size_t *count) {
  const jsmntok_t *t = &r->tokens[i];
  if (t->type != JSMN_ARRAY || t->size < 0 || (size_t)t->size > most)
    return 0;
  *count = (size_t)t->size;
  for (size_t j = 0; j < *count; j++)
    if (!take_size(r, i + 1 + (int)j, &out[j]))
      return 0;
  return 1;
}

static og_status read_tensor(reader *r, int name, int object) {
  og_safetensors *f = r->file;
  const jsmntok_t *t = &r->tokens[name];
  size_t length = (size_t)(t->end - t->start);
  if (f->tensors == OG_ST_MAX_TENSORS)
    return broken(r->error, "too many tensors", "");
  og_tensor *out = &f->tensor[f->tensors];
  const char *from = r->json + t->start;
  size_t taken = 0;
  for (; taken < length && taken + 1 < OG_ST_MAX_NAME && from[taken] != '\\'; taken++)
    out->name[taken] = from[taken];
  out->name[taken] = 0;
  if (taken < length)
    return broken(r->error, "a tensor's name is too long or odd", "");
  if (og_safetensors_find(f, out->name))
    return broken(r->error, "two tensors are called", out->name);
  if (r->tokens[object].type != JSMN_OBJECT)
    return broken(r->error, "no description of tensor", out->name);
  size_t offsets[2], offset_count = 0;
  int seen = 0, end = skip(r, object);
  for (int i = object + 1; i + 1 < end; i = skip(r, i + 1)) {
    if (equals(r, i, "dtype")) {
      out->dtype = 0;
      while (out->dtype < OG_DTYPES && !equals(r, i + 1, og_dtype_name[out->dtype]))
        out->dtype++;
      if (out->dtype == OG_DTYPES)
        return broken(r->error, "neither F32, F16, I8 nor I16 is tensor", out->name);
      seen |= 1;
    } else if (equals(r, i, "shape") &&
               take_sizes(r, i + 1, out->shape, OG_ST_MAX_DIMS, &out->dims)) {
      seen |= 2;
    } else if (equals(r, i, "data_offsets") && take_sizes(r, i + 1, offsets, 2, &offset_count) &&
               offset_count == 2) {
      seen |= 4;
    } else
      return broken(r->error, "bad description of tensor", out->name);
  }
  if (seen != 7)
    return broken(r->error, "incomplete description of tensor", out->name);
  size_t width = og_dtype_size(out->dtype);
  out->count = 1;
  for (size_t d = 0; d < out->dims; d++) {
    if (out->shape[d] && out->count > r->data_size / out->shape[d])
      return broken(r->error, "larger than the file is tensor", out->name);
    out->count *= out->shape[d];
  }
  if (offsets[0] > offsets[1] || offsets[1] > r->data_size ||
      offsets[1] - offsets[0] != out->count * width)
    return broken(r->error, "offsets do not fit the shape of tensor", out->name);
  out->data = r->data + offsets[0];
  f->tensors++;
  return OG_OK;
}

/* Every byte of data belongs to exactly one tensor. */
static og_status check_cover(const reader *r) {
  const og_safetensors *f = r->file;
  size_t covered = 0;
  for (size_t left = f->tensors; left > 0; left--) {
    size_t i = 0;
    while (i < f->tensors && (f->tensor[i].data != r->data + covered || !f->tensor[i].count))
      i++;
    if (i == f->tensors)
      break;
    covered += f->tensor[i].count * og_dtype_size(f->tensor[i].dtype);
  }
  return covered == r->data_size
             ? OG_OK
             : broken(r->error, "holes, overlaps or extra bytes in its data", "");
}

static og_status read_header(reader *r) {
  if (r->count < 1 || r->tokens[0].type != JSMN_OBJECT || skip(r, 0) != r->count)
    return broken(r->error, "the header is not one JSON object", "");
  for (int i = 1; i < r->count; i = skip(r, i + 1)) {
    if (i + 1 >= r->count || r->tokens[i].type != JSMN_STRING)
      return broken(r->error, "a header key without a value", "");
    og_status status =
        equals(r, i, "__metadata__") ? read_metadata(r, i + 1) : read_tensor(r, i, i + 1);
    if (status)
      return status;
  }
  return check_cover(r);
}

static og_status tokenize(reader *r, size_t header) {
  jsmn_parser parser;
  jsmn_init(&parser);
  r->count = jsmn_parse(&parser, r->json, header, r->tokens, MAX_TOKENS);
  if (r->count == JSMN_ERROR_NOMEM)
    return broken(r->error, "the header has too many parts", "");
  return r->count < 0 ? broken(r->error, "the header is not JSON", "") : OG_OK;
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
  reader r = {.json = (const char *)b + 8,
              .data = b + 8 + length,
              .data_size = size - 8 - length,
              .error = error};
  r.file = calloc(1, sizeof *r.file);
  r.tokens = malloc(MAX_TOKENS * sizeof *r.tokens);
  /* Strings only shrink when unescaped, and each had two quotes where it now has one zero. */
  char *text = malloc(length + 1);
  og_status status = OG_ERROR_MEMORY;
  if (r.file && r.tokens && text) {
    r.file->text = r.text = text;
    status = tokenize(&r, length);
    if (!status)
      status = read_header(&r);
    if (!status)
      status = og_tensors_bind_scales(r.file, error);
  } else {
    og_fail(error, status, "out of memory", NULL);
    free(text);
  }
  free(r.tokens);
  if (status)
    og_safetensors_free(r.file);
  else
    *out = r.file;
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
