/* Writing safetensors. See safetensors.h. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/half.h"
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

static void put_string(json_out *out, const char *s) {
  put_char(out, '"');
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
  put_char(out, '"');
}

static size_t tensor_count(const og_tensor_source *t) {
  size_t count = 1;
  for (size_t d = 0; d < t->dims; d++)
    count *= t->shape[d];
  return count;
}

static size_t tensor_bytes(const og_tensor_source *t) {
  return tensor_count(t) * (t->dtype == OG_F16 ? 2u : 4u);
}

static void put_tensor(json_out *out, const og_tensor_source *t, size_t offset) {
  put_string(out, t->name);
  put(out,
      t->dtype == OG_F16 ? ":{\"dtype\":\"F16\",\"shape\":[" : ":{\"dtype\":\"F32\",\"shape\":[");
  for (size_t d = 0; d < t->dims; d++) {
    if (d)
      put_char(out, ',');
    put_number(out, t->shape[d]);
  }
  put(out, "],\"data_offsets\":[");
  put_number(out, offset);
  put_char(out, ',');
  put_number(out, offset + tensor_bytes(t));
  put(out, "]}");
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

static uint8_t *put_values(uint8_t *to, const og_tensor_source *t) {
  size_t count = tensor_count(t);
  for (size_t i = 0; i < count; i++) {
    if (t->dtype == OG_F16) {
      uint16_t half = og_half_from_float(t->values[i]);
      *to++ = (uint8_t)half;
      *to++ = (uint8_t)(half >> 8);
    } else {
      uint32_t bits;
      memcpy(&bits, &t->values[i], sizeof bits);
      for (int b = 0; b < 4; b++)
        *to++ = (uint8_t)(bits >> 8 * b);
    }
  }
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
