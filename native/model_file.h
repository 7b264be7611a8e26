/* A model file opened for a look inside: at once a model, the tensors as stored, and the net. */
#ifndef MODEL_FILE_H
#define MODEL_FILE_H

#include "isa.h"
#include "net/net.h"
#include "net/safetensors.h"

typedef struct model_file {
  uint8_t *bytes;
  size_t size;
  og_safetensors *tensors; /* point into `bytes` */
  og_model *model;
  og_net net;
} model_file;

/* Reads and checks all of `path`; `with` as for model_read. OPTIONS_RUN, or the exit code after a
 * line that names the file. Close it in either case. */
int model_file_open(const char *path, const kernel_choice *with, model_file *out);
void model_file_close(model_file *file);

#endif
