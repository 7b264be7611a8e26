/* A model file opened for a look inside. See model_file.h. */
#include "model_file.h"

#include <stdlib.h>

#include "commands.h"
#include "complain.h"
#include "embedding.h"
#include "files.h"
#include "options.h"

int model_file_open(const char *path, const kernel_choice *with, model_file *out) {
  *out = (model_file){0};
  og_error error = {0};
  og_status status = file_read(path, MODEL_LIMIT, &out->bytes, &out->size, &error);
  if (status)
    return complain_error(&error);
  status = og_model_load_as(out->bytes, out->size, with ? with->isa : NULL,
                            with ? with->precision : OG_PRECISION_F32, &out->model, &error);
  if (!status)
    status = og_safetensors_read(out->bytes, out->size, &out->tensors, &error);
  if (!status)
    status = og_net_parse(og_model_get_info(out->model)->net, &out->net, &error);
  if (status)
    return complain(status == OG_ERROR_MEMORY ? EXIT_FAILED : EXIT_BAD, "%s: %s", path, error.text);
  return OPTIONS_RUN;
}

void model_file_close(model_file *file) {
  og_model_free(file->model);
  og_safetensors_free(file->tensors);
  free(file->bytes);
  *file = (model_file){0};
}
