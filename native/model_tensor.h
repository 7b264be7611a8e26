/* Tensors of a model file on their way into another. */
#ifndef MODEL_TENSOR_H
#define MODEL_TENSOR_H

#include "net/safetensors.h"

/* Fills `out` with what makes the writer write `tensor` again, and *values with its numbers, for
 * the caller to free. The name stays the file's. */
og_status model_tensor_copy(const og_tensor *tensor, og_tensor_source *out, float **values);

#endif
