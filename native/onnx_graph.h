/* Nets as ONNX: the layer list, operation by operation, as the core runs it.
 *
 *     conv, fc   Conv [+ Add] [+ Relu or Sigmoid]
 *     maxpool    MaxPool
 *     l2norm     ReduceL2, Max with a tiny number, Div
 *
 * Values are named as the layers; what lies inside a layer, as LAYER/part, and its tensors as
 * LAYER.weight and LAYER.bias. Planes are NCHW; at the end they become rows in the order of the
 * core's embeddings. */
#ifndef ONNX_GRAPH_H
#define ONNX_GRAPH_H

#include "model_file.h"

/* The bytes of an ONNX file (malloc; the caller frees). `batch` is the number of drawings of a run,
 * 0 for any. OG_ERROR_UNSUPPORTED if a layer's name would be mistaken for a part of another. */
og_status onnx_graph(const model_file *file, size_t batch, uint8_t **bytes, size_t *size,
                     og_error *error);

#endif
