/* safetensors: named tensors and string metadata in one file.
 *
 *     +--------+---------------------------+----------------------------+
 *     | u64 le | header: JSON, N bytes     | data                       |
 *     |   N    | {"__metadata__":{..},..}  | tensors, little endian     |
 *     +--------+---------------------------+----------------------------+
 *
 * Reading keeps pointers into the caller's bytes and checks all of it first: sizes, types, shapes,
 * that offsets are in range, equal the shape's size and cover the data without holes or overlaps,
 * that no name comes twice. */
#ifndef OG_SAFETENSORS_H
#define OG_SAFETENSORS_H

#include "base/real.h"
#include "oneglyph.h"

enum {
  OG_ST_MAX_HEADER = 1 << 20,
  OG_ST_MAX_TENSORS = 256,
  OG_ST_MAX_PAIRS = 64,
  OG_ST_MAX_DIMS = 4,
  OG_ST_MAX_NAME = 64,
};

typedef enum og_dtype { OG_F32, OG_F16, OG_I8, OG_I16, OG_DTYPES } og_dtype;

/* Their names in files. */
extern const char *const og_dtype_name[OG_DTYPES];

/* Bytes of one number. */
static inline size_t og_dtype_size(og_dtype dtype) {
  return dtype == OG_F32 ? 4 : dtype == OG_I8 ? 1 : 2;
}

typedef struct og_tensor {
  const char *name; /* in the file's `text` */
  og_dtype dtype;
  size_t dims, shape[OG_ST_MAX_DIMS], count; /* count: numbers */
  const uint8_t *data;                       /* not aligned */
  const uint8_t *scales; /* of integers, one for each of the last dimension; see quantise.h */
} og_tensor;

typedef struct og_safetensors {
  size_t tensors, pairs;
  og_tensor tensor[OG_ST_MAX_TENSORS];
  const char *key[OG_ST_MAX_PAIRS], *value[OG_ST_MAX_PAIRS]; /* __metadata__, in `text` */
  char *text;                                                /* all strings of the header */
} og_safetensors;

/* `bytes` must outlive the result's tensors. */
og_status og_safetensors_read(const void *bytes, size_t size, og_safetensors **out,
                              og_error *error);
void og_safetensors_free(og_safetensors *file);
const char *og_safetensors_metadata(const og_safetensors *file, const char *key);
const og_tensor *og_safetensors_find(const og_safetensors *file, const char *name);
/* Number `i` of a tensor as float, scaled if it is an integer. */
float og_tensor_value(const og_tensor *tensor, size_t i);
/* All of them. */
void og_tensor_values(const og_tensor *tensor, og_real *values);

/* A tensor to write; values are converted to `dtype`. Integers, which must come from finite values
 * and have at least one dimension, are followed by a tensor of their scales. */
typedef struct og_tensor_source {
  const char *name;
  og_dtype dtype;
  size_t dims, shape[OG_ST_MAX_DIMS];
  const float *values;
} og_tensor_source;

/* The bytes of a file (malloc; the caller frees). `metadata` is [pairs][2]. */
og_status og_safetensors_write(const og_tensor_source *tensors, size_t count,
                               const char *const (*metadata)[2], size_t pairs, uint8_t **bytes,
                               size_t *size);

#endif
