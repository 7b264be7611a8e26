/* Writing safetensors. See safetensors.h. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/half.h"
#include "net/quantise.h"
#include "net/safetensors.h"

/* Text that is measured on a first pass (`text` NULL) and written on a second. */
typedef struct json_out {
  char *text;
  size_t used;
} json_out;

static void put_char(json_out *out, char c) {
  if (out->text)
    out->text[out->used] = c;
  out->used++;
}

static void put(json_out *out, const char *s) {
  while (*s)
    put_char(out, *s++);
}

static void put_number(json_out *out, size_t value) {
  char number[OG_NUMBER_TEXT];
  put(out, og_number_text(number, value));
}

static void put_escaped(json_out *out, const char *s) {
  for (; *s; s++) {
    static const char digits[] = "0123456789abcdef";
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\') {
      put_char(out, '\\');
      put_char(out, *s);
    } else if (c < 0x20) {
      put(out, "\\u00");
      put_char(out, digits[c >> 4]);
      put_char(out, digits[c & 15]);
    } else
      put_char(out, *s);
  }
}

static void put_string(json_out *out, const char *s) {
  put_char(out, '"');
  put_escaped(out, s);
  put_char(out, '"');
}

static size_t tensor_count(const og_tensor_source *t) {
  size_t count = 1;
  for (size_t d = 0; d < t->dims; d++)
    count *= t->shape[d];
  return count;
}

/* Of an integer tensor; 0 for others, which have no scales. */
static size_t tensor_channels(const og_tensor_source *t) {
  return og_is_integer(t->dtype) ? t->shape[t->dims - 1] : 0;
}

/* Scales included. */
static size_t tensor_bytes(const og_tensor_source *t) {
  return tensor_count(t) * og_dtype_size(t->dtype) + tensor_channels(t) * 4;
}

static void put_place(json_out *out, const char *dtype, const size_t *shape, size_t dims,
                      size_t from, size_t to) {
  put(out, ":{\"dtype\":\"");
  put(out, dtype);
  put(out, "\",\"shape\":[");
  for (size_t d = 0; d < dims; d++) {
    if (d)
      put_char(out, ',');
    put_number(out, shape[d]);
  }
  put(out, "],\"data_offsets\":[");
  put_number(out, from);
  put_char(out, ',');
  put_number(out, to);
  put(out, "]}");
}

static void put_tensor(json_out *out, const og_tensor_source *t, size_t offset) {
  size_t end = offset + tensor_bytes(t), channels = tensor_channels(t);
  size_t numbers = end - 4 * channels;
  put_string(out, t->name);
  put_place(out, og_dtype_name[t->dtype], t->shape, t->dims, offset, numbers);
  if (!channels)
    return;
  put(out, ",\"");
  put_escaped(out, t->name);
  put(out, "_scale\"");
  put_place(out, og_dtype_name[OG_F32], &channels, 1, numbers, end);
}

static void put_header(json_out *out, const og_tensor_source *tensors, size_t count,
                       const char *const (*metadata)[2], size_t pairs) {
  put(out, "{\"__metadata__\":{");
  for (size_t i = 0; i < pairs; i++) {
    if (i)
      put_char(out, ',');
    put_string(out, metadata[i][0]);
    put_char(out, ':');
    put_string(out, metadata[i][1]);
  }
  put_char(out, '}');
  size_t offset = 0;
  for (size_t i = 0; i < count; i++) {
    put_char(out, ',');
    put_tensor(out, &tensors[i], offset);
    offset += tensor_bytes(&tensors[i]);
  }
  put_char(out, '}');
  while (out->used % 8)
    put_char(out, ' ');
}

static uint8_t *put_bytes(uint8_t *to, uint32_t bits, size_t count) {
  for (size_t b = 0; b < count; b++)
    *to++ = (uint8_t)(bits >> 8 * b);
  return to;
}

static uint8_t *put_float(uint8_t *to, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return put_bytes(to, bits, 4);
}

/* Channel by channel, which in memory take turns, and the scales behind them. */
static uint8_t *put_integers(uint8_t *to, const og_tensor_source *t) {
  size_t count = tensor_count(t), channels = tensor_channels(t), size = og_dtype_size(t->dtype);
  int most = og_quantise_most(t->dtype);
  uint8_t *scales = to + count * size;
  for (size_t c = 0; c < channels; c++) {
    float scale = og_quantise_scale(t->values, count, channels, c, most);
    for (size_t i = c; i < count; i += channels)
      put_bytes(to + i * size, (uint32_t)og_quantise(t->values[i], scale, most), size);
    scales = put_float(scales, scale);
  }
  return scales;
}

static uint8_t *put_values(uint8_t *to, const og_tensor_source *t) {
  if (og_is_integer(t->dtype))
    return put_integers(to, t);
  size_t count = tensor_count(t);
  for (size_t i = 0; i < count; i++)
    to = t->dtype == OG_F16 ? put_bytes(to, og_half_from_float(t->values[i]), 2)
                            : put_float(to, t->values[i]);
  return to;
}

og_status og_safetensors_write(const og_tensor_source *tensors, size_t count,
                               const char *const (*metadata)[2], size_t pairs, uint8_t **bytes,
                               size_t *size) {
  json_out header = {NULL, 0};
  put_header(&header, tensors, count, metadata, pairs);
  size_t length = header.used, total = 8 + length;
  for (size_t i = 0; i < count; i++)
    total += tensor_bytes(&tensors[i]);
  uint8_t *out = malloc(total);
  if (!out)
    return OG_ERROR_MEMORY;
  for (int i = 0; i < 8; i++)
    out[i] = (uint8_t)((uint64_t)length >> 8 * i);
  header = (json_out){(char *)out + 8, 0};
  put_header(&header, tensors, count, metadata, pairs);
  uint8_t *to = out + 8 + length;
  for (size_t i = 0; i < count; i++)
    to = put_values(to, &tensors[i]);
  *bytes = out;
  *size = total;
  return OG_OK;
}
