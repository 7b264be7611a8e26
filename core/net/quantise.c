/* Integers in model files. See quantise.h. */
#include "net/quantise.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"

float og_quantise_scale(const float *values, size_t count, size_t channels, size_t channel,
                        int most) {
  float largest = 0;
  for (size_t i = channel; i < count; i += channels) {
    float magnitude = values[i] < 0 ? -values[i] : values[i];
    largest = magnitude > largest ? magnitude : largest;
  }
  float scale = largest / (float)most;
  return scale >= FLT_MIN ? scale : 1;
}

int og_quantise(float value, float scale, int most) {
  float q = value / scale;
  q += q < 0 ? -0.5f : 0.5f;
  if (q >= (float)most)
    return most;
  return q <= (float)-most ? -most : q == q ? (int)q : 0;
}

static float read_float(const uint8_t *b) {
  uint32_t bits = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static const og_tensor *find_scales(const og_safetensors *file, const og_tensor *t) {
  size_t length = strlen(t->name);
  for (size_t i = 0; i < file->tensors; i++) {
    const og_tensor *s = &file->tensor[i];
    if (!strncmp(s->name, t->name, length) && !strcmp(s->name + length, "_scale"))
      return s;
  }
  return NULL;
}

static int are_scales(const og_tensor *s, const og_tensor *t) {
  int fits = s && s->dtype == OG_F32 && s->dims == 1 && s->count > 0 && t->dims > 0 &&
             s->shape[0] == t->shape[t->dims - 1];
  for (size_t i = 0; fits && i < s->count; i++) {
    float scale = read_float(s->data + 4 * i);
    fits = scale > 0 && isfinite(scale * (float)og_quantise_most(t->dtype));
  }
  return fits;
}

/* True if an integer tensor uses the numbers of `s`. */
static int is_bound(const og_safetensors *file, const og_tensor *s) {
  for (size_t i = 0; i < file->tensors; i++)
    if (file->tensor[i].scales == s->data)
      return 1;
  return 0;
}

og_status og_tensors_bind_scales(og_safetensors *file, og_error *error) {
  size_t kept = 0, integers = 0;
  for (size_t i = 0; i < file->tensors; i++) {
    og_tensor *t = &file->tensor[i];
    if (!og_is_integer(t->dtype))
      continue;
    const og_tensor *s = find_scales(file, t);
    if (!are_scales(s, t))
      return og_fail(error, OG_ERROR_FORMAT, "not a usable safetensors file: ",
                     s ? "scales that do not fit" : "no scales for", " tensor '", t->name, "'",
                     NULL);
    t->scales = s->data;
    integers++;
  }
  if (!integers)
    return OG_OK;
  uint8_t bound[OG_ST_MAX_TENSORS];
  for (size_t i = 0; i < file->tensors; i++)
    bound[i] = file->tensor[i].count && is_bound(file, &file->tensor[i]);
  for (size_t i = 0; i < file->tensors; i++)
    if (!bound[i])
      file->tensor[kept++] = file->tensor[i];
  file->tensors = kept;
  return OG_OK;
}

static float scaled(const og_tensor *t, size_t i, size_t channel) {
  int integer = t->dtype == OG_I8 ? (int8_t)t->data[i]
                                  : (int16_t)(uint16_t)(t->data[2 * i] | t->data[2 * i + 1] << 8);
  return (float)integer * read_float(t->scales + 4 * channel);
}

float og_dequantise(const og_tensor *t, size_t i) {
  return scaled(t, i, i % t->shape[t->dims - 1]);
}

void og_dequantise_all(const og_tensor *t, og_real *values) {
  size_t channels = t->shape[t->dims - 1];
  for (size_t i = 0; i < t->count; i += channels)
    for (size_t c = 0; c < channels; c++)
      values[i + c] = scaled(t, i + c, c);
}
