/* Tensors of a model file on their way into another. See model_tensor.h. */
#include "model_tensor.h"

#include <stdlib.h>
#include <string.h>

og_status model_tensor_copy(const og_tensor *tensor, og_tensor_source *out, float **values) {
  *values = malloc((tensor->count + 1) * sizeof **values);
  if (!*values)
    return OG_ERROR_MEMORY;
  for (size_t i = 0; i < tensor->count; i++)
    (*values)[i] = og_tensor_value(tensor, i);
  *out = (og_tensor_source){
      .name = tensor->name, .dtype = tensor->dtype, .dims = tensor->dims, .values = *values};
  memcpy(out->shape, tensor->shape, sizeof out->shape);
  return OG_OK;
}
