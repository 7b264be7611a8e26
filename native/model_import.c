/* Weights that PyTorch trained, as our model file. See model_import.h. */
#include "model_import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/model.h"

enum { PATH = 2 * OG_ST_MAX_NAME };

typedef struct importer {
  const og_safetensors *file;
  const char *prefix;
  const og_net *net;
  imported *out;
  og_error *error;
} importer;

/* Where in a layer's state the parts lie: side by side, or in an nn.Sequential. */
typedef struct parts {
  const char *conv, *norm;
} parts;

static const parts named = {"", "bn."}, sequential = {"0.", "1."};

/* The tensor PREFIX LAYER . PART KIND, counted as used; NULL if there is none. */
static const og_tensor *find(const importer *in, const og_layer *l, const char *part,
                             const char *kind, char path[PATH]) {
  snprintf(path, PATH, "%s%s.%s%s", in->prefix, l->name, part, kind);
  const og_tensor *tensor = og_safetensors_find(in->file, path);
  in->out->used += tensor != NULL;
  return tensor;
}

static og_status fail(const importer *in, const char *path, const char *why) {
  return og_fail(in->error, OG_ERROR_FORMAT, "tensor '", path, "': ", why, NULL);
}

/* One number for each channel, `otherwise` if the tensor is missing and that is a number. */
static og_status read_channels(const importer *in, const og_layer *l, const char *part,
                               const char *kind, float otherwise, float *to) {
  char path[PATH];
  const og_tensor *tensor = find(in, l, part, kind, path);
  if (!tensor && isnan(otherwise))
    return fail(in, path, "is not in the file");
  if (tensor && (tensor->dims != 1 || tensor->count != l->channels))
    return fail(in, path, "must have one number for each output of its layer");
  for (size_t c = 0; c < l->channels; c++)
    to[c] = tensor ? og_tensor_value(tensor, c) : otherwise;
  return OG_OK;
}

/* [out][in][height][width] becomes [height][width][in][out]. */
static og_status read_weights(const importer *in, const og_layer *l, const char *part, float *to) {
  char path[PATH];
  const og_tensor *tensor = find(in, l, part, "weight", path);
  if (!tensor)
    return fail(in, path, "is not in the file");
  size_t inputs = in->net->layers[l->input].channels, window = l->kernel_h * (size_t)l->kernel_w;
  size_t row = inputs * window;
  int linear = l->fc && tensor->dims == 2 && tensor->shape[1] == row;
  int conv = tensor->dims == 4 && tensor->shape[1] == inputs && tensor->shape[2] == l->kernel_h &&
             tensor->shape[3] == l->kernel_w;
  if (tensor->shape[0] != l->channels || !(linear || conv))
    return fail(in, path, "has not the shape that the layer list asks for");
  for (size_t o = 0; o < l->channels; o++)
    for (size_t i = 0; i < inputs; i++)
      for (size_t k = 0; k < window; k++)
        to[(k * inputs + i) * l->channels + o] = og_tensor_value(tensor, o * row + i * window + k);
  return OG_OK;
}

/* Scales the columns of `rows` rows of weights, and puts the rest into the bias. */
static og_status fold_norm(const importer *in, const og_layer *l, const char *part, size_t rows,
                           float *weights, float *bias) {
  enum { GAMMA, BETA, MEAN, VARIANCE, KINDS };
  static const char *const kinds[KINDS] = {"weight", "bias", "running_mean", "running_var"};
  size_t count = l->channels;
  float *of[KINDS];
  float *memory = malloc(KINDS * count * sizeof *memory);
  og_status status = memory ? OG_OK : og_fail(in->error, OG_ERROR_MEMORY, "out of memory", NULL);
  for (size_t k = 0; k < KINDS && !status; k++) {
    of[k] = memory + k * count;
    status = read_channels(in, l, part, kinds[k], NAN, of[k]);
  }
  for (size_t c = 0; c < count && !status; c++) {
    float scale = of[GAMMA][c] / sqrtf(of[VARIANCE][c] + 1e-5f);
    bias[c] = of[BETA][c] + (bias[c] - of[MEAN][c]) * scale;
    for (size_t r = 0; r < rows; r++)
      weights[r * count + c] *= scale;
  }
  free(memory);
  return status;
}

static void add_tensor(imported *out, const og_layer *l, const char *kind, size_t dims,
                       const size_t *shape, const float *values) {
  char *name = out->names[out->count];
  og_tensor_name(l, kind, name);
  og_tensor_source *to = &out->tensors[out->count++];
  *to = (og_tensor_source){.name = name, .dtype = OG_F32, .dims = dims, .values = values};
  memcpy(to->shape, shape, dims * sizeof *shape);
}

static og_status import_layer(const importer *in, size_t i, float *weights) {
  const og_layer *l = &in->net->layers[i];
  size_t count = og_layer_weights(in->net, i);
  size_t shape[] = {l->kernel_h, l->kernel_w, in->net->layers[l->input].channels, l->channels};
  float *bias = weights + count;
  char path[PATH];
  snprintf(path, sizeof path, "%s%s.0.weight", in->prefix, l->name);
  const parts *p = og_safetensors_find(in->file, path) ? &sequential : &named;
  og_status status = read_weights(in, l, p->conv, weights);
  if (!status)
    status = read_channels(in, l, p->conv, "bias", 0, bias);
  if (!status && l->norm)
    status = fold_norm(in, l, p->norm, count / l->channels, weights, bias);
  for (size_t n = 0; n < count + l->channels && !status; n++)
    if (!isfinite(weights[n]))
      status = fail(in, path, "it or a tensor beside it holds numbers that are not finite");
  if (!status) {
    add_tensor(in->out, l, "weight", 4, shape, weights);
    add_tensor(in->out, l, "bias", 1, shape + 3, bias);
  }
  return status;
}

og_status model_import(const og_safetensors *file, const char *prefix, const og_net *net,
                       imported *out, og_error *error) {
  *out = (imported){.memory = malloc((og_net_parameters(net) + 1) * sizeof(float))};
  if (!out->memory)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  const importer in = {file, prefix, net, out, error};
  float *at = out->memory;
  og_status status = OG_OK;
  for (size_t i = 0; i < net->count && !status; i++) {
    if (net->layers[i].op != OG_OP_CONV)
      continue;
    status = import_layer(&in, i, at);
    at += og_layer_weights(net, i) + net->layers[i].channels;
  }
  if (status) {
    free(out->memory);
    out->memory = NULL;
  }
  return status;
}
