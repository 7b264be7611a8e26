/* Weights that PyTorch trained, as our model file. */
#ifndef MODEL_IMPORT_H
#define MODEL_IMPORT_H

#include "net/net.h"
#include "net/safetensors.h"

/* The numbers of every layer of a net, as inference wants them: batch norm folded in, weights
 * [kernel_h][kernel_w][input channels][channels]. Free `memory`. */
typedef struct imported {
  og_tensor_source tensors[2 * OG_MAX_LAYERS];
  char names[2 * OG_MAX_LAYERS][OG_ST_MAX_NAME];
  size_t count;
  size_t used; /* tensors of the file that were read */
  float *memory;
} imported;

/* Reads the tensors of a state_dict whose modules are called as the layers, with `prefix` before
 * each name. For a layer NAME: NAME.weight, [out][in][height][width] of nn.Conv2d or [out][in] of
 * nn.Linear after a flatten, and NAME.bias, which may be missing; with `bn` also NAME.bn.weight,
 * .bias, .running_mean and .running_var of nn.BatchNorm2d, whose epsilon must be 1e-5. Of an
 * nn.Sequential the parts may be NAME.0 and NAME.1. The error names the tensor. */
og_status model_import(const og_safetensors *file, const char *prefix, const og_net *net,
                       imported *out, og_error *error);

#endif
